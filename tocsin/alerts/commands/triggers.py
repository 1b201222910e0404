"""What sources say becomes alerts: one alert per problem and open period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction

from tocsin.alerts import events as names
from tocsin.alerts import permissions, rules
from tocsin.alerts.commands import merging
from tocsin.alerts.commands.announcing import announce
from tocsin.alerts.models import Alert, AlertEvent, IntakeEvent
from tocsin.alerts.ports import FIRING, ParsedEvent
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.ids import new_id
from tocsin.core.store import counters, db
from tocsin.directory.models import Service

BY_HAND = "hand"


def open_by_hand(
    actor: Actor, service: Service, title: str, *, description: str = "", urgency: str = Alert.HIGH, now: dt.datetime
) -> Alert:
    """A person saw it first. Pages the service's policy like any other alert."""
    permissions.require_answer(actor)
    if not rules.line(title, 400):
        raise Invalid("Say in a few words what is wrong.", field="title")
    if urgency not in {Alert.HIGH, Alert.LOW}:
        raise Invalid("Urgency is high or low.", field="urgency")
    severity = "critical" if urgency == Alert.HIGH else "warning"
    return trigger(
        actor, service, title=title, source=BY_HAND, dedup_key=new_id("hnd"), severity=severity, description=description, now=now
    )


def trigger(
    actor: Actor,
    service: Service,
    *,
    title: str,
    source: str,
    dedup_key: str = "",
    severity: str = "",
    description: str = "",
    url: str = "",
    labels: Mapping[str, str] | None = None,
    started_at: dt.datetime | None = None,
    now: dt.datetime,
) -> Alert:
    """Open an alert, or add to the one that is open for the same problem. Without a key the title is the problem's name."""
    event = ParsedEvent(
        dedup_key=dedup_key,
        title=title,
        severity=severity,
        description=description,
        url=url,
        labels=labels or {},
        started_at=started_at,
    )
    with transaction.atomic():
        hold_keys([(service, source, event)])
        return apply(actor, service, source, event, received_at=now, now=now)


def hold_keys(heard: Iterable[tuple[Service, str, ParsedEvent]]) -> None:
    """Keep other transactions off these problems until ours ends. Call once, before the first `apply`."""
    db.serialise(f"alert {service.id} {source} {rules.dedup_key(event.dedup_key, event.title)}" for service, source, event in heard)


def apply(
    actor: Actor,
    service: Service,
    source: str,
    event: ParsedEvent,
    *,
    received_at: dt.datetime,
    now: dt.datetime,
    intake: IntakeEvent | None = None,
) -> Alert:
    """Let one event change the alert of its problem; returns that alert. Inside a transaction that holds the problem's key."""
    key = rules.dedup_key(event.dedup_key, event.title)
    newest = db.lock(Alert.objects.filter(service=service, source=source, dedup_key=key)).order_by("-number").first()
    heard = rules.heard(
        firing=event.status == FIRING, started_at=event.started_at, ended_at=event.ended_at, received_at=received_at
    )
    move = rules.move(heard, _known(newest))
    if newest is None or move == "open":
        alert = _created(service, source, key, event, heard, newest, now)
        news = _FIRST_NEWS[alert.status]
    else:
        alert = newest
        alert.service = service
        news = merging.merge(alert, move, event, heard)
        alert.updated_at = now
        alert.save()
    AlertEvent.objects.create(
        alert=alert, intake=intake, status=event.status, title=rules.line(event.title, 400), source_at=heard.at, at=received_at
    )
    if news:
        announce(actor, news, alert, now=now)
    return alert


_FIRST_NEWS = {
    Alert.TRIGGERED: names.ALERT_TRIGGERED,
    Alert.SUPPRESSED: names.ALERT_SUPPRESSED,
    Alert.RESOLVED: names.ALERT_RESOLVED,
}


def _known(alert: Alert | None) -> rules.Known | None:
    if alert is None:
        return None
    still_open = alert.status != Alert.RESOLVED
    return rules.Known(still_open, alert.fired_at, alert.cleared_at, alert.cleared_heard_at, alert.last_event_at)


def _created(
    service: Service, source: str, key: str, event: ParsedEvent, heard: rules.Heard, before: Alert | None, now: dt.datetime
) -> Alert:
    """A new row: open, or already resolved when its end is the first we hear of it."""
    alert = Alert(service=service, source=source, dedup_key=key, title=key, urgency=Alert.NONE, fired_at=rules.NEVER)
    alert.number = counters.next_number("alert")
    alert.created_at = alert.updated_at = now
    alert.last_event_at = heard.received_at
    alert.cleared_at = before.cleared_at if before else None
    alert.cleared_heard_at = before.cleared_heard_at if before else None
    alert.started_at = rules.shown(event.started_at or heard.at, heard.received_at)
    merging.describe(alert, event)
    if heard.firing:
        alert.urgency = rules.urgency(event.severity)
        alert.status = Alert.SUPPRESSED if alert.urgency == Alert.NONE else Alert.TRIGGERED
        alert.fired_at = heard.at
    else:
        alert.fired_at = event.started_at if event.started_at and heard.told else rules.NEVER
        merging.clear(alert, heard)
        merging.end(alert, heard)
    alert.save(force_insert=True)
    return alert
