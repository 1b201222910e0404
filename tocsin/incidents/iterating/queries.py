"""Reading what is found, worked on and planned in an incident. The caller has let the actor in, or asks with one."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from tocsin.collab import queries as rooms
from tocsin.collab.models import Message
from tocsin.collab.queries import Visitor
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import Person
from tocsin.incidents import permissions
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.iterating import rules
from tocsin.incidents.iterating.models import Awake, Behaviour, Change, Finding, Prompt, Relief, Stream, SuspectedCause
from tocsin.incidents.models import Incident, RoleAssignment
from tocsin.incidents.rules import joined


@dataclass(frozen=True, slots=True)
class Theory:
    """A theory with the observation behind it and the experiments that try it."""

    finding: Finding
    experiments: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything found: theories by state, observations, and notes of the room that are not on the board yet."""

    columns: tuple[tuple[str, str, tuple[Theory, ...]], ...]
    """State, its words, the theories in it."""
    observations: tuple[Finding, ...]
    notes: tuple[Message, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A question of the discipline checklist and when it was last answered with yes."""

    name: str
    question: str
    at: dt.datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class AtWork:
    """Somebody at work on the incident. `tired` says why they need relief, or is empty."""

    person: Person
    roles: str
    since: dt.datetime
    on_it: dt.timedelta
    awake_since: dt.datetime | None
    awake: dt.timedelta | None
    tired: str


@dataclass(frozen=True, slots=True)
class Pace:
    """What keeps the pace: the open question, who is at work, who takes over when."""

    prompt: Prompt | None
    """The latest question about the impact, while nobody has answered it."""
    answered: Prompt | None
    """The latest one that was answered."""
    next_at: dt.datetime | None
    at_work: tuple[AtWork, ...]
    reliefs: tuple[Relief, ...]

    @property
    def tired(self) -> list[AtWork]:
        return [one for one in self.at_work if one.tired]


@dataclass(frozen=True, slots=True)
class Loop:
    """What the incident's page shows of all this."""

    pace: Pace
    streams: tuple[Stream, ...]
    changes: tuple[Change, ...]
    open_theories: int
    suspected: tuple[SuspectedCause, ...]

    @property
    def open_streams(self) -> list[Stream]:
        return [one for one in self.streams if one.state == Stream.OPEN]

    @property
    def asked(self) -> list[Change]:
        """Changes whose way back nobody has said."""
        return unreverted(self.changes)


def _streams_of(incident: str) -> QuerySet[Stream]:
    return Stream.objects.filter(incident=incident).select_related("lead").order_by("-state", "number")


def _changes_of(incident: str) -> QuerySet[Change]:
    return Change.objects.filter(incident=incident).select_related("by")


def _findings_of(incident: str) -> QuerySet[Finding]:
    return Finding.objects.filter(incident=incident).select_related("about", "by", "state_by")


_streams, _changes = Prepared(_streams_of), Prepared(_changes_of)
_open_theories = Prepared(
    lambda incident: _findings_of(incident).filter(kind=rules.THEORY, state=rules.OPEN).values_list("pk", flat=True)
)
_suspected = Prepared(lambda incident: SuspectedCause.objects.filter(incident=incident))
_prompts = Prepared(lambda incident: Prompt.objects.filter(incident=incident, kind=Prompt.IMPACT).select_related("answered_by"))
_reliefs = Prepared(lambda incident: Relief.objects.filter(incident=incident).select_related("person"))
_roles = Prepared(lambda incident: RoleAssignment.objects.filter(incident=incident).select_related("person"))
_awake = Prepared(lambda incident: Awake.objects.filter(incident=incident).values_list("person_id", "since"))


def loop(actor: Actor, incident: Incident, visitors: Sequence[Visitor], now: dt.datetime) -> Loop:
    """Everything for the incident's page. `visitors` of its room, as `collab.queries.visitors` gives them."""
    permissions.require_seer(actor, incident)
    work = tuple(_streams(incident.id))
    return Loop(
        pace=_pace(incident, visitors, work, now),
        streams=work,
        changes=tuple(_changes(incident.id)),
        open_theories=len(_open_theories(incident.id)),
        suspected=tuple(_suspected(incident.id)),
    )


def findings(actor: Actor, incident: Incident) -> QuerySet[Finding]:
    """Every finding in the order it was written down."""
    permissions.require_seer(actor, incident)
    return _findings_of(incident.id)


def finding(actor: Actor, incident: Incident, number: int) -> Finding:
    """Raises NotFound."""
    return _numbered(findings(actor, incident), number, f"{incident.key} has no finding {number}.")


def board(actor: Actor, incident: Incident) -> Board:
    """The board, in three queries."""
    rows = tuple(findings(actor, incident))
    theories = [Theory(row, tuple(one for one in rows if one.about_id == row.pk)) for row in rows if row.kind == rules.THEORY]
    taken = {row.message for row in rows if row.message}
    room = rooms.room(incident.id)
    notes = room.messages.filter(kind=rules.OBSERVATION, removed_at=None).select_related("author") if room else ()
    return Board(
        columns=tuple(
            (state, words, tuple(one for one in theories if one.finding.state == state))
            for state, words in rules.THEORY_STATES.items()
        ),
        observations=tuple(row for row in rows if row.kind == rules.OBSERVATION),
        notes=tuple(note for note in notes if note.id not in taken),
        findings=rows,
    )


def streams(actor: Actor, incident: Incident) -> QuerySet[Stream]:
    """The streams of work, open ones first."""
    permissions.require_seer(actor, incident)
    return _streams_of(incident.id)


def stream(actor: Actor, incident: Incident, number: int) -> Stream:
    """Raises NotFound."""
    return _numbered(streams(actor, incident), number, f"{incident.key} has no stream of work {number}.")


def changes(actor: Actor, incident: Incident) -> QuerySet[Change]:
    """The change log in the order of time."""
    permissions.require_seer(actor, incident)
    return _changes_of(incident.id)


def change(actor: Actor, incident: Incident, number: int) -> Change:
    """Raises NotFound."""
    return _numbered(changes(actor, incident), number, f"{incident.key} has no change {number}.")


def _numbered(rows: QuerySet[Any], number: int, missing: str) -> Any:
    found = rows.filter(number=number).first() if 0 < number < 2**31 else None
    if found is None:
        raise NotFound(missing)
    return found


def behaviour(actor: Actor, incident: Incident) -> Behaviour | None:
    """Observed and expected, None before anybody wrote it down."""
    permissions.require_seer(actor, incident)
    return Behaviour.objects.select_related("by").filter(incident=incident).first()


def checklist(actor: Actor, incident: Incident) -> list[Check]:
    """The five questions, each with the last time."""
    permissions.require_seer(actor, incident)
    done = {row.question: row for row in incident.checks.select_related("by")}
    return [_check(name, question, done.get(name)) for name, question in rules.CHECKS.items()]


def _check(name: str, question: str, row: Any) -> Check:
    return Check(name, question, row.at if row else None, row.by.name if row and row.by else "")


def pace(actor: Actor, incident: Incident, now: dt.datetime) -> Pace:
    """The open question, who is at work since when, and the planned hand-overs."""
    return _pace(incident, rooms.visitors(rooms.room(incident.id), now), tuple(streams(actor, incident)), now)


def _pace(incident: Incident, visitors: Sequence[Visitor], work: Sequence[Stream], now: dt.datetime) -> Pace:
    questions = _prompts(incident.id)
    latest = max((one for one in questions if one.asked_at), key=attrgetter("asked_at"), default=None)
    waiting = next((one for one in questions if one.work_state in (Prompt.DUE, Prompt.LEASED)), None)
    over = incident.state == Incident.RESOLVED
    return Pace(
        prompt=latest if latest and latest.answered_at is None and not over else None,
        answered=max((one for one in questions if one.answered_at), key=attrgetter("answered_at"), default=None),
        next_at=waiting.due_at if waiting else None,
        at_work=() if over else tuple(_all_at_work(incident, visitors, work, now)),
        reliefs=() if over else tuple(_reliefs(incident.id)),
    )


def limits() -> rules.Limits:
    """From when on somebody is tired, as the settings say."""
    chosen = settings.TOCSIN
    return rules.Limits(on_it=dt.timedelta(hours=chosen.relief_hours), awake=dt.timedelta(hours=chosen.awake_hours))


def spans(incident: Incident, person_id: str) -> list[rules.Span]:
    """When somebody held roles in the incident."""
    return [rules.Span(since, until) for since, until in incident.roles.filter(person=person_id).values_list("since", "until")]


def at_work(incident: Incident, now: dt.datetime) -> list[AtWork]:
    """Who is at work: whoever holds a role, leads a stream of work or is in the room; the longest at it first.

    A minor incident tires nobody: it is worked on in the hours of the team.
    """
    work = incident.streams.filter(state=Stream.OPEN).select_related("lead")
    return _all_at_work(incident, rooms.visitors(rooms.room(incident.id), now), tuple(work), now)


def _all_at_work(incident: Incident, visitors: Sequence[Visitor], work: Sequence[Stream], now: dt.datetime) -> list[AtWork]:
    rows, awake = _roles(incident.id), dict(_awake(incident.id))
    here = {one.id: one.joined_at for one in visitors if one.here}
    people = {one.id: one.person for one in visitors if one.here}
    for one in work:
        if one.lead is not None and one.state == Stream.OPEN:
            here[one.lead.pk] = min(one.created_at, here.get(one.lead.pk, one.created_at))
            people[one.lead.pk] = one.lead
    people = {key: one for key, one in people.items() if one.role != Person.STAKEHOLDER}
    people |= {row.person_id: row.person for row in rows if row.until is None}
    found = []
    for person in people.values():
        mine = [row for row in rows if row.person_id == person.pk]
        since = rules.on_it_since(rules.Span(row.since, row.until) for row in mine) or here.get(person.pk)
        held = joined([incident_rules.role_label(row.role) for row in mine if row.until is None])
        if since is not None:
            working = _at_work(person, held, since, awake.get(person.pk), now)
            is_major = incident_rules.is_major(incident.severity)
            found.append(working if is_major else dataclasses.replace(working, tired=""))
    return sorted(found, key=lambda one: one.since)


def _at_work(person: Person, roles: str, since: dt.datetime, awake_since: dt.datetime | None, now: dt.datetime) -> AtWork:
    on_it, awake = now - since, now - awake_since if awake_since else None
    return AtWork(person, roles, since, on_it, awake_since, awake, rules.tired(on_it, awake, limits()))


def unreverted(rows: Sequence[Change]) -> list[Change]:
    """The changes of which nobody has said how to take them back."""
    return [row for row in rows if not row.revert]
