"""Keeping mail in the database, for the demo."""

from __future__ import annotations

from email.message import EmailMessage

from tocsin.core import clock
from tocsin.core.models import MailboxMessage
from tocsin.core.ports import Delivery
from tocsin.core.store import facts

DEMO = "demo"
"""The fact that says that the demo company lives here."""


class MailboxTransport:
    """Takes mail only in the demo; elsewhere it says what is missing."""

    def send(self, message: EmailMessage) -> Delivery:
        if not facts.glance(DEMO):
            return Delivery(ok=False, answer="no mail server is configured (TOCSIN_SMTP_URL)")
        MailboxMessage.objects.create(
            to=message["To"],
            subject=message["Subject"],
            body=message.get_content().replace("\r\n", "\n"),
            message_id=message["Message-ID"],
            at=clock.now(),
        )
        return Delivery(ok=True, answer="kept in the built-in mailbox")
