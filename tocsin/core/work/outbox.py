"""Mail that is not a page, written in the transaction of the change that it tells of and delivered by the engine."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import close_old_connections, transaction

from tocsin.core import ports
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Invalid
from tocsin.core.eventlog import events
from tocsin.core.models import OutboxMail
from tocsin.core.net import mail
from tocsin.core.observe import metrics
from tocsin.core.store import facts
from tocsin.core.work import hints, leases
from tocsin.core.work.engine import OWNER, Module

log = structlog.get_logger(__name__)
LANE = "mail"
WORKERS = 4
AFTER_OTHERS = 7
DRAIN_SECONDS = 7.0
FIRST_PAUSE = dt.timedelta(seconds=5)
LONGEST_PAUSE = dt.timedelta(minutes=30)
KEEP_TRYING = dt.timedelta(hours=24)
FAILED = "mail.failed"
"""Event: a mail ended without being sent; subject is its id, data `{"to", "subject", "answer"}`."""


def enqueue(
    to: str, subject: str, body: str, *, now: dt.datetime, headers: Mapping[str, str] | None = None, key: str, letter_id: str = ""
) -> OutboxMail:
    """Put one mail on its way; the same `key` twice is one mail. Call inside the transaction of what the mail tells.

    `letter_id` is the Message-ID of a letter that goes out in several copies, each with a `key` of its own.
    """
    row, _ = OutboxMail.objects.get_or_create(
        message_id=mail.message_id(key),
        defaults={
            "to": to,
            "subject": mail.one_line(subject),
            "body": body,
            "headers": dict(headers or {}),
            "letter_id": letter_id,
            "lane": LANE,
            "due_at": now,
            "created_at": now,
        },
    )
    transaction.on_commit(_wake)
    return row


def enqueue_copies(
    copies: Mapping[str, tuple[str, Mapping[str, str]]], subject: str, body: str, letter_id: str, now: dt.datetime
) -> None:
    """Put the copies of one letter on their way: by `key` the address and the headers of each. After everything that is for one
    reader alone; otherwise as `enqueue`.
    """
    rows = [
        OutboxMail(
            message_id=mail.message_id(key),
            to=to,
            subject=mail.one_line(subject),
            body=body,
            headers=dict(headers),
            letter_id=letter_id,
            lane=LANE,
            priority=AFTER_OTHERS,
            due_at=now,
            created_at=now,
        )
        for key, (to, headers) in copies.items()
    ]
    OutboxMail.objects.bulk_create(rows, batch_size=200, ignore_conflicts=True)
    transaction.on_commit(_wake)


def unwritten(keys: Iterable[str]) -> set[str]:
    """Those of these keys that no mail was written for yet. For whoever would else write the same again and again."""
    ids = {mail.message_id(key): key for key in keys}
    written = OutboxMail.objects.filter(message_id__in=list(ids)).values_list("message_id", flat=True) if ids else ()
    return set(ids.values()) - {ids[one] for one in written}


def _wake() -> None:
    hints.wake(LANE)


def pause(tries: int, *, luck: float) -> dt.timedelta:
    """How long to wait after the `tries`-th failure: doubling, at most half an hour, a fifth more or less by `luck` in 0..1."""
    plain: dt.timedelta = min(FIRST_PAUSE * 2 ** min(tries - 1, 20), LONGEST_PAUSE)
    return plain * (0.8 + 0.4 * luck)


class Deliverer:
    """Sends due mails in a few threads. Each thread writes its own result, so that one slow server holds up one thread."""

    def __init__(self, workers: int = WORKERS) -> None:
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="mail")
        self._idle = threading.Condition()
        self._busy = 0

    def tick(self, now: dt.datetime) -> int:
        """Claim as many due mails as threads are free. Nothing leaves a restored installation that is on hold."""
        free = self._workers - self._busy
        if free <= 0 or facts.on_hold():
            return 0
        rows = leases.claim(OutboxMail, lane=LANE, owner=OWNER, now=now, limit=free)
        for row in rows:
            with self._idle:
                self._busy += 1
            self._pool.submit(self._deliver, row, now)
        return len(rows)

    def _deliver(self, row: OutboxMail, now: dt.datetime) -> None:
        try:
            close_old_connections()
            settle(row, send(row, now), now)
        except Exception:
            log.exception("a mail could not be handled", mail=row.id)
        finally:
            close_old_connections()
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()
            hints.wake_here(LANE)

    def drain(self, now: dt.datetime) -> None:
        """Wait for what is being sent, for as long as the engine gives us; what does not end is sent again by its lease."""
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, DRAIN_SECONDS)

    def close(self) -> None:
        """Wait for what is being sent; nothing may be submitted afterwards."""
        self._pool.shutdown()


def send(row: OutboxMail, now: dt.datetime) -> ports.Delivery:
    """Hand one claimed mail to the transport, outside any transaction."""
    try:
        message = mail.build(
            sender=mail.sender(),
            to=row.to,
            subject=row.subject,
            text=row.body,
            message_id=row.letter_id or row.message_id,
            now=now,
            headers=row.headers,
        )
    except Invalid as error:
        return ports.Delivery(ok=False, answer=error.detail, permanent=True)
    try:
        delivery = ports.mail.send(message)
    except Exception as error:  # a fault of ours: tried again with pauses and given up in the end, as everything else
        log.exception("a mail could not be sent", mail=row.id)
        delivery = ports.Delivery(ok=False, answer=f"fault in the mail transport: {type(error).__name__}")
    metrics.DELIVERIES.labels("outbox", delivery.outcome).inc()
    return delivery


def settle(row: OutboxMail, delivery: ports.Delivery, now: dt.datetime) -> None:
    """Write the result: sent, try again later, or the end, which is an event so that somebody hears of it."""
    if delivery.ok:
        leases.finish(row, OutboxMail.DONE, sent_at=now)
        return
    if not delivery.permanent and now - row.created_at < KEEP_TRYING:
        leases.give_back(row, now + pause(row.tries, luck=random.random()), delivery.answer)  # noqa: S311
        return
    with transaction.atomic():
        if leases.finish(row, OutboxMail.FAILED, last_error=delivery.answer):
            data = {"to": row.to, "subject": row.subject, "answer": delivery.answer}
            events.record(SYSTEM, FAILED, row.id, now=now, data=data)


_deliverer = Deliverer()
MODULES = (Module("mail", _deliverer.tick, channel=LANE, drain=_deliverer.drain),)
