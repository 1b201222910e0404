"""Whole shifts: of one person over all schedules, of everybody in one schedule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q

from tocsin.directory.models import Person
from tocsin.oncall import rules
from tocsin.oncall.compiling import compiled
from tocsin.oncall.models import Schedule
from tocsin.oncall.rules import Compiled, Stretch, duties
from tocsin.oncall.rules.duties import Duty

Choose = Callable[[list[Stretch]], list[Stretch]]


@dataclass(frozen=True, slots=True)
class PersonShift:
    """Somebody is on call in a schedule from `start` until before `end`."""

    schedule: Schedule
    start: dt.datetime
    end: dt.datetime

    @property
    def length(self) -> dt.timedelta:
        """How long it lasts."""
        return self.end - self.start


def schedules_of(person: Person) -> list[Schedule]:
    """The schedules that name a person in a layer or an override, by name. One query."""
    named = Q(rotations__members__person=person) | Q(overrides__person=person)
    ids = Schedule.objects.filter(named).values("pk")
    return list(Schedule.objects.filter(pk__in=ids).select_related("team").order_by("name", "id"))


def shifts_of(person: Person, since: dt.datetime, until: dt.datetime) -> list[PersonShift]:
    """Every shift of a person that touches this time, with its own start and end, the earliest first."""
    schedules = {one.id: one for one in schedules_of(person)}
    begin, end = rules.seconds(since), rules.seconds(until)
    found = [
        PersonShift(schedules[name], rules.instant(one.start), rules.instant(one.end))
        for name, rota in compiled(schedules).items()
        for one in whole(rota, lambda row: duties.of_person(row, person.pk), begin, end)
    ]
    return sorted(found, key=lambda shift: (shift.start, shift.schedule.name, shift.schedule.id))


def everybodys(schedules: Iterable[str], since: dt.datetime, until: dt.datetime) -> list[Duty]:
    """Everybody's shifts in these schedules, by ids, cut at the ends of this time."""
    begin, end = rules.seconds(since), rules.seconds(until)
    found = []
    for name, rota in compiled(schedules).items():
        row = rota.row(begin, end)
        for person in {person for stretch in row for person in stretch.people}:
            found += [Duty(one.start, one.end, person, name) for one in duties.of_person(row, person)]
    return found


def whole(rota: Compiled, choose: Choose, since: int, until: int) -> list[Stretch]:
    """The chosen shifts that touch this time, each from its real start to its real end, as far as `edges` go."""
    row = choose(rota.row(since, until))
    first, last = edges(since, until)
    if row and row[0].start == since:
        row[0] = choose(rota.row(first, row[0].end))[-1]
    if row and row[-1].end == until:
        row[-1] = choose(rota.row(row[-1].start, last))[0]
    return row


def edges(since: int, until: int) -> tuple[int, int]:
    """How far a shift without start or end is followed: to a new year's day, and to the first of a month over a year ahead.

    Fixed days, so that a shift without end does not become another one each time somebody looks.
    """
    before, after = rules.instant(since), rules.instant(until)
    first = before.replace(year=before.year - 1, month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return rules.seconds(first), rules.seconds(month_of(after).replace(year=after.year + 1))


def month_of(instant: dt.datetime) -> dt.datetime:
    """When the month of this instant began, in UTC."""
    return instant.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
