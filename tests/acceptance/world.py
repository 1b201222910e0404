"""The world outside: a mail server and an HTTP receiver with moods, and a ledger of what reached them.

It is a process of its own, so that killing Tocsin leaves it alone: `python -m tests.acceptance.world FOLDER` prints its two
ports and lives until its standard input ends. `POST /mood` sets how it behaves: `{"mail": "normal|421|550|hang|close"}` and
`{"calls": 200}` (a status, or `hang`), each optionally only for one address with `"to"`; `{"forget": true}` starts afresh.
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import json
import sys
import time
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.acceptance.ledger import LedgerWriter

HANG_SECONDS = 120


class Moods:
    """How the world behaves now, in general and towards single addresses."""

    def __init__(self) -> None:
        self.mail: dict[str, str] = {"": "normal"}
        self.calls: dict[str, str] = {"": "200"}

    def change(self, document: dict[str, Any]) -> None:
        if document.get("forget"):
            self.mail, self.calls = {"": "normal"}, {"": "200"}
        to = document.get("to", "")
        if "mail" in document:
            self.mail[to] = str(document["mail"])
        if "calls" in document:
            self.calls[to] = str(document["calls"])

    def of_mail(self, recipients: list[str]) -> str:
        return next((self.mail[to] for to in recipients if to in self.mail), self.mail[""])

    def of_call(self, text: str) -> str:
        return next((mood for to, mood in self.calls.items() if to and to in text), self.calls[""])


class Mail:
    """The mail server's behaviour. A mail that was received whole is in the ledger, whatever the answer is."""

    def __init__(self, moods: Moods, ledger: LedgerWriter) -> None:
        self.moods, self.ledger = moods, ledger

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, said: list[str]) -> list[str]:
        session.host_name = hostname
        return [*said[:-1], "250-PIPELINING", said[-1]]

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        envelope.begun = time.time()  # type: ignore[attr-defined]
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        mood = self.moods.of_mail([address])
        if mood == "421":
            return "421 4.3.2 the service is not available now"
        if mood == "550":
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mood = self.moods.of_mail(envelope.rcpt_tos)
        self.ledger.write(_as_line(envelope, mood))
        if mood == "hang":
            await asyncio.sleep(HANG_SECONDS)
        if mood == "close":
            server.transport.abort()
        return "250 2.0.0 taken"


def _as_line(envelope: Envelope, mood: str) -> dict[str, Any]:
    """Read in a third of a millisecond: the library's modern policy takes three, and there are runs of 100,000 mails."""
    content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    headers = {name: _plain(value) for name, value in message.items()}
    return {
        "kind": "mail",
        "begun": getattr(envelope, "begun", 0.0),
        "at": time.time(),
        "to": envelope.rcpt_tos,
        "from": envelope.mail_from,
        "message_id": headers.get("Message-ID"),
        "subject": headers.get("Subject", ""),
        "headers": headers,
        "body": _text(message),
        "mood": mood,
    }


def _plain(value: str) -> str:
    """A header on one line, its encoded words decoded."""
    unfolded = value.replace("\r\n", "").replace("\n", "")
    return str(make_header(decode_header(unfolded))) if "=?" in unfolded else unfolded


def _text(message: Message) -> str:
    """The plain part, or what there is instead."""
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    if not parts:
        return ""
    chosen = next((part for part in parts if part.get_content_subtype() == "plain"), parts[0])
    return cast(bytes, chosen.get_payload(decode=True)).decode(chosen.get_content_charset() or "utf-8", "replace")


class Receiver:
    """A very small HTTP server: notes every request, answers as its mood says."""

    def __init__(self, moods: Moods, ledger: LedgerWriter) -> None:
        self.moods, self.ledger = moods, ledger

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            await self._one_request(reader, writer)
        writer.close()

    async def _one_request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode("utf-8", "replace")
        if path == "/mood":
            self.moods.change(json.loads(body))
            status = "200"
        else:
            status = self.moods.of_call(path + " " + body)
            line = {
                "kind": "call",
                "at": time.time(),
                "method": method,
                "path": path,
                "headers": headers,
                "body": body,
                "mood": status,
            }
            self.ledger.write(line)
        if status == "hang":
            await asyncio.sleep(HANG_SECONDS)
        answer = json.dumps({"status": status}).encode()
        writer.write(f"HTTP/1.1 {status} Mood\r\nContent-Length: {len(answer)}\r\nConnection: close\r\n\r\n".encode() + answer)
        await writer.drain()


async def live(folder: Path) -> None:
    moods, ledger = Moods(), LedgerWriter(folder / "ledger.jsonl")
    loop = asyncio.get_running_loop()
    mail = await loop.create_server(
        lambda: SMTP(Mail(moods, ledger), hostname="world.example", enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    receiver = await asyncio.start_server(Receiver(moods, ledger).serve, "127.0.0.1", 0)
    ports = {"smtp": mail.sockets[0].getsockname()[1], "http": receiver.sockets[0].getsockname()[1]}
    print(json.dumps(ports), flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1])))
