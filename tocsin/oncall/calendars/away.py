"""Who is away when, and where that clashes with being on call. An absence moves nobody: it is shown, and people swap."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from tocsin.core.errors import NotFound
from tocsin.directory.models import Membership, Person, Team
from tocsin.oncall import rules
from tocsin.oncall.calendars import shifts
from tocsin.oncall.models import Absence, AwayCalendar, NoticeChoice, Schedule
from tocsin.oncall.rules import duties
from tocsin.oncall.rules.duties import Away

CLASHES_AHEAD = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class SeenClash:
    """Somebody is on call and away from `start` until before `end`. `summary` is empty where it is nobody else's business."""

    schedule: Schedule
    person: Person
    start: dt.datetime
    end: dt.datetime
    summary: str


def away_calendars_of(owner: Person | Team) -> list[AwayCalendar]:
    """The oldest first, their absences loaded."""
    return list(owner.away_calendars.prefetch_related("absences").order_by("created_at", "id"))


def away_calendar_of(owner: Person | Team, wanted: str) -> AwayCalendar:
    """Raises NotFound for a calendar that is not this owner's."""
    found = owner.away_calendars.select_related("person", "team").filter(pk=wanted).first()
    if found is None:
        raise NotFound("There is no such calendar.")
    return found


def clashes_of(person: Person, now: dt.datetime, *, reader: str) -> list[SeenClash]:
    """Of one person over all schedules, in the next 60 days. What their own calendar says is told to them (`reader`) alone."""
    until = now + CLASHES_AHEAD
    found = shifts.shifts_of(person, now, until)
    mine = [
        duties.Duty(rules.seconds(max(one.start, now)), rules.seconds(one.end), person.pk, one.schedule.id)
        for one in found
        if one.start < until
    ]
    by_id = {one.schedule.id: one.schedule for one in found}
    return _seen(duties.clashes(_absences([person.pk], now, until), mine), by_id, reader)


def clashes_in(schedules: Sequence[Schedule], now: dt.datetime, *, reader: str = "") -> list[SeenClash]:
    """In these schedules in the next 60 days. What somebody's own calendar says is told to that person (`reader`) alone."""
    until = now + CLASHES_AHEAD
    on_call = shifts.everybodys((one.id for one in schedules), now, until)
    found = duties.clashes(_absences({one.person for one in on_call}, now, until), on_call)
    return _seen(found, {one.id: one for one in schedules}, reader)


def _seen(found: Iterable[duties.Clash], schedules: dict[str, Schedule], reader: str) -> list[SeenClash]:
    found = list(found)
    people = Person.objects.in_bulk({one.duty.person for one in found})
    return [
        SeenClash(
            schedule=schedules[duty.schedule],
            person=people[duty.person],
            start=rules.instant(max(duty.start, away.start)),
            end=rules.instant(min(duty.end, away.end)),
            summary=away.summary if duty.person == reader or not away.own else "",
        )
        for duty, away in found
    ]


def _absences(people: Iterable[str], since: dt.datetime, until: dt.datetime) -> list[Away]:
    """Of these people, from calendars of their own and of their teams. Two queries."""
    wanted = list(people)
    members: dict[str, list[str]] = defaultdict(list)
    for team, person in Membership.objects.filter(person__in=wanted).values_list("team_id", "person_id"):
        members[team].append(person)
    whose = Q(calendar__person__in=wanted) | Q(calendar__team__in=list(members))
    rows = Absence.objects.filter(whose, ends_at__gt=since, starts_at__lt=until).select_related("calendar")
    return [
        Away(rules.seconds(row.starts_at), rules.seconds(row.ends_at), person, row.summary, row.calendar.person_id is not None)
        for row in rows
        for person in ([row.calendar.person_id] if row.calendar.person_id else members[row.calendar.team_id or ""])
    ]


def wants_reminders(person: Person) -> bool:
    """Whether a person wants mail the day before a shift and at the start of the week."""
    return not NoticeChoice.objects.filter(person=person, reminders=False).exists()
