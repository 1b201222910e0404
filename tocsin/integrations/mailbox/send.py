"""Keeping mail and texts in the database, for the demo."""

from __future__ import annotations

from email.message import EmailMessage

from tocsin.core import clock
from tocsin.core.models import MailboxMessage
from tocsin.core.ports import Delivery
from tocsin.core.store import facts

DEMO = "demo"
"""The fact that says that the demo company lives here."""


def is_demo() -> bool:
    """Whether the demo company lives here."""
    return bool(facts.glance(DEMO))


def keep_text(to: str, subject: str, text: str, number: str) -> Delivery:
    """A text to a telephone that is nowhere."""
    MailboxMessage.objects.create(to=to, subject=subject, body=text, message_id=number, at=clock.now())
    return Delivery(ok=True, answer="kept in the built-in mailbox")


class MailboxTransport:
    """Takes mail only in the demo; elsewhere it says what is missing."""

    def send(self, message: EmailMessage) -> Delivery:
        if not is_demo():
            return Delivery(ok=False, answer="no mail server is configured (TOCSIN_SMTP_URL)")
        MailboxMessage.objects.create(
            to=message["To"],
            subject=message["Subject"],
            body=message.get_content().replace("\r\n", "\n"),
            message_id=message["Message-ID"],
            at=clock.now(),
        )
        return Delivery(ok=True, answer="kept in the built-in mailbox")
