"""Reading one incident: who does what, what was changed, what a latecomer must know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from tocsin.alerts.models import Alert
from tocsin.collab import queries as rooms
from tocsin.collab.documents.models import Section
from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.models import Event
from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import Product
from tocsin.directory.vendor_status import queries as vendor_status
from tocsin.directory.vendor_status.queries import Standing
from tocsin.incidents import assessing, catalogue, permissions, rules
from tocsin.incidents.events import TIMES_SET
from tocsin.incidents.models import Assessment, Incident, RoleAssignment, RoleOffer, SupportCase
from tocsin.incidents.queries.story import TimelineLine, events_of, timeline


@dataclass(frozen=True, slots=True)
class Holder:
    """A role and who holds it; `person` is None for a role that waits for somebody."""

    role: str
    label: str
    person: Any
    since: dt.datetime | None
    about: str = ""
    """Which stream of work, for a tech lead of one of several."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change: who changed what from which value to which, when, through which door. Times are instants."""

    at: dt.datetime
    actor_name: str
    what: str
    old: str | dt.datetime
    new: str | dt.datetime
    via: str
    event_name: str


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What somebody who joins late must know, in the order of reading."""

    sentence: str
    holders: list[Holder]
    known: list[tuple[str, str]]
    """Heading and text of the filled sections of the state document."""
    since: list[TimelineLine]
    """The latest key events, newest first."""
    missed: list[TimelineLine]
    """What others did since the reader was last in the room, newest first; empty for whoever was never there."""
    missed_more: int
    """How many lines of that are left out here."""


_held = Prepared(
    lambda incident: RoleAssignment.objects.filter(incident=incident, until__isnull=True).select_related("person").order_by("since")
)
_assessment = Prepared(lambda incident: Assessment.objects.select_related("by").filter(incident=incident))
_products = Prepared(lambda incident: Product.objects.filter(incidents=incident))
_offered = Prepared(
    lambda person: (
        RoleOffer.objects.filter(person=person, state=RoleOffer.OFFERED, incident__state__in=Incident.OPEN)
        .select_related("incident", "offered_by")
        .order_by("incident__severity", "offered_at")
    )
)


def products(incident: Incident) -> list[Product]:
    """The products that an incident concerns."""
    return _products(incident.id)


def ttd(incident: Incident) -> dt.timedelta | None:
    """Time to detect."""
    return rules.ttd(incident.impact_started_at, incident.detected_at)


def ttr(incident: Incident) -> dt.timedelta | None:
    """Time to recovery."""
    return rules.ttr(incident.impact_started_at, incident.impact_ended_at)


def holders(actor: Actor, incident: Incident) -> list[Holder]:
    """Who holds which role now, incident manager first; each of the three that every incident needs is there, held or not.

    Communications that are split between two people leave no third place empty.
    """
    permissions.require_seer(actor, incident)
    held = _held(incident.id)
    rows = [Holder(row.role, rules.role_label(row.role), row.person, row.since, row.about) for row in held]
    filled = {row.role for row in held}
    if {rules.INSIDE, rules.OUTSIDE} <= filled:
        filled.add(rules.COMMUNICATIONS)
    rows += [Holder(role, rules.role_label(role), None, None) for role in rules.ALWAYS if role not in filled]
    return sorted(rows, key=lambda one: rules.role_rank(one.role))


def offers(actor: Actor, incident: Incident) -> QuerySet[RoleOffer]:
    """Roles that wait for somebody's answer, the oldest first."""
    permissions.require_seer(actor, incident)
    return incident.offers.filter(state=RoleOffer.OFFERED).select_related("person", "offered_by", "incident")


def offer(actor: Actor, incident: Incident, wanted: str) -> RoleOffer:
    """One offer of a role, answered or not, its words loaded. Raises NotFound."""
    permissions.require_seer(actor, incident)
    rows = incident.offers.select_related("person", "offered_by", "incident").prefetch_related("words__author")
    found = rows.filter(pk=wanted).first()
    if found is None:
        raise NotFound(f"{incident.key} has no such offer.")
    return found


def my_offers(actor: Actor) -> list[RoleOffer]:
    """What waits for the actor's answer in open incidents, the most severe first."""
    return _offered(actor.id)


def commanding() -> dict[str, str]:
    """The key of the most severe open incident that each incident manager runs, by person: their status for colleagues."""
    rows = Incident.objects.filter(state=Incident.FIXING, is_private=False, is_drill=False, manager__isnull=False)
    return dict(rows.order_by("-severity", "created_at").values_list("manager_id", "key"))


def linked_alerts(actor: Actor, incident: Incident) -> QuerySet[Alert]:
    """The alerts of this incident, oldest first."""
    permissions.require_seer(actor, incident)
    return Alert.objects.filter(incident_link__incident=incident).select_related("service").order_by("started_at")


def assessment(actor: Actor, incident: Incident) -> Assessment | None:
    """What is known of the impact, None before anybody wrote it down."""
    permissions.require_seer(actor, incident)
    return _assessment.first(incident.id)


def answers(found: Assessment | None) -> dict[str, Any]:
    """The answers by name, as `assessing.FIELDS` lists them; empty without an assessment."""
    return {name: getattr(found, name) for name in assessing.FIELDS} if found else {}


def called_in(actor: Actor, incident: Incident, target: str) -> dt.datetime | None:
    """When a team, a schedule or a person, by id, was last called in by hand; None when that never happened."""
    permissions.require_seer(actor, incident)
    called = Event.objects.filter(subject=incident.id, name="incident.team_paged", data__target=target)
    return called.order_by("-id").values_list("at", flat=True).first()


def cases(actor: Actor, incident: Incident) -> QuerySet[SupportCase]:
    """The support cases that are labelled with this incident, in the order they came."""
    permissions.require_seer(actor, incident)
    return incident.cases.select_related("labelled_by", "followed_up_by", "incident")


def case(actor: Actor, incident: Incident, wanted: str) -> SupportCase:
    """By id or reference. Raises NotFound."""
    found = cases(actor, incident).filter(Q(pk=wanted) | Q(reference=wanted)).first()
    if found is None:
        raise NotFound(f"{incident.key} has no such case.")
    return found


def vendor_reports(actor: Actor, incident: Incident, now: dt.datetime) -> list[Standing]:
    """What vendors report that the faulty service cannot do without, of all vendors while it is unknown; nothing afterwards."""
    permissions.require_seer(actor, incident)
    return vendor_status.behind(incident.service, now) if incident.state != Incident.RESOLVED else []


def history(actor: Actor, incident: Incident, *, limit: int = 1_000) -> list[HistoryLine]:
    """Every change of field, state, role and time, every page and every update, oldest first, with old and new."""
    permissions.require_seer(actor, incident)
    lines = []
    for event in events_of(actor, incident, limit=limit):
        lines += [_line(event, *change) for change in catalogue.changes(event.name, event.data)]
    return lines


def _line(event: Event, what: str, old: Any, new: Any) -> HistoryLine:
    value = _time if event.name == TIMES_SET else _text
    return HistoryLine(event.at, event.actor_name, what, value(old), value(new), event.via, event.name)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _time(value: Any) -> str | dt.datetime:
    """What a time was set to: an instant, or a word such as `unknown`."""
    try:
        return clock.parse(_text(value))
    except ValueError:
        return _text(value)


def catch_up(actor: Actor, incident: Incident, *, now: dt.datetime, limit: int = 8, missed: int = 30) -> CatchUp:
    """The summary for latecomers: who is what, what is known, what turned the incident, what the reader has missed."""
    people = holders(actor, incident)
    sections = Section.objects.filter(document__subject=incident.id).exclude(text="").order_by("position")
    lines = timeline(actor, incident)
    place = rooms.place(rooms.room(incident.id), actor.id, now)
    fresh = [line for line in lines if _is_missed(line, actor, place)] if place is not None else []
    return CatchUp(
        sentence=_sentence(incident, people),
        holders=people,
        known=list(sections.values_list("heading", "text")),
        since=[line for line in lines if (line.group == "key" and not line.quiet) or line.starred][:limit],
        missed=fresh[:missed],
        missed_more=max(0, len(fresh) - missed),
    )


def _is_missed(line: TimelineLine, actor: Actor, place: int) -> bool:
    """Something of others after the place up to which the reader has read; what is quiet is not missed."""
    fresh = line.id > 0 and (line.position is None or line.position > place)
    return fresh and not line.quiet and line.actor_id != actor.id


def _sentence(incident: Incident, people: Sequence[Holder]) -> str:
    manager = next((row.person for row in people if row.role == RoleAssignment.MANAGER), None)
    who = f"{manager.name} is the incident manager" if manager else "nobody is the incident manager yet"
    head = f"{incident.key}, Sev {incident.severity}"
    if incident.state == Incident.RESOLVED:
        return f"{head}, is resolved: {incident.summary}."
    return f"{head}, {rules.STATE_WORDS[incident.state].lower()}: {incident.summary}. For now {who}."
