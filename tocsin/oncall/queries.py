"""Who is on call, as every screen, the API and the pager ask it; each function a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.ids import is_id
from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import ContactMethod, Person, Service, Team
from tocsin.oncall import rules
from tocsin.oncall.compiling import compiled
from tocsin.oncall.models import (
    CoverRequest,
    Override,
    Policy,
    PolicyStep,
    Rotation,
    RotationMember,
    Schedule,
    ServiceCover,
    StepTarget,
)
from tocsin.oncall.rules import Cover, Stretch


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of a row; `people` are ids, empty in a gap and where nobody is on call on purpose. `source`: layer or override."""

    start: dt.datetime
    end: dt.datetime
    people: tuple[str, ...]
    gap: bool
    source: str = ""


@dataclass(frozen=True, slots=True)
class NowRow:
    """A line of the on-call screen. `reachable` holds the ids of those in `people` with a working way to be paged."""

    team: Team | None
    schedule: Schedule
    people: list[Person]
    until: dt.datetime | None
    next_people: list[Person]
    reachable: frozenset[str]
    gap: bool


def on_call_at(schedule: Schedule, at: dt.datetime) -> Cover:
    """Who is on call in one schedule. A deactivated person is a gap, never a silent hole. People as ids."""
    return covers([schedule], at)[schedule.id]


def covers(schedules: Sequence[Schedule], at: dt.datetime) -> dict[str, Cover]:
    """Who is on call in each of these schedules, by schedule id."""
    return {one: found.who(at) for one, found in compiled(schedule.id for schedule in schedules).items()}


def people_on_call(schedule: Schedule, at: dt.datetime) -> list[Person]:
    """The active people on call, in the order of their layer; empty in a gap."""
    return named(on_call_at(schedule, at).people)


def named(people: Iterable[str]) -> list[Person]:
    """The active ones of these people, in this order. One query."""
    wanted = list(people)
    found = Person.objects.filter(is_active=True).in_bulk(wanted) if wanted else {}
    return [found[one] for one in wanted if one in found]


def next_handover(schedule: Schedule, at: dt.datetime) -> tuple[dt.datetime, list[Person]] | None:
    """When who is on call changes next, and who it is then; None when it does not within the next 400 days."""
    until = on_call_at(schedule, at).until
    return None if until is None else (until, people_on_call(schedule, until))


_WEEK = 7 * 86_400


class Rota:
    """One schedule as it is stored now, read once, for those who ask it several things. Each question: at most 400 days."""

    def __init__(self, schedule: Schedule) -> None:
        self._compiled = compiled([schedule.id])[schedule.id]
        self._worked_out: list[tuple[int, int, dict[str, list[Stretch]], list[Stretch]]] = []

    def shifts(self, since: dt.datetime, until: dt.datetime) -> list[Shift]:
        """The final row, gaps as shifts without people."""
        span = _span(since, until)
        return shown(rules.clipped(self._rows(*span)[1], *span))

    def layers(self, since: dt.datetime, until: dt.datetime) -> dict[str, list[Shift]]:
        """What each layer says by itself, with its own overrides, by rotation id; holes where it has nobody."""
        span = _span(since, until)
        return {layer: shown(rules.clipped(row, *span)) for layer, row in self._rows(*span)[0].items()}

    def _rows(self, since: int, until: int) -> tuple[dict[str, list[Stretch]], list[Stretch]]:
        """The layers and the final row of some time that holds this one."""
        for begin, end, layers, final in self._worked_out:
            if begin <= since and until <= end:
                return layers, final
        since -= _WEEK  # a calendar that shows today begins on a Monday: one answer does for it and for what lies ahead
        layers = self._compiled.layer_rows(since, until)
        final = self._compiled.final(layers, since, until)
        self._worked_out.append((since, until, layers, final))
        return layers, final


def _span(since: dt.datetime, until: dt.datetime) -> tuple[int, int]:
    begin = rules.seconds(since)
    return begin, min(rules.seconds(until), begin + rules.HORIZON)


def shifts(schedule: Schedule, since: dt.datetime, until: dt.datetime) -> list[Shift]:
    """The final row of a schedule; see `Rota.shifts`."""
    return Rota(schedule).shifts(since, until)


def layer_shifts(schedule: Schedule, since: dt.datetime, until: dt.datetime) -> dict[str, list[Shift]]:
    """The row of each of its layers; see `Rota.layers`."""
    return Rota(schedule).layers(since, until)


def shown(row: Iterable[Stretch]) -> list[Shift]:
    """Stretches as shifts, neighbours of the same people and source as one."""
    return [Shift(rules.instant(one.start), rules.instant(one.end), one.people, one.gap, one.source) for one in rules.joined(row)]


def schedules(actor: Actor) -> QuerySet[Schedule]:
    """Every schedule with its team; whoever signs in may read them."""
    return Schedule.objects.select_related("team").order_by("name")


def schedule(actor: Actor, wanted: str) -> Schedule:
    """By id or short name, rotations and members loaded. Raises NotFound."""
    rows = schedules(actor).prefetch_related("rotations__members__person")
    found = rows.filter(**({"id": wanted} if is_id(wanted, "sch") else {"slug": wanted})).first()
    if found is None:
        raise NotFound("There is no such schedule.")
    return found


def overrides(schedule: Schedule, since: dt.datetime) -> list[Override]:
    """Overrides that end after `since`, the next first."""
    rows = schedule.overrides.filter(ends_at__gt=since).select_related("person", "rotation")
    return list(rows.order_by("starts_at", "id"))


def override(schedule: Schedule, wanted: str) -> Override:
    """Raises NotFound."""
    found = schedule.overrides.select_related("person", "schedule__team").filter(id=wanted).first()
    if found is None:
        raise NotFound("There is no such override.")
    return found


def layers(schedule: Schedule, at: dt.datetime) -> list[Rotation]:
    """The layers that are in force or will be, the lowest first, of a schedule as `schedule` loads it."""
    rows = sorted(schedule.rotations.all(), key=lambda one: (one.position, one.id))
    return [one for one in rows if one.ends_at is None or one.ends_at > at]


def members(schedule: Schedule) -> set[str]:
    """Ids of those who have turns in its layers, present, past or to come. The layers are loaded with the schedule."""
    places = [place.person_id for rotation in schedule.rotations.all() for place in rotation.members.all()]
    return {one for one in places if one}


def names(rows: Iterable[Iterable[Shift]]) -> dict[str, str]:
    """The name of everybody in these rows, by id. One query."""
    wanted = {person for row in rows for shift in row for person in shift.people}
    return dict(Person.objects.filter(id__in=wanted).order_by().values_list("id", "name"))


def layer(schedule: Schedule, wanted: str) -> Rotation:
    """Raises NotFound."""
    found = schedule.rotations.prefetch_related("members__person").filter(id=wanted).first()
    if found is None:
        raise NotFound("There is no such rotation.")
    return found


def turns_of(rotation: Rotation, since: dt.date | None = None) -> list[list[Person]]:
    """The members of one list, those without a date or from a day on: one list of people for each turn."""
    turns: dict[int, list[Person]] = {}
    for place in rotation.members.all():
        if place.since == since:
            turns.setdefault(place.position, []).extend([place.person] if place.person else [])
    return [people for _, people in sorted(turns.items())]


def turns_now(rotation: Rotation, now: dt.datetime) -> list[list[Person]]:
    """The members of the newest list whose day has come in the zone of the layer."""
    today = now.astimezone(rules.zone_of(rotation.zone)).date()
    days = [place.since for place in rotation.members.all() if place.since is not None and place.since <= today]
    return turns_of(rotation, max(days, default=None))


def _covers() -> QuerySet[CoverRequest]:
    return CoverRequest.objects.select_related("person", "asked", "answered_by", "schedule__team")


def cover_request(wanted: str) -> CoverRequest:
    """Raises NotFound."""
    found = _covers().filter(id=wanted).first()
    if found is None:
        raise NotFound("There is no such request.")
    return found


def cover_requests(schedule: Schedule) -> list[CoverRequest]:
    """The open ones of a schedule, the next shift first."""
    return list(_covers().filter(schedule=schedule, state=CoverRequest.OPEN))


_waiting = Prepared(
    lambda person, teams, now: _covers().filter(
        Q(asked=person) | Q(asked=None, schedule__team__in=teams) & ~Q(person=person), state=CoverRequest.OPEN, ends_at__gt=now
    )
)


def asked_of(actor: Actor, now: dt.datetime) -> list[CoverRequest]:
    """What waits for the actor's answer, asked of them or of their teams, the next shift first. One query."""
    return _waiting(actor.id, sorted(actor.member_of), now)


def my_cover_requests(actor: Actor, now: dt.datetime) -> tuple[list[CoverRequest], list[CoverRequest], list[CoverRequest]]:
    """What waits for the actor's answer, what they asked for, and what ended in the last 30 days. Three queries."""
    open_ones = _covers().filter(state=CoverRequest.OPEN)
    ended = _covers().exclude(state=CoverRequest.OPEN).filter(updated_at__gt=now - dt.timedelta(days=30))
    about_me = Q(person=actor.id) | Q(asked=actor.id) | Q(answered_by=actor.id)
    return (
        asked_of(actor, now),
        list(open_ones.filter(person=actor.id)),
        list(ended.filter(about_me).order_by("-updated_at")[:20]),
    )


def policies(actor: Actor) -> QuerySet[Policy]:
    """Every policy with its steps and targets."""
    targets = Prefetch("targets", StepTarget.objects.select_related("schedule", "person", "team", "webhook").order_by("id"))
    steps = Prefetch("steps", PolicyStep.objects.prefetch_related(targets))
    return Policy.objects.select_related("team").prefetch_related(steps).order_by("name")


def policy(actor: Actor, wanted: str) -> Policy:
    """By id or short name. Raises NotFound."""
    found = policies(actor).filter(id=wanted).first() or policies(actor).filter(slug=wanted).first()
    if found is None:
        raise NotFound("There is no such policy.")
    return found


def cover_of(service: Service | None) -> ServiceCover | None:
    """Policy and roster of a service, if anybody set them."""
    if service is None:
        return None
    return ServiceCover.objects.select_related("policy", "roster").filter(service=service).first()


def covers_of(services: Iterable[Service]) -> dict[str, tuple[Policy | None, Schedule | None]]:
    """Policy and roster of each service that has any, by service id. One query."""
    rows = ServiceCover.objects.select_related("policy", "roster").filter(service__in=[service.pk for service in services])
    return {row.service_id: (row.policy, row.roster) for row in rows}


def policy_for(service: Service | str | None) -> Policy | None:
    """The policy that answers for a service or the id of one; None: the last resort does."""
    return None if service is None else Policy.objects.filter(services__service=service).first()


def roster_for(service: Service | None) -> Schedule | None:
    """Where the incident managers of a service come from: its roster, or the last resort; None before there is one."""
    cover = cover_of(service)
    return (cover.roster if cover else None) or last_resort()


def last_resort() -> Schedule | None:
    """The schedule that is asked when nobody else answers; None in an installation that is still being set up."""
    return Schedule.objects.filter(is_last_resort=True).first()


def last_resort_people(at: dt.datetime) -> list[Person]:
    """Whom the last resort reaches, never empty while anybody administers: on call, else every member, else administrators."""
    roster = last_resort()
    if roster is not None:
        people = people_on_call(roster, at) or _members(roster)
        if people:
            return people
    return list(Person.objects.filter(role=Person.ADMINISTRATOR, is_active=True))


def _members(roster: Schedule) -> list[Person]:
    places = RotationMember.objects.filter(rotation__schedule=roster).values("person")
    return list(Person.objects.filter(id__in=places, is_active=True))


def now_table(at: dt.datetime) -> list[NowRow]:
    """One row per schedule, the last resort last."""
    return _now(_every(), at)


def watched(actor: Actor, at: dt.datetime) -> list[NowRow]:
    """The rows of `now_table` that concern one reader: where they may be on call, those of their teams, the last resort.

    Every page asks this; its cost follows the reader's own schedules, not how many a company has.
    """
    return _now(_watched(actor.id, tuple(actor.member_of), at), at)


def _theirs(person: str, teams: Sequence[str], at: dt.datetime) -> QuerySet[Schedule]:
    turns = RotationMember.objects.filter(person=person).values("rotation__schedule")
    instead = Override.objects.filter(person=person, starts_at__lte=at, ends_at__gt=at).values("schedule")
    return _in_order().filter(Q(id__in=turns) | Q(id__in=instead) | Q(team__in=teams) | Q(is_last_resort=True))


def _in_order() -> QuerySet[Schedule]:
    return Schedule.objects.select_related("team").order_by("is_last_resort", "team__name", "name")


_every, _watched = Prepared(_in_order), Prepared(_theirs)
_active = Prepared(lambda people: Person.objects.filter(id__in=people, is_active=True))
_proven = Prepared(
    lambda people: ContactMethod.objects.filter(person__in=people, verified_at__isnull=False, broken_at__isnull=True).values_list(
        "person_id", flat=True
    )
)


def _now(every: Sequence[Schedule], at: dt.datetime) -> list[NowRow]:
    ready = compiled(schedule.id for schedule in every)
    found = {one: rota.who(at) for one, rota in ready.items()}
    following = {one: ready[one].who(cover.until).people if cover.until else () for one, cover in found.items()}
    wanted = {person for cover in found.values() for person in cover.people} | {one for row in following.values() for one in row}
    people = {person.id: person for person in _active(tuple(wanted))}
    reached = _reachable(people)
    return [_now_row(one, found[one.id], following[one.id], people, reached) for one in every]


def _reachable(people: Iterable[str]) -> frozenset[str]:
    """As `directory.queries.reachable`, for many active people in one query."""
    return frozenset(_proven(tuple(people)))


def _now_row(
    schedule: Schedule, cover: Cover, following: tuple[str, ...], people: dict[str, Person], reached: frozenset[str]
) -> NowRow:
    present = [people[person] for person in cover.people if person in people]
    return NowRow(
        team=schedule.team,
        schedule=schedule,
        people=present,
        until=cover.until,
        next_people=[people[person] for person in following if person in people],
        reachable=frozenset(person.id for person in present) & reached,
        gap=cover.gap or (not present and bool(cover.people)),
    )
