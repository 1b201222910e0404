"""The time machine: who would be paged for an alert of a service at an instant, when and how, when nobody answers.

The walk is the pager's own, `rules.step`. The rota is read as it was or will be at each step; policy, contact methods and the way
each person is reached as they are now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tocsin.directory import queries as directory
from tocsin.directory.models import Membership, Person, Service
from tocsin.oncall import queries as oncall
from tocsin.oncall.compiling import compiled
from tocsin.oncall.models import Policy
from tocsin.oncall.rules import Compiled
from tocsin.paging import planning, rules


@dataclass(frozen=True, slots=True)
class Way:
    """A contact method (`mail`, or the name of the gateway) and after how many minutes it is used; `proven`: it was verified."""

    name: str
    delay_minutes: int
    proven: bool


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody who would be paged, and how."""

    person: Person
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One step taken at `at`. `number` counts the policy's steps from 1, 0: the last resort; `cycle` the rounds from 0.

    `targets` are the names of who is asked, `gaps` of those where nobody is, `webhooks` of what is called besides. A step outside
    its hours does not count. `wait`: until the next step follows.
    """

    at: dt.datetime
    number: int
    cycle: int
    counts: bool
    targets: tuple[str, ...]
    people: tuple[Called, ...]
    gaps: tuple[str, ...]
    wait: dt.timedelta
    webhooks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Foresight:
    """Every step until the last resort is called for the first time. Without a policy that is the first."""

    service: Service
    urgency: str
    at: dt.datetime
    policy: Policy | None
    places: tuple[Place, ...]


def foresee(service: Service, urgency: str, at: dt.datetime) -> Foresight:
    """A fixed number of queries, however long the walk."""
    policy = oncall.policy_for(service)
    steps = planning.steps_of(policy, urgency)
    plan = rules.with_last_resort(list(steps.values()), policy.repeats if policy else 0, planning.last_resort_name())
    company = Company.of(plan)
    walked = list(_walk(plan, [position + 1 for position in steps], company, urgency, at))
    ways = _ways({person for _, people in walked for person in people}, urgency)
    places = tuple(replace(place, people=tuple(ways[one] for one in people if one in ways)) for place, people in walked)
    return Foresight(service, urgency, at, policy, places)


def _walk(
    plan: rules.Plan, numbers: list[int], company: Company, urgency: str, at: dt.datetime
) -> Iterator[tuple[Place, list[str]]]:
    """Each step with the ids of whom it pages."""
    walk, last = rules.Walk(), len(plan.steps) - 1
    while True:
        step = plan.steps[walk.step]
        counts = step.counts_at(at)
        found = [(target, company.people_of(target, at)) for target in step.targets] if counts else []
        outcome = rules.step(walk, plan, found, urgency=urgency, now=at)
        place = Place(
            at=at,
            number=numbers[walk.step] if walk.step < last else 0,
            cycle=walk.cycle,
            counts=counts,
            targets=tuple(target.name for target in step.targets if target.kind != rules.WEBHOOK),
            people=(),
            gaps=tuple(target.name for target in outcome.gaps),
            wait=outcome.due_at - at,
            webhooks=tuple(target.name for target in outcome.webhooks),
        )
        yield place, [one.person for one in outcome.called]
        if walk.step >= last:
            return
        walk, at = outcome.walk, outcome.due_at


@dataclass
class Company:
    """What the walk asks, read before it begins."""

    schedules: dict[str, Compiled]
    roster: str
    teams: dict[str, list[str]] = field(default_factory=dict)
    gone: dict[str, dt.datetime | None] = field(default_factory=dict)
    """Who is deactivated, and since when."""

    @classmethod
    def of(cls, plan: rules.Plan) -> Company:
        targets = [target for step in plan.steps for target in step.targets]
        roster = oncall.last_resort()
        wanted = {target.id for target in targets if target.kind == rules.SCHEDULE} | ({roster.id} if roster else set())
        company = cls(compiled(wanted), roster.id if roster else "")
        teams = {target.id for target in targets if target.kind == rules.TEAM}
        members = Membership.objects.filter(team__in=teams).order_by("person__name", "person_id")
        for team, person in members.values_list("team_id", "person_id"):
            company.teams.setdefault(team, []).append(person)
        company.gone = dict(Person.objects.filter(is_active=False).values_list("id", "deactivated_at"))
        return company

    def people_of(self, target: rules.Target, at: dt.datetime) -> list[str]:
        """As the pager would find them at that instant."""
        if target.kind == rules.LAST_RESORT:
            return self._on_call(self.roster, at) or [person.id for person in oncall.last_resort_people(at)]
        if target.kind == rules.SCHEDULE:
            return self._on_call(target.id, at)
        if target.kind == rules.WEBHOOK:
            return []
        meant = self.teams.get(target.id, []) if target.kind == rules.TEAM else [target.id]
        return [one for one in meant if self._is_there(one, at)]

    def _on_call(self, schedule: str, at: dt.datetime) -> list[str]:
        found = self.schedules.get(schedule)
        return [one for one in found.who(at).people if self._is_there(one, at)] if found else []

    def _is_there(self, person: str, at: dt.datetime) -> bool:
        left = self.gone.get(person, at + dt.timedelta(1))
        return left is not None and at < left


def _ways(people: set[str], urgency: str) -> dict[str, Called]:
    """How each of them is reached, by id. Three queries."""
    found = Person.objects.in_bulk(people)
    plans = directory.notify_plans(found.values(), urgency)
    return {one: Called(person, tuple(_way(step) for step in plans[one])) for one, person in found.items()}


def _way(step: directory.PlanStep) -> Way:
    gateway = step.method.gateway if step.method else None
    name = gateway.name if gateway else "mail" if step.method else "sign-in mail"
    return Way(name, step.delay_minutes, step.method is not None)
