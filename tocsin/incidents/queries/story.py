"""The timeline: the event log read for one incident, put into words by the catalogue."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.incidents import catalogue, permissions, rules
from tocsin.incidents.models import Incident

LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One line of the log. A message has no `kind`; an event has a kind ("Decision") and an icon of the sprite.

    `at` is when it happened, which for a note may be before it was written down. `role` is the role in this incident that the
    actor held then, in words, or empty. `quiet` events are shown muted. `path` leads to what it is about, or is empty.
    """

    at: dt.datetime
    kind: str
    icon: str
    actor_name: str
    role: str
    text: str
    quiet: bool
    event_name: str
    group: str
    actor_id: str = ""
    path: str = ""
    id: int = 0
    position: int | None = None


def events_of(incident: Incident, *, limit: int = LIMIT) -> list[Event]:
    """What happened to the incident, its room, document, pages and alerts: the latest `limit`, oldest first."""
    alerts = list(incident.alert_links.values_list("alert_id", flat=True))
    mine = Q(subject=incident.id) | Q(context=incident.id)
    theirs = Q(subject__in=alerts, name__in=catalogue.ALERT_EVENTS) if alerts else Q(pk__in=())
    rows = Event.objects.filter(mine | theirs).order_by("-id")[:limit]
    return list(reversed(rows))


def timeline(actor: Actor, incident: Incident, only: str | None = None, *, limit: int = LIMIT) -> list[TimelineLine]:
    """The lines of the timeline, newest first.

    `only` keeps `key` (what turned the incident), `talk` (messages and notes) or `alerts` (alerts and pages).
    """
    permissions.require_seer(actor, incident)
    held = _roles(incident)
    lines = [line for event in events_of(incident) if (line := _line(event, held))]
    lines = [line for line in [*lines, *_marks(incident)] if _wanted(line, only)]
    lines.sort(key=lambda line: (line.at, line.id), reverse=True)
    return lines[:limit]


def _marks(incident: Incident) -> list[TimelineLine]:
    """Start and end of the impact stand where they were, whenever somebody learned of them."""
    marks = (("Impact starts", incident.impact_started_at), ("Impact ends", incident.impact_ended_at))
    return [TimelineLine(at, kind, "clock", "", "", "", False, "impact", "key") for kind, at in marks if at]


def _wanted(line: TimelineLine, only: str | None) -> bool:
    if only is None or only == "all":
        return True
    if only == "key":
        return line.group == "key" and not line.quiet
    return line.group == only or (only == "talk" and line.event_name == "incident.noted")


def _line(event: Event, held: list[tuple[str, str, dt.datetime, dt.datetime | None]]) -> TimelineLine | None:
    entry = catalogue.describe(event.name, event.data)
    if entry is None:
        return None
    at = clock.parse(event.data["at"]) if event.name == "incident.noted" else event.at
    return TimelineLine(
        at=at,
        kind=entry.kind,
        icon=entry.icon,
        actor_name=event.actor_name,
        role=_role(held, event.actor, event.at),
        text=entry.text,
        quiet=entry.quiet,
        event_name=event.name,
        group=entry.group,
        actor_id=event.actor,
        path=entry.path,
        id=event.pk,
        position=event.position,
    )


def _roles(incident: Incident) -> list[tuple[str, str, dt.datetime, dt.datetime | None]]:
    return list(incident.roles.values_list("person_id", "role", "since", "until"))


def _role(held: list[tuple[str, str, dt.datetime, dt.datetime | None]], person: str, at: dt.datetime) -> str:
    roles = [role for who, role, since, until in held if who == person and since <= at and (until is None or at < until)]
    ranked = sorted(roles, key=lambda role: list(rules.ROLES).index(role))
    return rules.ROLES[ranked[0]].lower() if ranked else ""
