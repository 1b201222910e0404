"""The directory of people as an emergency needs it: how to reach somebody, their teams, their rosters, what they can do."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tocsin.core.actor import Actor
from tocsin.directory import finding
from tocsin.directory import rules as directory
from tocsin.directory.finding import Way
from tocsin.directory.models import Person, Qualification, Team
from tocsin.oncall import rules
from tocsin.oncall.compiling import compiled
from tocsin.oncall.models import Override, RotationMember, Schedule
from tocsin.oncall.rules import duties

AHEAD = dt.timedelta(weeks=8)


@dataclass(frozen=True, slots=True)
class Place:
    """A roster that names a person. On call until `until`, or else from `since` on; neither within eight weeks: None."""

    schedule: Schedule
    on_call: bool
    since: dt.datetime | None
    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Able:
    """A qualification, and whether it counts today."""

    qualification: Qualification
    counts: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One person at a glance. `ways` is empty for whoever may not see them."""

    person: Person
    ways: list[Way]
    teams: list[Team]
    places: list[Place]
    able: list[Able]

    @property
    def on_call(self) -> bool:
        return any(place.on_call for place in self.places)


def cards(actor: Actor, people: Sequence[Person], now: dt.datetime) -> list[Card]:
    """A card of each, in their order; their teams are loaded by `directory.queries.people`. Six queries, however many."""
    ways, able, places = finding.ways_of(actor, people), finding.qualifications_of(people), places_of(people, now)
    return [
        Card(
            person,
            ways.get(person.pk, []),
            [membership.team for membership in person.memberships.all()],
            places.get(person.pk, []),
            [Able(one, directory.counts_on(one.expires_on, now.date())) for one in able.get(person.pk, [])],
        )
        for person in people
    ]


def places_of(people: Iterable[Person], now: dt.datetime) -> dict[str, list[Place]]:
    """In which rosters people are, by their ids: where they are on call first, then by the next shift."""
    named = _named([person.pk for person in people], now)
    schedules = {one.pk: one for one in Schedule.objects.select_related("team").filter(pk__in=named)}
    begin, end = rules.seconds(now), rules.seconds(now + AHEAD)
    found: dict[str, list[Place]] = defaultdict(list)
    for name, rota in compiled(schedules).items():
        row = rota.row(begin, end)
        for person in named[name]:
            shift = next(iter(duties.of_person(row, person)), None)
            found[person].append(_place(schedules[name], shift, begin, end))
    for places in found.values():
        places.sort(key=lambda place: (not place.on_call, place.since is None, place.since or now, place.schedule.name))
    return found


def _named(people: Sequence[str], now: dt.datetime) -> dict[str, set[str]]:
    """The people whom each schedule names in a layer that has not ended or in an override to come. Two queries."""
    found: dict[str, set[str]] = defaultdict(set)
    members = RotationMember.objects.filter(person__in=people).exclude(rotation__ends_at__lte=now)
    for schedule, person in members.values_list("rotation__schedule_id", "person_id"):
        found[schedule].add(person or "")
    for schedule, person in Override.objects.filter(person__in=people, ends_at__gt=now).values_list("schedule_id", "person_id"):
        found[schedule].add(person or "")
    return found


def _place(schedule: Schedule, shift: rules.Stretch | None, begin: int, end: int) -> Place:
    if shift is None:
        return Place(schedule, on_call=False, since=None, until=None)
    until = None if shift.end >= end else rules.instant(shift.end)
    return Place(schedule, shift.start <= begin, rules.instant(shift.start), until)
