"""Sealing: committed events get a gap-free position and a hash chained to the one before.

One process seals at a time (engine lease). Rows that are visible are committed, so a position once given never moves and
none is skipped: whoever reads `position > last` neither misses nor repeats an event.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable

from django.conf import settings
from django.db import connection, transaction

from tocsin.core import clock
from tocsin.core.models import EngineLease, Event
from tocsin.core.store import db
from tocsin.core.work import hints

BATCH = 500
_CHAIN = "seal.chain"
_SEAL = "UPDATE core_event SET position = %s, hash = %s WHERE id = %s"
RED_AFTER = dt.timedelta(seconds=5)


def seal(now: dt.datetime) -> int:
    """Seal up to one batch; returns how many. Safe to call from anywhere: a row lock keeps sealers one behind the other."""
    if not Event.objects.filter(position__isnull=True).exists():
        return 0
    with transaction.atomic():
        _hold_chain()
        last = Event.objects.filter(position__isnull=False).order_by("-position").only("position", "hash").first()
        position, previous = (last.position or 0, last.hash) if last else (0, "")
        rows = list(Event.objects.filter(position__isnull=True).order_by("id")[:BATCH])
        for row in rows:
            position += 1
            row.position = position
            row.hash = previous = link(previous, row)
        with connection.cursor() as cursor:
            cursor.executemany(_SEAL, [(row.position, row.hash, row.pk) for row in rows])
    hints.wake("sealed")
    if len(rows) == BATCH:
        hints.wake("seal")
    return len(rows)


def _hold_chain() -> None:
    """Until the end of this transaction no other process seals."""
    chain = db.lock(EngineLease.objects.filter(name=_CHAIN))
    if not chain:
        EngineLease.objects.bulk_create([EngineLease(name=_CHAIN)], ignore_conflicts=True)
        chain.get()


def link(previous: str, event: Event) -> str:
    """The hash of one event in the chain: SHA-256 over the hash before and the event's own canonical JSON."""
    body = json.dumps(
        [
            event.position,
            event.name,
            event.subject,
            event.context,
            event.actor,
            event.actor_name,
            event.via,
            clock.rfc3339(event.at.replace(microsecond=event.at.microsecond // 1000 * 1000)),
            event.data,
        ],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return hashlib.sha256((previous + body).encode()).hexdigest()


def broken_at(events: Iterable[Event]) -> int | None:
    """The first position whose hash or order does not fit, given all sealed events in order; None when the chain holds."""
    previous, expected = "", 1
    for event in events:
        if event.position != expected or event.hash != link(previous, event):
            return expected
        previous, expected = event.hash, expected + 1
    return None


def oldest_unsealed(now: dt.datetime) -> dt.timedelta | None:
    """How old the oldest unsealed event is."""
    at = Event.objects.filter(position__isnull=True).order_by("id").values_list("at", flat=True).first()
    return now - at if at else None


def late(now: dt.datetime) -> dt.timedelta | None:
    """The same when that is too long, else None. Words that were held have the instant of their confirmation, so that their events
    are as old as the hold was long when they are written.
    """
    waited = oldest_unsealed(now)
    return waited if waited and waited > RED_AFTER + dt.timedelta(seconds=settings.TOCSIN.hold_seconds) else None
