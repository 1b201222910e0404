"""Handing one message to an SMTP server, with TLS as the settings say, and telling final refusals from passing trouble."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from email.message import EmailMessage

from tocsin.core.ports import Delivery
from tocsin.core.settings import Smtp

STEP_TIMEOUT = 10.0
WHOLE_TIMEOUT = 25.0
"""Seconds for the whole conversation; shorter than the lease of the row that is being sent."""


class SmtpTransport:
    """A mail transport; opens one connection for each message."""

    def __init__(self, server: Smtp) -> None:
        self._server = server

    def send(self, message: EmailMessage) -> Delivery:
        """One conversation with the server. Temporary: network, TLS, sign-in, 4xx. Permanent: the recipient or the content."""
        try:
            with self._connected() as client:
                watch = threading.Timer(WHOLE_TIMEOUT, _cut_off, [client])
                watch.daemon = True
                watch.start()
                try:
                    return self._talk(client, message)
                finally:
                    watch.cancel()
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            return _refused(code, words)
        except smtplib.SMTPDataError as error:
            return _refused(error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError as error:
            return Delivery(ok=False, answer=f"the mail server cannot do this: {error}")
        except smtplib.SMTPResponseException as error:
            return Delivery(ok=False, answer=_words(error.smtp_code, error.smtp_error))
        except ssl.SSLError as error:
            return Delivery(ok=False, answer=f"TLS with the mail server failed: {error.reason or error}")
        except (smtplib.SMTPException, OSError) as error:
            return Delivery(ok=False, answer=f"the mail server cannot be reached: {type(error).__name__} {error}")

    def _connected(self) -> smtplib.SMTP:
        """A connection. `smtplib` looks up its own name for EHLO, which can take seconds: we say ours."""
        server = self._server
        if server.tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, timeout=STEP_TIMEOUT, context=context, local_hostname=_own_name())
        return smtplib.SMTP(server.host, server.port, timeout=STEP_TIMEOUT, local_hostname=_own_name())

    def _talk(self, client: smtplib.SMTP, message: EmailMessage) -> Delivery:
        if self._server.starttls:
            client.starttls(context=ssl.create_default_context())
        if self._server.user:
            client.login(self._server.user, self._server.password)
        client.send_message(message)
        return Delivery(ok=True, answer="accepted by the mail server")


def _own_name() -> str:
    return socket.gethostname() or "localhost"


def _cut_off(client: smtplib.SMTP) -> None:
    """End a conversation that a server drags out byte by byte."""
    if client.sock is not None:
        client.sock.shutdown(socket.SHUT_RDWR)


def _refused(code: int, words: bytes | str) -> Delivery:
    return Delivery(ok=False, answer=_words(code, words), permanent=500 <= code < 600)


def _words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"
