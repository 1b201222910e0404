"""Raw bodies: stored before the sender is answered, understood right after, never lost when they cannot be."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

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


def understand(row: IntakeEvent, *, now: dt.datetime) -> list[Alert]:
    """One claimed row becomes alerts, and is done, in one transaction.

    Raises Unreadable when the document makes no sense, LostLease when the row is no longer ours, and whatever else went wrong.
    """
    key = row.key
    if row.unreadable:
        with transaction.atomic():
            return _refused(row, key, now)
    parsed = ports.parser(key.kind)(json.loads(bytes(row.body)))
    with transaction.atomic():
        hold_keys(key.service, key.kind, parsed)
        alerts = [apply(SYSTEM, key.service, key.kind, event, received_at=row.received_at, now=now, intake=row) for event in parsed]
        _finish(row, IntakeEvent.DONE)
        _seen(key, row)
    return alerts


def give_up(row: IntakeEvent, reason: str, *, now: dt.datetime) -> Alert:
    """A claimed row that cannot be understood: it ends as failed, the service turns red, and its raw text pages."""
    with transaction.atomic():
        alert = _page_raw(row, row.key, reason, now)
        _finish(row, IntakeEvent.FAILED, last_error=reason[:2000])
        _mark(row, row.key, reason, alert.id, now)
    return alert


def _refused(row: IntakeEvent, key: IntegrationKey, now: dt.datetime) -> list[Alert]:
    may_page = rules.may_page_unreadable(key.unreadable_paged_at, now)
    alerts = [_page_raw(row, key, row.unreadable, now)] if may_page else []
    _finish(row, IntakeEvent.DONE)
    _mark(row, key, row.unreadable, alerts[0].id if alerts else "", now)
    return alerts


def _page_raw(row: IntakeEvent, key: IntegrationKey, reason: str, now: dt.datetime) -> Alert:
    raw = bytes(row.body[:4000]).decode("utf-8", "replace")
    event = ParsedEvent(
        dedup_key=f"unreadable:{key.id}",
        title=f"{key.name} sent an event that Tocsin cannot read: {reason}",
        description=raw,
        labels={"integration": key.name, "event": row.id},
    )
    hold_keys(key.service, key.kind, [event])
    return apply(SYSTEM, key.service, key.kind, event, received_at=row.received_at, now=now, intake=row)


def _mark(row: IntakeEvent, key: IntegrationKey, reason: str, alert_id: str, now: dt.datetime) -> None:
    changes: dict[str, object] = {"unreadable_at": row.received_at, "unreadable_reason": rules.line(reason, 200)}
    if alert_id:
        changes["unreadable_paged_at"] = now
    IntegrationKey.objects.filter(pk=key.pk).update(**changes)
    data = {"reason": rules.line(reason, 200), "service": key.service_id, "event": row.id, "alert": alert_id}
    events.record(SYSTEM, names.INTAKE_UNREADABLE, key.id, context=key.service_id, now=now, data=data)


def _finish(row: IntakeEvent, state: str, **fields: object) -> None:
    if not leases.finish(row, state, **fields):
        raise LostLease(row.id)


def _seen(key: IntegrationKey, row: IntakeEvent) -> None:
    """Once a second is enough, and leaves the key's row alone in a storm."""
    old = row.received_at - dt.timedelta(seconds=1)
    IntegrationKey.objects.filter(Q(last_event_at=None) | Q(last_event_at__lt=old), pk=key.pk).update(last_event_at=row.received_at)
