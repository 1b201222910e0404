"""The door at which mail arrives: a small SMTP server, meant to stand behind the organisation's own.

A mail is on disk before its sender hears 250; while it cannot be written they hear 451 and come again. What it means is decided
later, by the engine.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections, connection

from tocsin.core import clock
from tocsin.core.settings import Settings
from tocsin.statuspages.arriving import commands
from tocsin.statuspages.lists import addresses

log = structlog.get_logger(__name__)
LARGEST = 10 * 1024 * 1024
"""Bytes of one mail."""
MOST_RECIPIENTS = 50
MOST_CALLERS = 40
PATIENCE = 60.0
"""Seconds that a silent caller gets."""


class Post:
    """What the server asks about each mail. Answers are those of SMTP."""

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="mail-in")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        """Only addresses of ours: this is nobody's relay."""
        if addresses.read(address) is None:
            return "550 5.1.1 Nobody here has this address"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            kept = await asyncio.get_running_loop().run_in_executor(self._writer, self._keep, content, envelope)
        except Exception as error:  # whatever it is, the sender keeps the mail and comes again
            log.exception("a mail could not be kept", error=type(error).__name__)
            return "451 4.3.0 It could not be kept; try again"
        return f"250 2.0.0 kept as {kept}"

    def _keep(self, content: bytes, envelope: Envelope) -> str:
        close_old_connections()
        row = commands.keep(content, envelope_from=envelope.mail_from or "", envelope_to=envelope.rcpt_tos, now=clock.now())
        return row.pk

    def close(self) -> None:
        """After the last mail."""
        self._writer.submit(connection.close)
        self._writer.shutdown()


class _Conversation(SMTP):
    """One caller; too many at once are asked to come again."""

    callers = 0
    _counted = False

    def connection_made(self, transport: Any) -> None:
        if _Conversation.callers >= MOST_CALLERS:
            transport.write(b"421 4.7.0 Too many callers; try again\r\n")
            transport.close()
            return
        _Conversation.callers += 1
        self._counted = True
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._counted:
            _Conversation.callers -= 1
            super().connection_lost(error)


class MailIn:
    """The door with its life: nothing where the settings name no place for it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: asyncio.Server | None = None
        self._post: Post | None = None

    async def start(self) -> None:
        """Listen. A place that is taken is logged and stops nothing else: pages must go out."""
        if not self._settings.mail_in:
            return
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        host, port = self._settings.mail_in_place
        post = Post()
        loop = asyncio.get_running_loop()

        def converse() -> SMTP:
            return _Conversation(
                post, data_size_limit=LARGEST, enable_SMTPUTF8=True, ident="Tocsin", timeout=PATIENCE, hostname="tocsin", loop=loop
            )

        try:
            self._server = await loop.create_server(converse, host, port)
        except OSError as error:
            post.close()
            log.error("no mail is accepted: the place is taken", place=self._settings.mail_in, error=str(error))
            return
        self._post = post

    async def stop(self) -> None:
        """Callers who are in the middle of a mail come again."""
        if self._server is None or self._post is None:
            return
        self._server.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._server.wait_closed(), 1.0)
        await asyncio.to_thread(self._post.close)
