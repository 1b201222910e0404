"""The timeline: the event log read for one incident, put into words by the catalogue."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from django.db.models import Q, QuerySet

from tocsin.collab import queries as rooms
from tocsin.collab.queries import Changed
from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.core.store.prepared import Prepared
from tocsin.incidents import catalogue, events, permissions, rules
from tocsin.incidents.models import Incident, IncidentAlert, RoleAssignment
from tocsin.incidents.queries.chronicle import Chronicle

LIMIT = 2_000
Held = tuple[str, str, dt.datetime, dt.datetime | None]
"""Who held which role in the incident, since when, until when."""
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
    leads_to: str = ""
    """The id of another incident that it names, which not everybody may know of."""


_chronicle: Chronicle[TimelineLine] = Chronicle()


_linked = Prepared(
    lambda incident: IncidentAlert.objects.filter(incident=incident).order_by("alert_id").values_list("alert_id", flat=True)
)
_assigned = Prepared(
    lambda incident: (
        RoleAssignment.objects.filter(incident=incident).order_by("pk").values_list("person_id", "role", "since", "until")
    )
)
_fresh = Prepared(
    lambda incident, alerts, after: (
        _about(incident, alerts).filter(Q(position__gt=after) | Q(position=None)).order_by("-id")[:LIMIT]
    )
)
"""What the log says after a position, and what has none yet, newest first."""


def events_of(actor: Actor, incident: Incident, *, limit: int = LIMIT) -> list[Event]:
    """What happened to the incident, its room, document, pages and alerts, as far as the actor may know: the latest, in order."""
    found = _latest(_about(incident.id, _alerts(incident)), limit)
    hidden = _hidden(actor, {_leads_to(event) for event in found})
    return [event for event in found if _leads_to(event) not in hidden] if hidden else found


def _leads_to(event: Event) -> str:
    """The id of the other incident that an event of a link names, or nothing."""
    return str(event.data.get("other") or "") if event.name in (events.LINKED, events.UNLINKED) else ""


def _hidden(actor: Actor, linked: set[str]) -> set[str]:
    """Which of these incidents the actor may not know of: they became private after they were linked. No query without links."""
    named = linked - {""}
    return set(permissions.hidden_from(actor).filter(pk__in=named).values_list("pk", flat=True)) if named else set()


def _alerts(incident: Incident) -> tuple[str, ...]:
    return tuple(_linked(incident.id))


def linked_count(incident: Incident) -> int:
    """How many alerts belong to the incident."""
    return len(_alerts(incident))


def _about(incident: str, alerts: Sequence[str]) -> QuerySet[Event]:
    mine = Q(subject=incident) | Q(context=incident)
    theirs = Q(subject__in=alerts, name__in=catalogue.ALERT_EVENTS) if alerts else Q(pk__in=())
    return Event.objects.filter(mine | theirs)


def _latest(rows: QuerySet[Event], limit: int) -> list[Event]:
    return list(reversed(rows.order_by("-id")[:limit]))


def timeline(actor: Actor, incident: Incident, only: str | None = None, *, limit: int = LIMIT) -> list[TimelineLine]:
    """The lines of the timeline, newest first.

    `only` keeps `key` (what turned the incident), `talk` (messages and notes) or `alerts` (alerts and pages). At most `limit`
    lines, of the latest 2,000 events or as many as that.
    """
    permissions.require_seer(actor, incident)
    now_says = rooms.changed(incident.id)
    said = _lines(incident, max(limit, LIMIT))
    hidden = _hidden(actor, {line.leads_to for line in said})
    lines = [_as_now(line, now_says) for line in said if line.leads_to not in hidden]
    lines = [line for line in [*lines, *_marks(incident)] if _wanted(line, only)]
    lines.sort(key=attrgetter("at", "id"), reverse=True)
    return lines[:limit]


def _lines(incident: Incident, limit: int) -> list[TimelineLine]:
    """The events in words, in the order of the log. Beyond the usual number, everything is read from the start."""
    held, alerts = _roles(incident), _alerts(incident)
    if limit > LIMIT:
        return [line for event in _latest(_about(incident.id, alerts), limit) if (line := _line(event, held))]

    def read(after: int) -> list[Event]:
        return list(reversed(_fresh(incident.id, alerts, after)))

    return _chronicle.lines(incident.id, (held, alerts), read, lambda event: _line(event, held), limit)


def _as_now(line: TimelineLine, changed: Mapping[str, Changed]) -> TimelineLine:
    """A message as it stands now: corrected, removed, starred."""
    now = changed.get(line.message) if line.message else None
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


def _line(event: Event, held: tuple[Held, ...]) -> TimelineLine | None:
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
        leads_to=_leads_to(event),
    )


def _roles(incident: Incident) -> tuple[Held, ...]:
    return tuple(_assigned(incident.id))


def _role(held: tuple[Held, ...], person: str, at: dt.datetime) -> str:
    roles = [role for who, role, since, until in held if who == person and since <= at and (until is None or at < until)]
    return rules.role_label(min(roles, key=rules.role_rank)).lower() if roles else ""
