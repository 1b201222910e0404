"""Which way mail leaves: the server of the environment, the one entered at set-up, or the demo's mailbox."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage

from django.conf import settings

from tocsin.core import secrets
from tocsin.core.ports import Delivery
from tocsin.core.settings import SettingsError, Smtp, is_loopback
from tocsin.core.store import facts
from tocsin.integrations.mailbox.send import MailboxTransport
from tocsin.integrations.smtp.send import SmtpTransport

SMTP_FACT = "smtp_url"
"""An encrypted SMTP URL kept in the database by the set-up pages; the environment goes first."""


class Post:
    """Decides anew at each message, so that a server entered in the browser works at once, on every node."""

    def send(self, message: EmailMessage) -> Delivery:
        return self.send_all([message])[0]

    def send_all(self, messages: Sequence[EmailMessage]) -> list[Delivery]:
        """Several in one conversation, where a mail server takes them."""
        try:
            url = self._url()
            if not url:
                return [MailboxTransport().send(one) for one in messages]
            server = Smtp(url)
        except (SettingsError, ValueError) as error:
            return [Delivery(ok=False, answer=str(error)) for _ in messages]
        if settings.TOCSIN.test and not is_loopback(server.host):
            return [Delivery(ok=False, answer="test mode mails through loopback only") for _ in messages]
        return SmtpTransport(server).send_all(messages)

    def _url(self) -> str:
        if settings.TOCSIN.smtp_url:
            return str(settings.TOCSIN.smtp_url)
        kept = facts.glance(SMTP_FACT)
        return secrets.decrypt(kept) if kept else ""
