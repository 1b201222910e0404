"""Which way mail leaves: the server of the environment, the one entered at set-up, or the demo's mailbox; which way texts do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from email.message import EmailMessage
from urllib.parse import urlsplit

from django.conf import settings

from tocsin.core import secrets
from tocsin.core.ports import Delivery
from tocsin.core.settings import SettingsError, Smtp, is_loopback
from tocsin.core.store import facts
from tocsin.integrations.http_call.send import Texts as Called
from tocsin.integrations.mailbox.send import MailboxTransport, is_demo, keep_text
from tocsin.integrations.smtp.send import SmtpTransport
from tocsin.statuspages.subscribers.ports import News

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


class Texts(Called):
    """By the page's gateway; in the demo a gateway below `.example`, where no host can be, leads to the mailbox."""

    def send(self, news: News, *, now: dt.datetime) -> Delivery:
        host = urlsplit(news.gateway.url).hostname or "" if news.gateway else ""
        if host.endswith(".example") and is_demo():
            return keep_text(news.address, news.title, news.text, news.number)
        return super().send(news, now=now)
