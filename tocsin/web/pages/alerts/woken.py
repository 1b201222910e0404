"""Whom a page would wake right now: read from the same queries the pager uses, with the time where they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from tocsin.directory.models import Person, Service, Team
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Policy, PolicyStep, Schedule
from tocsin.web.frame import reader


@dataclass(frozen=True, slots=True)
class Woken:
    """One person, why they are the one, and the wall clock where they are."""

    person: Person
    why: str
    local: str
    hour: int

    @property
    def likely_asleep(self) -> bool:
        return self.hour >= 22 or self.hour < 7


@dataclass(slots=True)
class Preview:
    """Who is woken at once, and in words who follows if nobody answers."""

    people: list[Woken] = field(default_factory=list)
    then: list[str] = field(default_factory=list)
    unknown_service: bool = False

    def add(self, more: list[Woken]) -> None:
        """More people, each once."""
        known = {woken.person.pk for woken in self.people}
        self.people += [one for one in more if one.person.pk not in known]


def for_incident(service: Service | None, now: dt.datetime) -> Preview:
    """What declaring at Sev 1 or 2 does for this service; None means Unknown, which is the last resort."""
    policy, roster, resort = oncall.policy_for(service), oncall.roster_for(service), oncall.last_resort()
    preview = Preview(unknown_service=service is None)
    waited = _first_steps(policy, preview, now)
    if roster is not None and roster != resort:
        _add(preview, oncall.people_on_call(roster, now), f"Incident manager on call, {roster.name}", now)
    if policy is None or roster is None or roster == resort:
        _add(preview, oncall.last_resort_people(now), "Last resort", now)
    if policy is not None:
        preview.then.append(f"the last resort after {waited} min")
    return preview


def _first_steps(policy: Policy | None, preview: Preview, now: dt.datetime) -> int:
    """Fill in the people of the first step that has any; the later steps in words. Minutes until the policy ends."""
    waited = 0
    if policy is None:
        return waited
    for step in policy.steps.prefetch_related("targets__schedule", "targets__person", "targets__team"):
        people = _targets(step, now)
        if not preview.people:
            for person, why in people:
                _add(preview, [person], why, now)
        elif people:
            preview.then.append(f"{' and '.join(person.name for person, _ in people)} after {waited} min")
        waited += step.wait_minutes if people else 0
    return waited


def _targets(step: PolicyStep, now: dt.datetime) -> list[tuple[Person, str]]:
    found: list[tuple[Person, str]] = []
    for target in step.targets.all():
        if target.person is not None:
            found.append((target.person, "named in the policy"))
        elif target.team is not None:
            everybody = target.team.members.filter(is_active=True).order_by("name", "id")
            found += [(person, f"In {target.team.name}") for person in everybody]
        elif target.schedule is not None:
            found += [(person, f"On call, {target.schedule.name}") for person in oncall.people_on_call(target.schedule, now)]
    return found


def for_target(target: Team | Schedule | Policy | Person, now: dt.datetime) -> list[Woken]:
    """Who would be woken first; a team is reached by its policy, else by its schedule."""
    if isinstance(target, Person):
        return for_people([target], "asked in person", now)
    if isinstance(target, Schedule):
        return for_people(oncall.people_on_call(target, now), f"On call, {target.name}", now)
    if isinstance(target, Policy):
        return for_policy(target, now).people
    way = target.policies.order_by("created_at").first() or target.schedules.order_by("created_at").first()
    return for_target(way, now) if way else []


def for_people(people: list[Person], why: str, now: dt.datetime) -> list[Woken]:
    """The same lines for people somebody is about to page by hand."""
    preview = Preview()
    _add(preview, people, why, now)
    return preview.people


def _add(preview: Preview, people: list[Person], why: str, now: dt.datetime) -> None:
    known = {woken.person.pk for woken in preview.people}
    for person in people:
        if person.pk in known:
            continue
        known.add(person.pk)
        there = now.astimezone(reader.known_zone(person.zone))
        preview.people.append(Woken(person, why, f"{there:%H:%M}", there.hour))


def for_policy(policy: Policy, now: dt.datetime) -> Preview:
    """Whom the first step of a policy wakes, and who follows."""
    preview = Preview()
    waited = _first_steps(policy, preview, now)
    preview.then.append(f"the last resort after {waited} min")
    return preview
