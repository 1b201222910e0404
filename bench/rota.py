"""Who is on call: the final row beside a well-kept library that expands the same rota as iCalendar, and one question by itself."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

from bench.figures import Figure, percentile
from tocsin.oncall.rules import Compiled, LayerRule, OverrideRule, ScheduleRule, Window, instant, seconds, wall_seconds

ZONE = "Europe/Berlin"
MONDAY = dt.datetime(2024, 1, 1, 9)  # noqa: DTZ001  (a wall time)
NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
PEOPLE = [f"P{number}" for number in range(8)]
HOUR, DAY = 3600, 86_400
RUNS, QUESTIONS = 7, 20_000


def rota() -> ScheduleRule:
    """Weeks, nights by the day, office hours on weekdays, weekends; ten overrides; eight people."""
    slots = tuple((name,) for name in PEOPLE)
    first, midnight = wall_seconds(MONDAY), wall_seconds(MONDAY.replace(hour=0))
    every, weekdays = tuple(range(7)), tuple(range(5))
    layers = (
        LayerRule("weeks", ZONE, first, slots=slots),
        LayerRule("nights", ZONE, midnight, "days", slots=slots[:4], windows=(Window(every, 0, 8 * HOUR),)),
        LayerRule("office", ZONE, midnight, "days", slots=slots[4:], windows=(Window(weekdays, 9 * HOUR, 17 * HOUR),)),
        LayerRule("weekends", ZONE, midnight + 5 * DAY, slots=slots, windows=(Window((5, 6), 0, 0),)),
    )
    return ScheduleRule(layers, tuple(_override(number, 5) for number in range(10)))


def _override(number: int, days: float) -> OverrideRule:
    start = seconds(NOW) + int(number * days * DAY)
    return OverrideRule(f"o{number}", (PEOPLE[number % 8],), start, start + 8 * HOUR)


def as_icalendar() -> Calendar:
    """The same rota as events that repeat: one for each member and layer, for office hours one for each place in four weeks."""
    calendar = Calendar()
    calendar.add("prodid", "-//bench//")
    calendar.add("version", "2.0")
    midnight = MONDAY.replace(hour=0)
    for place, name in enumerate(PEOPLE):
        _repeat(calendar, name, MONDAY + dt.timedelta(weeks=place), 7 * 24, {"freq": "weekly", "interval": 8})
        saturday = midnight + dt.timedelta(days=5, weeks=place)
        _repeat(calendar, name, saturday, 48, {"freq": "weekly", "interval": 8})
    for place, name in enumerate(PEOPLE[:4]):
        _repeat(calendar, name, midnight + dt.timedelta(days=place), 8, {"freq": "daily", "interval": 4})
    for turn in range(20):
        day = midnight + dt.timedelta(weeks=turn // 5, days=turn % 5, hours=9)
        _repeat(calendar, PEOPLE[4 + turn % 4], day, 8, {"freq": "weekly", "interval": 4})
    for one in rota().overrides:
        _add(calendar, one.people[0], instant(one.start), instant(one.end))
    return calendar


def _repeat(calendar: Calendar, name: str, start: dt.datetime, hours: int, rule: dict[str, object]) -> None:
    begin = start.replace(tzinfo=ZoneInfo(ZONE))
    _add(calendar, name, begin, begin + dt.timedelta(hours=hours)).add("rrule", rule)


def _add(calendar: Calendar, name: str, start: dt.datetime, end: dt.datetime) -> Event:
    event = Event()
    event.add("summary", name)
    event.add("uid", f"{name}-{start.isoformat()}")
    event.add("dtstart", start)
    event.add("dtend", end)
    calendar.add_component(event)
    return event


def best(work: Callable[[], object]) -> float:
    """The shortest of several runs, in milliseconds: what others on the machine cost is not ours."""
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return min(taken)


def measure(folder: Path) -> Iterator[Figure]:
    rule, calendar, since = rota(), as_icalendar(), seconds(NOW)
    ready = Compiled(rule)
    ready.row(since, since + DAY)
    for days, most in ((30, 1.0), (365, 10.0)):
        end = NOW + dt.timedelta(days=days)
        ours = best(lambda end=end: ready.row(since, seconds(end)))
        theirs = best(lambda end=end: recurring_ical_events.of(calendar).between(NOW, end))
        yield Figure(
            f"final row of {days} days, 4 layers, 10 overrides, 8 people", ours, "ms", most, "the same as iCalendar", theirs
        )
    yield from _one_question()


def _weekdays(number: int, people: tuple[tuple[str, ...], ...]) -> LayerRule:
    hours = Window(tuple(range(5)), 8 * HOUR, (9 + number) * HOUR)
    return LayerRule(f"l{number}", ZONE, wall_seconds(MONDAY), "days", slots=people, windows=(hours,))


def _one_question() -> Iterator[Figure]:
    people = tuple((f"Q{number}",) for number in range(50))
    layers = tuple(_weekdays(number, people) for number in range(10))
    rule = ScheduleRule(layers, tuple(_override(number, 0.5) for number in range(500)))
    compiling = best(lambda: Compiled(rule).who(NOW))
    ready, dice = Compiled(rule), random.Random(3)
    taken = []
    for _ in range(QUESTIONS):
        at = NOW + dt.timedelta(seconds=dice.randrange(60 * DAY))
        begun = time.perf_counter()
        ready.who(at)
        taken.append((time.perf_counter() - begun) * 1e6)
    yield Figure("who, p99, 10 layers, 50 people, 500 overrides", percentile(taken, 99), "µs", 50)
    yield Figure("compiling that schedule and asking once", compiling, "ms")
