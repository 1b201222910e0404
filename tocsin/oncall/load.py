"""Who carries how much of the rota: hours, nights and weekends of each person over a stretch of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.directory.models import Person
from tocsin.oncall import rules
from tocsin.oncall.compiling import compiled
from tocsin.oncall.models import Schedule
from tocsin.oncall.rules.load import Load, loads


@dataclass(frozen=True, slots=True)
class Burden:
    """What one person has in all, in hours."""

    person: Person
    load: Load

    @property
    def hours(self) -> float:
        return self.load.whole / 3600

    @property
    def night_hours(self) -> float:
        return self.load.night / 3600

    @property
    def weekend_hours(self) -> float:
        return self.load.weekend / 3600


def burdens(schedules: Sequence[Schedule], since: dt.datetime, until: dt.datetime) -> list[Burden]:
    """Whoever is on call in these schedules in this time, at most 400 days of it, the most hours first."""
    begin, end = rules.seconds(since), min(rules.seconds(until), rules.seconds(since) + rules.HORIZON)
    rows = [one.row(begin, end) for one in compiled(schedule.id for schedule in schedules).values()]
    people = {person for row in rows for stretch in row for person in stretch.people}
    found = Person.objects.in_bulk(people)
    carried = loads(rows, {one: person.zone for one, person in found.items()}, begin, end)
    made = [Burden(found[one], load) for one, load in carried.items() if one in found]
    return sorted(made, key=lambda one: (-one.load.whole, one.person.name, one.person.id))
