"""Who is on call at an instant: pure, over plain values, compared in UTC.

The rules of time, all of them here:

- A hand-over happens at the stated wall time of the rotation's zone. The k-th one is k times the length after the first,
  counted on the wall calendar, always from the first: a week with a clock change has 167 or 169 hours.
- A wall time that does not exist stands for the instant when the clock jumps; one that occurs twice for its first occurrence.
- Intervals are half-open: whoever takes over at 09:00 is on call at 09:00.
- An override beats every rotation, the later entry beats the earlier. Of several rotations (layers) the one with the highest
  position that has somebody wins; one without anybody is transparent.
- A zone that the tz database does not know counts as UTC: late by hours is better than silent.
"""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass

UTC = dt.UTC
_ONE = dt.timedelta(microseconds=1)
_MOST_CHANGES = 2000


@dataclass(frozen=True, slots=True)
class RotationRule:
    """Turns of `weeks` weeks, each beginning at `handover_time` in `zone`; the first on the local date `starts_on`."""

    zone: str
    starts_on: dt.date
    handover_time: dt.time
    weeks: int
    members: tuple[str, ...]
    position: int = 0


@dataclass(frozen=True, slots=True)
class OverrideRule:
    """One person from `starts_at` until before `ends_at` (aware)."""

    person: str
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ScheduleRule:
    """A roster. `overrides` in the order of their entry, the latest last."""

    rotations: tuple[RotationRule, ...] = ()
    overrides: tuple[OverrideRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Cover:
    """Who is on call, and until when that stays so (UTC; None: as far as the rules go). `gap`: nobody is."""

    people: tuple[str, ...]
    until: dt.datetime | None
    gap: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of the final row; `people` is empty in a gap."""

    start: dt.datetime
    end: dt.datetime
    people: tuple[str, ...]


@functools.lru_cache(maxsize=1024)
def zone_of(name: str) -> dt.tzinfo:
    """The zone of this name, or UTC when the tz database does not know it. Never raises."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def instant_of(wall: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The UTC instant that a wall time (naive) of a zone stands for. The one place where gaps and folds are decided.

    A wall time that occurs twice: its first occurrence. One that a jump skips: the instant of the jump. Raises OverflowError
    beyond the years 1 to 9999.
    """
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if _wall(early, zone) == wall:
        return early
    before, after = min(early, late), max(early, late)
    while after - before > _ONE:
        middle = before + (after - before) / 2
        before, after = (before, middle) if _wall(middle, zone) >= wall else (middle, after)
    return after


def _wall(instant: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def handover(rotation: RotationRule, turn: int) -> dt.datetime | None:
    """When the turn with this number (from 0) begins; None beyond the end of the calendar."""
    try:
        day = rotation.starts_on + dt.timedelta(weeks=turn * max(rotation.weeks, 1))
        return instant_of(dt.datetime.combine(day, rotation.handover_time.replace(tzinfo=None)), zone_of(rotation.zone))
    except OverflowError:
        return None


def turn_at(rotation: RotationRule, instant: dt.datetime) -> int | None:
    """The number of the turn that an instant belongs to; None before the first."""
    first = handover(rotation, 0)
    if first is None or instant < first:
        return None
    turn = (instant - first) // dt.timedelta(weeks=max(rotation.weeks, 1)) + 1
    while (start := handover(rotation, turn)) is None or start > instant:
        turn -= 1
    return turn


def on_turn(rotation: RotationRule, instant: dt.datetime) -> str | None:
    """Who of one rotation is on call; None before its start or without members."""
    turn = turn_at(rotation, instant) if rotation.members else None
    return None if turn is None else rotation.members[turn % len(rotation.members)]


def who(schedule: ScheduleRule, instant: dt.datetime) -> Cover:
    """Who is on call at an instant (aware), and until when that stays so."""
    instant = instant.astimezone(UTC)
    people = people_at(schedule, instant)
    until = next_change(schedule, instant)
    for _ in range(_MOST_CHANGES):
        if until is None or people_at(schedule, until) != people:
            break
        until = next_change(schedule, until)
    return Cover(people, until, not people)


def people_at(schedule: ScheduleRule, instant: dt.datetime) -> tuple[str, ...]:
    """Who is on call at an instant, without asking until when."""
    for override in reversed(schedule.overrides):
        if override.starts_at <= instant < override.ends_at:
            return (override.person,)
    for rotation in _from_the_top(schedule):
        person = on_turn(rotation, instant)
        if person is not None:
            return (person,)
    return ()


def next_change(schedule: ScheduleRule, instant: dt.datetime) -> dt.datetime | None:
    """The first instant after this one at which the answer may be another; None when it never is."""
    edges = [edge for one in schedule.overrides for edge in (one.starts_at, one.ends_at)]
    for rotation in _from_the_top(schedule):
        turn = turn_at(rotation, instant) if rotation.members else None
        edge = _next_handover(rotation, turn)
        if edge is not None:
            edges.append(edge)
        if turn is not None:
            break
    return min((edge.astimezone(UTC) for edge in edges if edge > instant), default=None)


def _next_handover(rotation: RotationRule, turn: int | None) -> dt.datetime | None:
    if turn is None:
        return handover(rotation, 0) if rotation.members else None
    return handover(rotation, turn + 1) if len(set(rotation.members)) > 1 else None


def _from_the_top(schedule: ScheduleRule) -> list[RotationRule]:
    return sorted(schedule.rotations, key=lambda rotation: rotation.position, reverse=True)


def final_row(schedule: ScheduleRule, since: dt.datetime, until: dt.datetime) -> Iterator[Shift]:
    """The stretches from `since` until before `until`, without holes: a gap is a shift without people."""
    start = since.astimezone(UTC)
    while start < until:
        cover = who(schedule, start)
        end = min(cover.until or until, until).astimezone(UTC)
        yield Shift(start, end, cover.people)
        start = end


def present(cover: Cover, active: frozenset[str]) -> Cover:
    """The same cover without whoever is deactivated: if nobody is left it is a gap, said aloud."""
    people = tuple(person for person in cover.people if person in active)
    return Cover(people, cover.until, not people)
