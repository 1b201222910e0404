"""Subscribers, an engine turned by hand, and a mail server that keeps what it is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any

from tests.incidents import given
from tocsin.core.actor import SYSTEM
from tocsin.core.models import OutboxMail
from tocsin.core.ports import Delivery
from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER
from tocsin.incidents.models import Incident
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages import parts as status_parts
from tocsin.statuspages.models import Component, Update
from tocsin.statuspages.subscribers import commands
from tocsin.statuspages.subscribers.commands import asking
from tocsin.statuspages.subscribers.jobs import delivering, fanning
from tocsin.statuspages.subscribers.models import MAILS, Notice, Subscriber


class Post:
    """A mail transport: `answers` by address, everything else is accepted."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.answers: dict[str, Delivery] = {}

    def send(self, message: EmailMessage) -> Delivery:
        answer = self.answers.get(str(message["To"]), Delivery(ok=True, answer="kept"))
        if answer.ok:
            self.got.append(message)
        return answer

    def send_all(self, messages: Sequence[EmailMessage]) -> list[Delivery]:
        return [self.send(one) for one in messages]

    @property
    def to(self) -> list[str]:
        return [str(one["To"]) for one in self.got]


def part(name: str = "Payments") -> Component:
    return statuspages.create_component(SYSTEM, status_parts.page("external"), name=name, now=given.later(-60))


def subscriber(address: str = "rita@example.net", *parts: Component, at: float = -30) -> Subscriber:
    """Somebody confirmed."""
    return commands.add(SYSTEM, address=address, parts=[one.pk for one in parts], now=given.later(at))


def asked(address: str = "rita@example.net", channel: str = "mail", at: float = 0, parts: Sequence[str] = ()) -> list[OutboxMail]:
    """Somebody asks on the page and the engine looks; every mail on its way to the address, oldest first."""
    asking.ask(channel, address, parts, now=given.later(at))
    while asking.answer(given.later(at)):
        pass
    return list(OutboxMail.objects.filter(to=address).order_by("created_at", "id"))


def said(there: given.House, incident: Incident, at: float = 10, **fields: Any) -> Update:
    """Words for customers are published; the update."""
    values = {
        "status": "investigating",
        "external": {"title": "Some payments fail", "body": "We are looking into it."},
        "next_update_at": given.later(at + 60),
        "confirmation": f"form {at}",
        **fields,
    }
    return statuspages.post_update(there.actor("ben"), incident, **values, now=given.later(at)).first


def walk(at: float = 10) -> None:
    """The engine walks until everybody has a notice."""
    while fanning.walk(given.later(at)):
        pass


def carry(at: float = 10, lane: str = MAILS, by: Any = delivering.by_mail) -> None:
    """Carry all due notices of a lane out, in this thread."""
    now: dt.datetime = given.later(at)
    while rows := leases.claim(Notice, lane=lane, owner=OWNER, now=now, limit=delivering.EACH, only=delivering.in_order()):
        delivering.settle(rows, by(rows, now), now)


def links(text: str) -> list[str]:
    """The paths of our own addresses in a text."""
    return [word.partition("example.com")[2] or word for word in text.split() if word.startswith("http")]
