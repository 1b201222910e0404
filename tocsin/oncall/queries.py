"""Who is on call, as every screen, the API and the pager ask it; each function a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.directory.models import ContactMethod, Person, Service, Team
from tocsin.oncall import rules
from tocsin.oncall.models import Override, Policy, PolicyStep, Rotation, RotationMember, Schedule, ServiceCover, StepTarget
from tocsin.oncall.rules import Cover, ScheduleRule, Shift


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


def rules_for(schedules: Iterable[Schedule], since: dt.datetime) -> dict[str, ScheduleRule]:
    """The rules of schedules by id, with the overrides that end after `since`. Three queries, however many schedules."""
    wanted = [schedule.id for schedule in schedules]
    rotations, overrides = defaultdict(list), defaultdict(list)
    for row in Rotation.objects.filter(schedule__in=wanted).prefetch_related("members"):
        rotations[row.schedule_id].append(_rotation_rule(row))
    for entry in Override.objects.filter(schedule__in=wanted, ends_at__gt=since).order_by("created_at", "id"):
        overrides[entry.schedule_id].append(rules.OverrideRule(entry.person_id, entry.starts_at, entry.ends_at))
    return {one: ScheduleRule(tuple(rotations[one]), tuple(overrides[one])) for one in wanted}


def _rotation_rule(row: Rotation) -> rules.RotationRule:
    members = tuple(place.person_id for place in row.members.all())
    return rules.RotationRule(row.zone, row.starts_on, row.handover_time, row.weeks, members, row.position)


def on_call_at(schedule: Schedule, at: dt.datetime) -> Cover:
    """Who is on call in one schedule. A deactivated person is a gap, never a silent hole. People as ids."""
    return covers([schedule], at)[schedule.id]


def covers(schedules: Sequence[Schedule], at: dt.datetime) -> dict[str, Cover]:
    """Who is on call in each of these schedules, by schedule id."""
    found = {one: rules.who(rule, at) for one, rule in rules_for(schedules, at).items()}
    active = _active({person for cover in found.values() for person in cover.people})
    return {one: rules.present(cover, active) for one, cover in found.items()}


def _active(people: set[str]) -> frozenset[str]:
    return frozenset(Person.objects.filter(id__in=people, is_active=True).values_list("id", flat=True))


def people_on_call(schedule: Schedule, at: dt.datetime) -> list[Person]:
    """The active people on call; empty in a gap."""
    return list(Person.objects.filter(id__in=on_call_at(schedule, at).people))


def next_handover(schedule: Schedule, at: dt.datetime) -> tuple[dt.datetime, list[Person]] | None:
    """When who is on call changes next, and who it is then; None when it never does."""
    rule = rules_for([schedule], at)[schedule.id]
    until = rules.who(rule, at).until
    if until is None:
        return None
    return until, list(Person.objects.filter(id__in=rules.people_at(rule, until), is_active=True))


def shifts(schedule: Schedule, since: dt.datetime, until: dt.datetime) -> list[Shift]:
    """The final row, gaps as shifts without people. At most 400 days."""
    until = min(until, since + dt.timedelta(days=400))
    row = list(rules.final_row(rules_for([schedule], since)[schedule.id], since, until))
    active = _active({person for shift in row for person in shift.people})
    return [Shift(one.start, one.end, tuple(person for person in one.people if person in active)) for one in row]


def schedules(actor: Actor) -> QuerySet[Schedule]:
    """Every schedule with its team; whoever signs in may read them."""
    return Schedule.objects.select_related("team").order_by("name")


def schedule(actor: Actor, wanted: str) -> Schedule:
    """By id or short name, rotations and members loaded. Raises NotFound."""
    rows = schedules(actor).prefetch_related("rotations__members__person")
    found = rows.filter(id=wanted).first() or rows.filter(slug=wanted).first()
    if found is None:
        raise NotFound("There is no such schedule.")
    return found


def overrides(schedule: Schedule, since: dt.datetime) -> list[Override]:
    """Overrides that end after `since`, the next first."""
    rows = schedule.overrides.filter(ends_at__gt=since).select_related("person", "created_by", "schedule__team")
    return list(rows.order_by("starts_at", "id"))


def policies(actor: Actor) -> QuerySet[Policy]:
    """Every policy with its steps and targets."""
    targets = Prefetch("targets", StepTarget.objects.select_related("schedule", "person").order_by("id"))
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
    every = list(Schedule.objects.select_related("team").order_by("is_last_resort", "team__name", "name"))
    ruled = rules_for(every, at)
    found = {one: rules.who(rule, at) for one, rule in ruled.items()}
    following = {one: rules.people_at(ruled[one], cover.until) if cover.until else () for one, cover in found.items()}
    wanted = {person for cover in found.values() for person in cover.people} | {one for row in following.values() for one in row}
    people = {person.id: person for person in Person.objects.filter(id__in=wanted, is_active=True)}
    reached = _reachable(people)
    return [_now_row(one, found[one.id], following[one.id], people, reached) for one in every]


def _reachable(people: Iterable[str]) -> frozenset[str]:
    """As `directory.queries.reachable`, for many active people in one query."""
    proven = ContactMethod.objects.filter(person__in=list(people), verified_at__isnull=False, broken_at__isnull=True)
    return frozenset(proven.values_list("person_id", flat=True))


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
        gap=not present,
    )
