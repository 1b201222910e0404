"""Carrying notices out of the house: mails many to a conversation, calls one by one. Beside pages that are due they go slowly.

At most `WORKERS` × `EACH` mails are claimed at a time; so many are sent twice, under the same Message-ID, when the process dies
between the mail server's answer and ours.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage

import structlog
from django.db import close_old_connections, transaction
from django.db.models import Exists, OuterRef, Q

from tocsin.core import ports as core
from tocsin.core.observe import metrics
from tocsin.core.ports import Delivery
from tocsin.core.store import facts
from tocsin.core.work import hints, leases, outbox
from tocsin.core.work.engine import OWNER, Module
from tocsin.paging import queries as paging
from tocsin.statuspages.lists import rules as refusals
from tocsin.statuspages.subscribers import commands, composing, ports
from tocsin.statuspages.subscribers.models import CALLS, MAILS, TEXTS, Notice

log = structlog.get_logger(__name__)
WORKERS, EACH = 4, 20
BESIDE_PAGES = 1
"""Threads that carry notices while a page is due."""
DRAIN_SECONDS = 7.0
Carry = Callable[[Sequence[Notice], dt.datetime], list[Delivery | None]]
"""Carries claimed notices out, outside any transaction; None for one that is not for its subscriber any more."""


class Couriers:
    """Threads that carry the notices of one lane, each of them a few at a time."""

    def __init__(self, lane: str, each: int, carry: Carry, only: Q | None = None) -> None:
        self._lane, self._each, self._carry, self._only = lane, each, carry, only
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix=lane)
        self._idle = threading.Condition()
        self._busy = 0

    def tick(self, now: dt.datetime) -> int:
        """Give every free thread something to carry. Nothing leaves a restored installation that is on hold."""
        if self._busy >= WORKERS or not leases.any_due(Notice, lane=self._lane, now=now) or facts.on_hold():
            return 0
        if self._busy >= BESIDE_PAGES and paging.is_page_due(now):
            return 0
        rows = leases.claim(Notice, lane=self._lane, owner=OWNER, now=now, limit=self._each, only=self._only)
        if rows:
            with self._idle:
                self._busy += 1
            self._pool.submit(self._run, rows, now)
        return len(rows)

    def _run(self, rows: Sequence[Notice], now: dt.datetime) -> None:
        try:
            close_old_connections()
            settle(rows, self._carry(rows, now), now)
        except Exception:
            log.exception("notices could not be handled", lane=self._lane, notices=len(rows))
        finally:
            close_old_connections()
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()
            hints.wake_here(self._lane)

    def drain(self, now: dt.datetime) -> None:
        """Wait for what is being sent; what does not end is sent again by its lease."""
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, DRAIN_SECONDS)


def by_mail(rows: Sequence[Notice], now: dt.datetime) -> list[Delivery | None]:
    """Mails in one conversation with the mail server."""
    letters = composing.letters(rows, now)
    sent = iter(core.mail.send_all([letter for letter in letters if isinstance(letter, EmailMessage)]))
    return [next(sent) if isinstance(letter, EmailMessage) else letter for letter in letters]


def by_call(rows: Sequence[Notice], now: dt.datetime) -> list[Delivery | None]:
    """Calls and texts, each through the channel of its subscriber."""
    return [None if news is None else _call(channel, news, now) for channel, news in composing.news(rows, now)]


def _call(channel: str, news: ports.News, now: dt.datetime) -> Delivery:
    found = ports.channels.get(channel)
    if found is None:
        return Delivery(ok=False, answer=f"No channel carries {channel}.", permanent=True)
    return found.send(news, now=now)


def settle(rows: Sequence[Notice], deliveries: Sequence[Delivery | None], now: dt.datetime) -> None:
    """Write the results in one commit: told, not for them any more, again later, or the end, which counts against the address."""
    paired = list(zip(rows, deliveries, strict=True))
    with transaction.atomic():
        for state, done in (
            (Notice.DONE, [row for row, one in paired if one is not None and one.ok]),
            (Notice.CANCELLED, [row for row, one in paired if one is None]),
        ):
            if done:
                leases.finish_all(done, state)
        for row, one in paired:
            if one is not None and not one.ok:
                _refused(row, one, now)
    for one in deliveries:
        if one is not None:
            metrics.DELIVERIES.labels("subscriber", one.outcome).inc()


def _refused(row: Notice, delivery: Delivery, now: dt.datetime) -> None:
    if not delivery.permanent and now - row.at < outbox.KEEP_TRYING:
        leases.give_back(row, now + outbox.pause(row.tries, luck=random.random()), delivery.answer)  # noqa: S311
        return
    if leases.finish(row, Notice.FAILED, last_error=delivery.answer):
        final = refusals.is_final(delivery.answer) if row.lane == MAILS else not delivery.provider_fault
        commands.refused(row.subscriber_id, delivery.answer, final=final, now=now)


def in_order() -> Q:
    """Calls to one address go out in their order: while an older one is open, the younger waits."""
    older = Notice.objects.filter(
        subscriber=OuterRef("subscriber"), work_state__in=(Notice.DUE, Notice.LEASED), at__lt=OuterRef("at")
    )
    return ~Q(Exists(older))


_mails = Couriers(MAILS, EACH, by_mail)
_calls = Couriers(CALLS, 1, by_call, in_order())
_texts = Couriers(TEXTS, 1, by_call, in_order())
MODULES = (
    Module("notice_mail", _mails.tick, channel=MAILS, drain=_mails.drain),
    Module("notice_call", _calls.tick, channel=CALLS, drain=_calls.drain),
    Module("notice_text", _texts.tick, channel=TEXTS, drain=_texts.drain),
)
