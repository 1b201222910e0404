"""The timeline: the event log read for one incident, put into words by the catalogue."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from tocsin.collab import queries as rooms
from tocsin.collab.queries import Changed
from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.incidents import catalogue, events, permissions, rules
from tocsin.incidents.models import Incident

LIMIT = 2_000
_MESSAGES = ("message.posted", "incident.noted")


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One line of the log. A message has no `kind`; an event has a kind ("Decision") and an icon of the sprite.

    `message` is the id of the message that it is or that belongs to it, or empty; its words are those that stand there now,
    however often they were corrected. A `starred` message is a key event.

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
    message: str = ""
    starred: bool = False
    removed: bool = False
    edited: bool = False


def events_of(actor: Actor, incident: Incident, *, limit: int = LIMIT) -> list[Event]:
    """What happened to the incident, its room, document, pages and alerts: the latest `limit`, oldest first."""
    alerts = list(incident.alert_links.values_list("alert_id", flat=True))
    mine = Q(subject=incident.id) | Q(context=incident.id)
    theirs = Q(subject__in=alerts, name__in=catalogue.ALERT_EVENTS) if alerts else Q(pk__in=())
    rows = Event.objects.filter(mine | theirs).order_by("-id")[:limit]
    return _without_hidden(actor, list(reversed(rows)))


def _without_hidden(actor: Actor, found: list[Event]) -> list[Event]:
    """Without links to what the actor may not know of: it became private after it was linked."""
    linked = {event.data.get("other") for event in found if event.name in (events.LINKED, events.UNLINKED)} - {None, ""}
    if not linked:
        return found
    hidden = set(permissions.hidden_from(actor).filter(pk__in=linked).values_list("pk", flat=True))
    return [event for event in found if event.data.get("other") not in hidden] if hidden else found


def timeline(
    actor: Actor, incident: Incident, only: str | None = None, *, limit: int = LIMIT, read: int = LIMIT
) -> list[TimelineLine]:
    """The lines of the timeline, newest first.

    `only` keeps `key` (what turned the incident), `talk` (messages and notes) or `alerts` (alerts and pages). At most `limit`
    lines, of the latest 2,000 events or as many as that.
    """
    permissions.require_seer(actor, incident)
    held, now_says = _roles(incident), rooms.changed(incident.id)
    lines = [
        _as_now(line, now_says) for event in events_of(actor, incident, limit=max(limit, LIMIT)) if (line := _line(event, held))
    ]
    lines = [line for line in [*lines, *_marks(incident)] if _wanted(line, only)]
    lines.sort(key=lambda line: (line.at, line.id), reverse=True)
    return lines[:limit]


def _as_now(line: TimelineLine, changed: Mapping[str, Changed]) -> TimelineLine:
    """A message as it stands now: corrected, removed, starred."""
    now = changed.get(line.message)
    if now is None:
        return line
    text = "This message was removed." if now.removed else now.text
    return dataclasses.replace(line, text=text, starred=now.starred, removed=now.removed, edited=now.edited)


def _marks(incident: Incident) -> list[TimelineLine]:
    """Start and end of the impact stand where they were, whenever somebody learned of them."""
    marks = (("Impact starts", incident.impact_started_at), ("Impact ends", incident.impact_ended_at))
    return [TimelineLine(at, kind, "clock", "", "", "", False, "impact", "key") for kind, at in marks if at]


def _wanted(line: TimelineLine, only: str | None) -> bool:
    if only is None or only == "all":
        return True
    if only == "key":
        return (line.group == "key" and not line.quiet) or line.starred
    if only == "talk":
        return is_talk(line)
    return line.group == only


def is_talk(line: TimelineLine) -> bool:
    """What people wrote: messages and notes, and what they did to the document."""
    return line.group == "talk" or line.event_name == "incident.noted"


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
        message=str(event.data.get("message", "")) if event.name in _MESSAGES else "",
    )


def _roles(incident: Incident) -> list[tuple[str, str, dt.datetime, dt.datetime | None]]:
    return list(incident.roles.values_list("person_id", "role", "since", "until"))


def _role(held: list[tuple[str, str, dt.datetime, dt.datetime | None]], person: str, at: dt.datetime) -> str:
    roles = [role for who, role, since, until in held if who == person and since <= at and (until is None or at < until)]
    return rules.role_label(min(roles, key=rules.role_rank)).lower() if roles else ""
