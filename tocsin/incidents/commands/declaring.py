"""From a report to an incident with a key, people paged, a room and a state document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction

from tocsin.alerts.models import Alert
from tocsin.collab import commands as collab
from tocsin.collab.documents import commands as documents
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.core.store import counters
from tocsin.core.text import texts
from tocsin.directory.models import Product, Service
from tocsin.incidents import events, permissions, ports, rules
from tocsin.incidents.commands import _paging, _preparing
from tocsin.incidents.commands._record import locked, refresh_room, save, tell, topic_of
from tocsin.incidents.models import Incident, IncidentAlert
from tocsin.incidents.template.preparation import Preparation


def declare(
    actor: Actor,
    *,
    summary: str,
    severity: int,
    service: Service | None = None,
    products: Iterable[Product] = (),
    description: str = "",
    source: str = "",
    detected_at: dt.datetime | None = None,
    impact_started_at: dt.datetime | None = None,
    private: bool = False,
    drill: bool = False,
    alerts: Sequence[Alert] = (),
    prepared: Preparation | None = None,
    now: dt.datetime,
) -> Incident:
    """Open an incident. At Sev 1 and 2 it pages at once and is set up; Sev 3 waits in the queue of the service's team.

    With `alerts` the source is monitoring, the service theirs, and detection the moment the first of them began, unless said
    otherwise. `prepared`, mostly from a template, is carried out besides; at Sev 3 it pages nobody. A drill pages nobody either.

    Raises Invalid for a field, Conflict for an alert that belongs to another incident, NotAllowed for somebody who is no responder
    and adds to a template.
    """
    permissions.require_reporter(actor)
    if prepared:
        _preparing.require_own(actor, prepared, now)
    alerts = list(alerts)
    first = min(alerts, key=lambda alert: alert.started_at) if alerts else None
    incident = Incident(
        summary=texts.line(summary, field="summary", limit=200),
        description=texts.prose(description, field="description", limit=20_000),
        severity=rules.severity(severity),
        service=service or (first.service if first else None),
        source=rules.word_of(source or ("monitoring" if alerts else "own_observation"), rules.SOURCES, "source"),
        reporter_id=None if actor.is_system else actor.id,
        detected_at=detected_at or (first.started_at if first else now),
        impact_started_at=impact_started_at,
        is_private=private,
        is_drill=drill,
        created_at=now,
        updated_at=now,
    )
    rules.check_times({"impact_started_at": impact_started_at, "detected_at": incident.detected_at}, now)
    with transaction.atomic():
        incident = _open(actor, incident, list(products), alerts, now)
        if prepared:
            _preparing.carry_out(actor, incident, prepared, now=now)
    return incident


def _open(actor: Actor, incident: Incident, products: list[Product], alerts: list[Alert], now: dt.datetime) -> Incident:
    number_it(incident)
    incident.save(force_insert=True)
    incident.products.set(products)
    tell(
        actor,
        events.DECLARED,
        incident,
        now=now,
        key=incident.key,
        summary=incident.summary,
        severity=incident.severity,
        service=incident.service.name if incident.service else None,
        source=incident.source,
        drill=incident.is_drill,
        private=incident.is_private,
        alerts=[alert.number for alert in alerts],
    )
    for alert in alerts:
        _link(actor, incident, alert, now)
    if rules.is_major(incident.severity):
        incident = set_up(actor, incident, now=now)
    if rules.pages(incident.severity, drill=incident.is_drill):
        _paging.page_major(actor, incident, now=now)
    return incident


def number_it(incident: Incident) -> None:
    """Give number and key. Drills count apart, below zero, so that real numbers have no holes: `DRILL-3` is -3."""
    prefix = rules.DRILL_PREFIX if incident.is_drill else settings.TOCSIN.incident_prefix
    number = counters.next_number("drill" if incident.is_drill else "incident")
    incident.number = -number if incident.is_drill else number
    incident.key = f"{prefix}-{number}"


def set_up(actor: Actor, incident: Incident, *, now: dt.datetime) -> Incident:
    """Open the room, named by the key, the video call and the state document. Done again it adds only what is missing.

    A major incident is set up by its declaration; for Sev 3 anybody who reports or responds may ask for it.
    """
    permissions.require_speaker(actor, incident)
    with transaction.atomic():
        incident = locked(incident)
        video = incident.video_url or ports.video_room(incident)
        if incident.set_up_at and video == incident.video_url:
            return incident
        incident.video_url = video
        room = collab.open_room(actor, incident.id, incident.key, topic_of(incident), now=now)
        title = rules.document_title(incident.key, incident.summary)
        document = documents.open_document(actor, incident.id, title, now=now)
        incident.set_up_at = incident.set_up_at or now
        save(incident, "set_up_at", "video_url", now=now)
        tell(actor, events.SET_UP, incident, now=now, room=room.id, document=document.id, video=video)
        refresh_room(actor, incident, now=now)
    return incident


def link_alert(actor: Actor, incident: Incident, alert: Alert, *, now: dt.datetime) -> Incident:
    """Make an alert part of an incident. Nothing happens when it is; Conflict when it belongs to another."""
    permissions.require_responder(actor, incident)
    with transaction.atomic():
        incident = locked(incident)
        _link(actor, incident, alert, now)
    return incident


def _link(actor: Actor, incident: Incident, alert: Alert, now: dt.datetime) -> None:
    link = IncidentAlert.objects.select_related("incident").filter(alert=alert).first()
    if link and link.incident_id != incident.id:
        raise Conflict(
            f"Alert #{alert.number} belongs to {_named(actor, link.incident)} already.", field="alerts", code="alert_taken"
        )
    if link:
        return
    IncidentAlert.objects.create(incident=incident, alert=alert)
    tell(actor, events.ALERT_LINKED, incident, now=now, alert=alert.id, number=alert.number, title=alert.title)


def _named(actor: Actor, incident: Incident) -> str:
    return incident.key if permissions.may_see(actor, incident) else "another incident"
