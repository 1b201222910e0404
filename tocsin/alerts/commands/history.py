"""Bringing alerts of the past: on record, searchable and counted, but nobody is paged for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from tocsin.alerts import events as names
from tocsin.alerts import rules
from tocsin.alerts.commands.announcing import card_of
from tocsin.alerts.models import Alert, AlertEvent, IntegrationKey
from tocsin.alerts.ports import FIRING, RESOLVED
from tocsin.core.actor import Actor
from tocsin.core.eventlog import events
from tocsin.core.models import Event
from tocsin.core.store import counters
from tocsin.directory import permissions
from tocsin.directory.models import Service


@dataclass(frozen=True, slots=True)
class PastAlert:
    """An alert that is over. `answered` says who acknowledged it and when; times are aware."""

    service: Service
    title: str
    source: str
    dedup_key: str
    severity: str
    started_at: dt.datetime
    resolved_at: dt.datetime
    answered: tuple[Actor, dt.datetime] | None = None
    labels: dict[str, str] = field(default_factory=dict)


def bring_history(actor: Actor, past: Iterable[PastAlert], *, now: dt.datetime) -> int:
    """Write alerts that are over, with their events, in the order of their start; returns how many. For administrators."""
    permissions.require_administrator(actor)
    lines = sorted(past, key=lambda line: line.started_at)
    with transaction.atomic():
        first = counters.next_numbers("alert", len(lines))
        alerts = [_alert(line, number, now) for number, line in enumerate(lines, first)]
        Alert.objects.bulk_create(alerts, batch_size=200)
        AlertEvent.objects.bulk_create(_said(lines, alerts), batch_size=500)
        log = [event for line, alert in zip(lines, alerts, strict=True) for event in _events(actor, line, alert)]
        events.record_history(sorted(log, key=lambda event: event.at))
        _hear(lines)
    return len(lines)


def _hear(lines: Iterable[PastAlert]) -> None:
    """The keys that such alerts come by count as heard when the last of them ended."""
    last = {(line.service.pk, line.source): line.resolved_at for line in sorted(lines, key=lambda line: line.resolved_at)}
    for (service, kind), at in last.items():
        keys = IntegrationKey.objects.filter(service=service, kind=kind, revoked_at=None)
        keys.filter(Q(last_event_at=None) | Q(last_event_at__lt=at)).update(last_event_at=at)


def _alert(line: PastAlert, number: int, now: dt.datetime) -> Alert:
    who, when = line.answered or (None, None)
    return Alert(
        number=number,
        service=line.service,
        title=rules.line(line.title, 400),
        status=Alert.RESOLVED,
        urgency=rules.urgency(line.severity),
        dedup_key=line.dedup_key,
        source=line.source,
        severity_label=line.severity,
        labels=rules.labels(line.labels),
        event_count=2,
        started_at=line.started_at,
        fired_at=line.started_at,
        last_event_at=line.resolved_at,
        acknowledged_at=when,
        acknowledged_by_id=None if who is None or who.is_system else who.id,
        resolved_at=line.resolved_at,
        cleared_at=line.resolved_at,
        cleared_heard_at=line.resolved_at,
        created_at=line.started_at,
        updated_at=now,
    )


def _said(lines: Sequence[PastAlert], alerts: Sequence[Alert]) -> Iterator[AlertEvent]:
    for line, alert in zip(lines, alerts, strict=True):
        for status, at in ((FIRING, line.started_at), (RESOLVED, line.resolved_at)):
            yield AlertEvent(alert=alert, status=status, title=alert.title, source_at=at, at=at)


def _events(actor: Actor, line: PastAlert, alert: Alert) -> Iterator[Event]:
    yield _event(actor, names.ALERT_TRIGGERED, alert, line.started_at)
    if line.answered is not None:
        who, when = line.answered
        yield _event(who, names.ALERT_ACKNOWLEDGED, alert, when)
    yield _event(actor, names.ALERT_RESOLVED, alert, line.resolved_at)


def _event(actor: Actor, name: str, alert: Alert, at: dt.datetime) -> Event:
    return Event(name=name, subject=alert.id, actor=actor.id, actor_name=actor.name, via=actor.via, at=at, data=card_of(alert))
