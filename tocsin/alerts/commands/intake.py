"""Raw bodies: stored before the sender is answered, understood right after, never lost when they cannot be."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from tocsin.alerts import events as names
from tocsin.alerts import ports, rules
from tocsin.alerts.commands.triggers import apply, hold_keys
from tocsin.alerts.models import Alert, IntakeEvent, IntegrationKey
from tocsin.alerts.ports import ParsedEvent
from tocsin.core.actor import SYSTEM
from tocsin.core.eventlog import events
from tocsin.core.work import hints, leases

LANE = "intake"
KEPT_OF_REFUSED = 64 * 1024
"""Bytes kept of a body that was refused."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A body at the door: its future id, the key's id, the bytes, and why it was refused, when it was."""

    id: str
    key_id: str
    body: bytes
    received_at: dt.datetime
    unreadable: str = ""


class LostLease(Exception):
    """Another process took the row over; nothing of ours may be kept."""


def receive(arrivals: Sequence[Arrival], *, again: bool = False) -> None:
    """Put bodies on disk as due rows, all in one commit. Whoever is answered after this returns can rely on it.

    `again` is for a second try after a failure whose outcome is not known: rows that are there already are left alone.
    """
    if again:
        there = set(IntakeEvent.objects.filter(pk__in=[arrival.id for arrival in arrivals]).values_list("pk", flat=True))
        arrivals = [arrival for arrival in arrivals if arrival.id not in there]
    rows = [
        IntakeEvent(
            id=arrival.id,
            key_id=arrival.key_id,
            body=arrival.body,
            unreadable=arrival.unreadable[:200],
            received_at=arrival.received_at,
            due_at=arrival.received_at,
            lane=LANE,
        )
        for arrival in arrivals
    ]
    with transaction.atomic():
        IntakeEvent.objects.bulk_create(rows)
        transaction.on_commit(_arrived)


def _arrived() -> None:
    hints.wake(LANE)


def understand(rows: Sequence[IntakeEvent], *, now: dt.datetime) -> None:
    """Claimed rows, in the order of arrival, become alerts and are done, all in one transaction: when one fails none is.

    Raises Unreadable when a document makes no sense, LostLease when a row is no longer ours, and whatever else went wrong.
    """
    keys = IntegrationKey.objects.select_related("service").in_bulk({row.key_id for row in rows})
    parsed = [(row, keys[row.key_id], _parsed(row, keys[row.key_id], now)) for row in rows]
    with transaction.atomic():
        hold_keys((key.service, key.kind, event) for _, key, said in parsed for event in said)
        with events.in_one_insert():
            for row, key, said in parsed:
                at = row.received_at
                alerts = [apply(SYSTEM, key.service, key.kind, one, received_at=at, now=now, intake=row) for one in said]
                if row.unreadable:
                    _mark(row, key, row.unreadable, alerts[0].id if alerts else "", now)
        if not leases.finish_all(rows, IntakeEvent.DONE):
            raise LostLease
        _seen([(row, key) for row, key, _ in parsed if not row.unreadable])


def _parsed(row: IntakeEvent, key: IntegrationKey, now: dt.datetime) -> Sequence[ParsedEvent]:
    """What a row says. A refused one says that it cannot be read, at most once an hour."""
    if not row.unreadable:
        return ports.parser(key.kind)(json.loads(bytes(row.body)))
    return (
        [_raw(row, key, row.unreadable, dedup_key=f"unreadable:{key.id}")]
        if rules.may_page_unreadable(key.unreadable_paged_at, now)
        else []
    )


def begin(row: IntakeEvent) -> None:
    """Note, before anything else is done, that this row is taken up alone; counted when the process ends over it."""
    row.begun += 1
    IntakeEvent.objects.filter(pk=row.pk, fence=row.fence).update(begun=row.begun)


def give_up(row: IntakeEvent, reason: str, *, now: dt.datetime) -> Alert:
    """A claimed row that cannot be understood: it ends as failed, the service turns red, and its raw text pages.

    Each such body by itself: they may tell of different problems. The same body again is the same problem.
    """
    key = row.key
    event = _raw(row, key, reason, dedup_key=f"failed:{key.id}:{hashlib.sha256(bytes(row.body)).hexdigest()[:16]}")
    with transaction.atomic():
        hold_keys([(key.service, key.kind, event)])
        alert = apply(SYSTEM, key.service, key.kind, event, received_at=row.received_at, now=now, intake=row)
        if not leases.finish(row, IntakeEvent.FAILED, last_error=reason[:2000]):
            raise LostLease
        _mark(row, key, reason, alert.id, now)
    return alert


def _raw(row: IntakeEvent, key: IntegrationKey, reason: str, *, dedup_key: str) -> ParsedEvent:
    return ParsedEvent(
        dedup_key=dedup_key,
        title=f"{key.name} sent an event that Tocsin cannot read: {reason}",
        description=bytes(row.body[:4000]).decode("utf-8", "replace"),
        labels={"integration": key.name, "event": row.id},
    )


def _mark(row: IntakeEvent, key: IntegrationKey, reason: str, alert_id: str, now: dt.datetime) -> None:
    changes: dict[str, object] = {"unreadable_at": row.received_at, "unreadable_reason": rules.line(reason, 200)}
    if alert_id:
        changes["unreadable_paged_at"] = now
    IntegrationKey.objects.filter(pk=key.pk).update(**changes)
    data = {"reason": rules.line(reason, 200), "service": key.service_id, "event": row.id, "alert": alert_id}
    events.record(SYSTEM, names.INTAKE_UNREADABLE, key.id, context=key.service_id, now=now, data=data)


def _seen(heard: Iterable[tuple[IntakeEvent, IntegrationKey]]) -> None:
    """Once a second is enough, and leaves the key's row alone in a storm."""
    latest = {key.id: (row.received_at, key.last_event_at) for row, key in heard}
    for key_id, (at, before) in latest.items():
        if before is None or before < at - dt.timedelta(seconds=1):
            IntegrationKey.objects.filter(pk=key_id).update(last_event_at=at)
