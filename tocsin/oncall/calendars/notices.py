"""Mail about shifts: who takes over and hands over now, who will tomorrow, what a team's week looks like."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings

from tocsin.directory.models import Person, Team
from tocsin.oncall import rules
from tocsin.oncall.calendars import away
from tocsin.oncall.compiling import compiled
from tocsin.oncall.models import NoticeChoice, Schedule
from tocsin.oncall.rules import Compiled, duties

LATE = dt.timedelta(hours=1)
"""How far back a notice is still worth sending, after a restart for example."""
REMIND_BEFORE, REMINDED_FROM = dt.timedelta(hours=24), dt.timedelta(hours=4)
_WEEK = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail; the same `key` is the same mail."""

    key: str
    to: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """Somebody's shift begins at `at` and lasts until `until` or longer; `before` are those whose shift ends there."""

    at: int
    until: int
    person: str
    before: tuple[str, ...]


def due(now: dt.datetime) -> list[Notice]:
    """Every notice that fell due within the last hour. A fixed number of queries, two more for each team whose week begins."""
    schedules = {one.id: one for one in Schedule.objects.select_related("team").order_by("name")}
    rotas = compiled(schedules)
    people = {one.id: one for one in Person.objects.filter(is_active=True)}
    quiet = set(NoticeChoice.objects.filter(reminders=False).values_list("person_id", flat=True))
    wanting = {name: person for name, person in people.items() if name not in quiet}
    found: list[Notice] = []
    for name, rota in rotas.items():
        found += _handovers(schedules[name], rota, people, now)
        found += _reminders(schedules[name], rota, wanting, now)
    for team, monday in _weeks(now):
        found += _week(team, [one for one in schedules.values() if one.team_id == team.id], rotas, wanting, monday)
    return found


def beginnings(rota: Compiled, since: int, until: int, lasting: int = 0) -> Iterator[Beginning]:
    """The shifts that begin after `since` and not after `until` and last so many seconds."""
    row = rota.row(since - 1, until + max(lasting, 1))
    spans = {name: duties.of_person(row, name) for name in {name for one in row for name in one.people}}
    for name, own in sorted(spans.items()):
        for one in own:
            if since < one.start <= until and one.end - one.start >= lasting:
                before = tuple(other for other in sorted(spans) if any(span.end == one.start for span in spans[other]))
                yield Beginning(one.start, one.end, name, before)


def _handovers(schedule: Schedule, rota: Compiled, people: dict[str, Person], now: dt.datetime) -> Iterator[Notice]:
    for one in beginnings(rota, rules.seconds(now - LATE), rules.seconds(now)):
        taker = people.get(one.person)
        givers = [people[name] for name in one.before if name in people]
        if taker is None:
            continue
        until = rota.who(rules.instant(one.at)).until
        lines = [f"You are on call for {schedule.name} since {_said(one.at, taker)}{_until(until, taker)}."]
        lines += [f"You take over from {_names(givers)}."] if givers else []
        yield letter(f"handover:{schedule.id}:{one.at}:{taker.id}", taker, f"You are on call: {schedule.name}", lines)
        for giver in givers:
            words = [f"Your shift for {schedule.name} ended at {_said(one.at, giver)}. {taker.name} is on call now."]
            yield letter(f"handed:{schedule.id}:{one.at}:{giver.id}", giver, f"Your shift is over: {schedule.name}", words)


def _reminders(schedule: Schedule, rota: Compiled, people: dict[str, Person], now: dt.datetime) -> Iterator[Notice]:
    day = now + REMIND_BEFORE
    for one in beginnings(rota, rules.seconds(day - LATE), rules.seconds(day), int(REMINDED_FROM.total_seconds())):
        person = people.get(one.person)
        if person is not None:
            until = rota.who(rules.instant(one.at)).until
            lines = [f"Your shift for {schedule.name} begins at {_said(one.at, person)}{_until(until, person)}."]
            lines += ["If you cannot, ask a colleague to take it over."]
            yield letter(
                f"reminder:{schedule.id}:{one.at}:{person.id}", person, f"Tomorrow you are on call: {schedule.name}", lines
            )


def _weeks(now: dt.datetime) -> Iterator[tuple[Team, int]]:
    """The teams for which it became Monday 09:00 within the last hour, and when that was."""
    for team in Team.objects.prefetch_related("memberships"):
        local = now.astimezone(rules.zone_of(team.zone))
        nine = dt.datetime.combine(local.date() - dt.timedelta(days=local.weekday()), dt.time(9))
        monday = rules.instant_of(nine, team.zone)
        if now - LATE < monday <= now:
            yield team, rules.seconds(monday)


def _week(
    team: Team, schedules: list[Schedule], rotas: dict[str, Compiled], people: dict[str, Person], monday: int
) -> Iterator[Notice]:
    members = [people[place.person_id] for place in team.memberships.all() if place.person_id in people]
    if not schedules or not members:
        return
    names = {one.id: one.name for one in Person.objects.filter(id__in=_everybody(schedules, rotas, monday))}
    clashing = [one for one in away.clashes_in(schedules, rules.instant(monday)) if one.start < rules.instant(monday + _WEEK)]
    for person in members:
        lines = [f"This week in {team.name}, times in {person.zone}:"]
        for schedule in schedules:
            lines += ["", schedule.name, *_days(rotas[schedule.id], names, person, monday)]
        if clashing:
            lines += ["", "On call and away:"]
            lines += [f"  {one.person.name}, {when(one.start, person)} ({one.schedule.name})" for one in clashing]
        yield letter(f"week:{team.id}:{monday}:{person.id}", person, f"On call this week: {team.name}", lines)


def _everybody(schedules: Iterable[Schedule], rotas: dict[str, Compiled], monday: int) -> set[str]:
    return {name for one in schedules for part in rotas[one.id].row(monday, monday + _WEEK) for name in part.people}


def _days(rota: Compiled, names: dict[str, str], reader: Person, monday: int) -> Iterator[str]:
    """A line for each stretch of the week, gaps in capitals."""
    row = rota.row(monday, monday + _WEEK)
    shown = [(one.start, one.end, tuple(sorted(one.people)), one.gap) for one in row]
    for place, (start, end, people, gap) in enumerate(shown):
        if place and shown[place - 1][2:] == (people, gap):
            continue
        while place + 1 < len(shown) and shown[place + 1][2:] == (people, gap):
            place += 1
            end = shown[place][1]
        who = ", ".join(names[name] for name in people) or ("NOBODY" if gap else "nobody, on purpose")
        yield f"  {_said(start, reader)} to {_said(end, reader)}: {who}"


def letter(
    key: str, person: Person, subject: str, lines: Iterable[str], named: str = "Your shifts", path: str = "/oncall/mine"
) -> Notice:
    """A mail of these lines that ends with the `named` address to go to."""
    link = settings.TOCSIN.base_url.rstrip("/") + path
    return Notice(key, person.email, subject, "\n".join([*lines, "", f"{named}: {link}", ""]))


def _said(at: int, reader: Person) -> str:
    return when(rules.instant(at), reader)


def when(instant: dt.datetime, reader: Person) -> str:
    """Day, hour and zone of the reader."""
    local = instant.astimezone(rules.zone_of(reader.zone))
    return f"{local:%a} {local.day} {local:%b %H:%M %Z}"


def _until(until: dt.datetime | None, reader: Person) -> str:
    return f" until {when(until, reader)}" if until else ""


def _names(people: Iterable[Person]) -> str:
    return " and ".join(person.name for person in people)
