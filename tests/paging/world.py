"""The outside world of the pager's tests: channels that remember, refuse and break, and an engine that is ticked by hand."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests import company
from tocsin.alerts import commands as alerts
from tocsin.alerts.models import Alert
from tocsin.core.actor import SYSTEM
from tocsin.core.ports import Delivery
from tocsin.directory.models import Person, Service
from tocsin.paging.jobs import advance
from tocsin.paging.jobs.deliver import Sender
from tocsin.paging.jobs.webhooks import Caller
from tocsin.paging.ports import PageMessage, WebhookMessage

OK = Delivery(ok=True, answer="250 taken")
LATER = Delivery(ok=False, answer="421 come back later")
NEVER = Delivery(ok=False, answer="550 no such mailbox", permanent=True)


class AtOnce:
    """A pool that does the work in the same thread, at once."""

    def __init__(self, width: int) -> None:
        self.width = width

    def submit(self, work: Callable[[], None], /) -> None:
        work()


@dataclass
class Outside:
    """A channel. `answer` says what comes of a message; `sent` is the ledger, in order."""

    answer: Callable[[PageMessage], Delivery] = lambda message: OK
    sent: list[tuple[dt.datetime, PageMessage]] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)

    def send(self, message: PageMessage, *, now: dt.datetime) -> Delivery:
        self.tried[message.idempotency_key] += 1
        delivery = self.answer(message)
        if delivery.ok:
            self.sent.append((now, message))
        return delivery

    @property
    def reached(self) -> list[str]:
        """Addresses, in the order of their messages."""
        return [message.to for _, message in self.sent]


@dataclass
class Hooks:
    """The other side of webhooks. `answer` says what comes of a call; `calls` is every try, in order; `private` are subjects."""

    answer: Callable[[WebhookMessage], Delivery] = lambda message: OK
    calls: list[tuple[dt.datetime, WebhookMessage]] = field(default_factory=list)
    private: set[str] = field(default_factory=set)

    def __call__(self, message: WebhookMessage, *, now: dt.datetime) -> Delivery:
        self.calls.append((now, message))
        return self.answer(message)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(message.body) for _, message in self.calls]

    @property
    def keys(self) -> list[str]:
        return [message.idempotency_key for _, message in self.calls]


class HandEngine:
    """Ticks escalations and all lanes until nothing is left to do at an instant."""

    def __init__(self) -> None:
        pages = [Sender("page-high", width=8, pool=AtOnce), Sender("page-low", width=4, pool=AtOnce)]
        self.senders = [*pages, Caller("webhook", width=4, pool=AtOnce)]

    def run(self, now: dt.datetime) -> None:
        """Each round is a little later, as what follows from a message is due when its answer came."""
        for step in range(100):
            now += step * dt.timedelta(milliseconds=1)
            if not sum([advance.tick(now), *(sender.tick(now) for sender in self.senders)]):
                return
        raise AssertionError("the engine does not come to rest")

    def run_until(self, start: dt.datetime, end: dt.datetime, *, every: dt.timedelta = dt.timedelta(seconds=30)) -> None:
        while start <= end:
            self.run(start)
            start += every


@dataclass(frozen=True)
class House:
    """Ada and then Ben are on call for a service, Imogen is the last resort."""

    ada: Person
    ben: Person
    imogen: Person
    service: Service


def house(*, wait: int = 5, repeats: int = 0) -> House:
    ada, ben, imogen = company.person("Ada"), company.person("Ben"), company.person("Imogen")
    team = company.team("Payments", ada, ben)
    company.last_resort(imogen)
    service = company.service("checkout-api", team)
    policy = company.policy(team, company.schedule(team, ada), ben, wait=wait, repeats=repeats)
    company.cover(service, policy=policy)
    return House(ada, ben, imogen, service)


def fire(service: Service, now: dt.datetime, *, title: str = "5xx 38 %", severity: str = "critical", key: str = "a") -> Alert:
    return alerts.trigger(SYSTEM, service, title=title, source="test", dedup_key=key, severity=severity, now=now)
