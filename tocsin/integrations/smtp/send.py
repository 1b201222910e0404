"""Handing one message to an SMTP server, with TLS as the settings say, and telling final refusals from passing trouble."""

from __future__ import annotations

import contextlib
import functools
import smtplib
import socket
import ssl
import threading
from collections.abc import Sequence
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from tocsin.core.ports import Delivery
from tocsin.core.settings import Smtp
from tocsin.integrations.smtp import pipelining

STEP_TIMEOUT = 10.0
WHOLE_TIMEOUT = 25.0
"""Seconds for the whole conversation; shorter than the lease of the row that is being sent."""
GOODBYE_TIMEOUT = 2.0


class SmtpTransport:
    """A mail transport; opens one connection for each message, or for several that are handed over together."""

    def __init__(self, server: Smtp) -> None:
        self._server = server

    def send(self, message: EmailMessage) -> Delivery:
        """One conversation with the server. Temporary: network, TLS, sign-in, 4xx. Permanent: the recipient or the content."""
        return self.send_all([message])[0]

    def send_all(self, messages: Sequence[EmailMessage]) -> list[Delivery]:
        """The same for several. What a refusal or a breach leaves unsaid is temporary trouble."""
        done: list[Delivery] = []
        try:
            client = self._connected()
            try:
                self._introduce(client)
                done.extend(_hand_over(client, message) for message in messages)
                _say_goodbye(client)
            finally:
                client.close()
        except (smtplib.SMTPException, OSError) as error:
            done += [_judged(error)] * (len(messages) - len(done))
        return done

    def _connected(self) -> smtplib.SMTP:
        """A connection. `smtplib` looks up its own name for EHLO, which can take seconds: we say ours."""
        server = self._server
        if server.tls:
            context = ssl.create_default_context()
            return _WatchedTls(server.host, server.port, timeout=STEP_TIMEOUT, context=context, local_hostname=_own_name())
        return _Watched(server.host, server.port, timeout=STEP_TIMEOUT, local_hostname=_own_name())

    def _introduce(self, client: smtplib.SMTP) -> None:
        if self._server.starttls:
            client.starttls(context=ssl.create_default_context())
        if self._server.user:
            client.login(self._server.user, self._server.password)


def _hand_over(client: smtplib.SMTP, message: EmailMessage) -> Delivery:
    """Raises OSError and SMTPServerDisconnected when the conversation is over, for this message and those after it."""
    envelope = message["Return-Path"]
    del message["Return-Path"]  # the receiving server writes its own; ours says where a refusal goes
    try:
        _send(client, message, str(envelope).strip() if envelope else _address(message["From"]))
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException as error:
        return _judged(error)
    except (ValueError, MessageError) as error:  # before anything of it was said: those after it are not to blame
        return Delivery(ok=False, answer=f"this message cannot be written: {type(error).__name__}", permanent=True)
    return Delivery(ok=True, answer="accepted by the mail server")


def _send(client: smtplib.SMTP, message: EmailMessage, sender: str) -> None:
    if pipelining.is_spoken(client) and f"{sender}{message['To']}".isascii():
        pipelining.hand_over(client, message, sender)
    else:
        client.send_message(message, from_addr=sender)


@functools.lru_cache(maxsize=16)
def _address(sender: str) -> str:
    return parseaddr(sender)[1]


def _judged(error: smtplib.SMTPException | OSError) -> Delivery:
    """What trouble with a mail server means."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return _refused(code, words)
    if isinstance(error, smtplib.SMTPDataError):
        return _refused(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Delivery(ok=False, answer=f"the mail server cannot do this: {error}")
    if isinstance(error, smtplib.SMTPResponseException):
        return Delivery(ok=False, answer=_words(error.smtp_code, error.smtp_error))
    if isinstance(error, ssl.SSLError):
        return Delivery(ok=False, answer=f"TLS with the mail server failed: {error.reason or error}")
    return Delivery(ok=False, answer=f"the mail server cannot be reached: {type(error).__name__} {error}")


class _Watched(smtplib.SMTP):
    """A conversation that ends in time from the greeting on, however slowly the server speaks."""

    _watch: threading.Timer | None = None

    def connect(self, *where: Any, **how: Any) -> tuple[int, bytes]:
        self._watch = threading.Timer(WHOLE_TIMEOUT, _cut_off, [self])
        self._watch.daemon = True
        self._watch.start()
        try:
            return super().connect(*where, **how)
        except BaseException:
            self._watch.cancel()
            raise

    def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().close()


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _say_goodbye(client: smtplib.SMTP) -> None:
    """The message is accepted: whatever the server answers now, or does not, changes nothing."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if client.sock is not None:
            client.sock.settimeout(GOODBYE_TIMEOUT)
        client.quit()


def _own_name() -> str:
    return socket.gethostname() or "localhost"


def _cut_off(client: smtplib.SMTP) -> None:
    """End a conversation that a server drags out byte by byte."""
    with contextlib.suppress(OSError):
        if client.sock is not None:
            client.sock.shutdown(socket.SHUT_RDWR)


def _refused(code: int, words: bytes | str) -> Delivery:
    return Delivery(ok=False, answer=_words(code, words), permanent=500 <= code < 600)


def _words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"
