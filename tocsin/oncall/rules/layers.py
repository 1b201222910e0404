"""One layer of a schedule: turns that change hands, the hours in which it counts, and whose turn it is.

- The k-th hand-over is counted from the first, never from the one before: in days, weeks and months on the wall calendar of the
  layer's zone, in hours by elapsed time. A month-long turn from the 31st falls on the last day of shorter months.
- Restrictions are judged by the local clock at each instant, in both passes of an hour that occurs twice.
- The n-th turn belongs to member n. A shift whose restrictions leave it no instant takes no turn, unless turns count by calendar.
- A dated change of the members takes effect at the first hand-over not before its date and never moves a turn before it: who
  joins enters last, who leaves drops out, the list goes on after whoever held the last turn; a list in another order starts with
  its first entry.

Times are whole seconds, see `zones`. Intervals are half-open.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

from tocsin.oncall.rules.zones import DAY, LAST_SECOND, WEEK, ZoneClock, clock_of, instant, seconds

HOURS, DAYS, WEEKS, MONTHS = "hours", "days", "weeks", "months"
ON_DATE, ON_WEEKDAY, ON_WORKDAY = "date", "weekday", "workday"
_SECONDS = {HOURS: 3600, DAYS: DAY, WEEKS: WEEK, MONTHS: 2_629_746}
_MONDAY = -3 * DAY
"""A Monday, 00:00 on the wall: 1 January 1970 was a Thursday."""
_BLOCK = 256

Slot = tuple[str, ...]
"""The ids of those who have a turn together; empty: a turn of nobody."""


class Window(NamedTuple):
    """Hours of the week: from `start` to `end` (seconds of the day) on these days, 0 is Monday. An end that is not after the
    start lies on the next day.
    """

    days: tuple[int, ...]
    start: int
    end: int


class Change(NamedTuple):
    """From the first hand-over not before midnight of this day (wall seconds) these are the members. Of two of one day the later
    entry counts.
    """

    day: int
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class LayerRule:
    """`first` is the wall time of the first hand-over. Turns last `lengths` units, one after the other and again from the start:
    `(4, 3)` days hands over after four days, then after three. `anchor` tells months how to count: by the date, by the weekday
    of the first hand-over (its first Monday, say), or by the first working day. The layer is in force from the instant `since`
    until before the instant `until`; its turns are counted from `first` all the same.
    """

    id: str
    zone: str
    first: int
    unit: str = WEEKS
    lengths: tuple[int, ...] = (1,)
    slots: tuple[Slot, ...] = ()
    changes: tuple[Change, ...] = ()
    windows: tuple[Window, ...] = ()
    by_calendar: bool = False
    anchor: str = ON_DATE
    since: int | None = None
    until: int | None = None


class Stretch(NamedTuple):
    """Who is on call from `start` until before `end`. `source` is the id of the layer or override that says so.

    Nobody with a source is nobody on purpose; nobody without one is a gap.
    """

    start: int
    end: int
    people: Slot
    source: str = ""

    @property
    def gap(self) -> bool:
        return not self.people and not self.source


class Segment(NamedTuple):
    """From turn `turn` on the members are `slots`, beginning with the one at `place`."""

    turn: int
    slots: tuple[Slot, ...]
    place: int


class Layer:
    """A layer made ready to be asked. Remembers what it counted; threads may share it."""

    def __init__(self, rule: LayerRule) -> None:
        self.rule = rule
        self._clock = clock_of(rule.zone)
        lengths = tuple(max(length, 1) for length in rule.lengths) or (1,)
        self._ahead = (0, *accumulate(lengths))
        self._weekly = weekly(rule.windows)
        self._begin = self._clock.to_instant(rule.first)
        self._average = self._ahead[-1] * _SECONDS[rule.unit] / len(lengths)
        first, last = (max(int((edge - self._begin) / self._average), 0) for edge in (0, LAST_SECOND))
        self._countable = range(first, last + 1)
        self._counts = array("q", [first])
        self._segments: list[Segment] | None = None

    def handover(self, shift: int) -> int:
        """When the shift with this number (from 0) begins."""
        if shift == 0:
            return self._begin
        rounds, rest = divmod(shift, len(self._ahead) - 1)
        ahead = rounds * self._ahead[-1] + self._ahead[rest]
        if self.rule.unit == HOURS:
            return self._begin + ahead * 3600
        if self.rule.unit == MONTHS:
            return self._clock.to_instant(_months_later(self.rule.first, ahead, self.rule.anchor))
        return self._clock.to_instant(self.rule.first + ahead * _SECONDS[self.rule.unit])

    def shift_at(self, at: int) -> int | None:
        """The number of the shift an instant belongs to; None before the first."""
        if at < self._begin:
            return None
        shift = int((at - self._begin) / self._average)
        while self.handover(shift + 1) <= at:
            shift += 1
        while self.handover(shift) > at:
            shift -= 1
        return shift

    def turn_of(self, shift: int) -> int:
        """How many turns were taken before this shift: the number of its own turn, if it takes one.

        Before 1970 and after 2100, about, every shift takes one: a far date must not cost a long count.
        """
        if self._weekly is None or self.rule.by_calendar:
            return shift
        first, last = self._countable[0], self._countable[-1]
        if shift < first:
            return shift
        counts, place = self._counts, min(shift, last) - first
        if place >= len(counts):
            self._counts = counts = self._counted(counts, place)
        return counts[place] + max(shift - last, 0)

    def slot_of(self, turn: int) -> Slot:
        """Whose turn it is."""
        segments = self._segments
        if segments is None:
            self._segments = segments = self._dated()
        place = len(segments) - 1
        while segments[place].turn > turn:
            place -= 1
        first, slots, offset = segments[place]
        return slots[(turn - first + offset) % len(slots)] if slots else ()

    def row(self, since: int, until: int) -> list[Stretch]:
        """Who the layer puts on call in this time, in order; where it has nobody there is nothing."""
        since = max(since, self._begin, self._begin if self.rule.since is None else self.rule.since)
        until = until if self.rule.until is None else min(until, self.rule.until)
        shift = self.shift_at(since)
        if shift is None or since >= until:
            return []
        return self._row(self._active(since, until), shift, until)

    def _row(self, active: Iterator[tuple[int, int]], shift: int, until: int) -> list[Stretch]:
        row, source = [], self.rule.id
        end, people = self.handover(shift + 1), self.slot_of(self.turn_of(shift))
        for begin, finish in active:
            while begin < finish:
                while end <= begin:
                    shift += 1
                    end, people = self.handover(shift + 1), self.slot_of(self.turn_of(shift))
                stop = min(end, finish)
                if people:
                    row.append(Stretch(begin, stop, people, source))
                begin = stop
        return row

    def _active(self, since: int, until: int) -> Iterator[tuple[int, int]]:
        return iter([(since, until)]) if self._weekly is None else open_hours(self._clock, self._weekly, since, until)

    def _counted(self, counts: array[int], place: int) -> array[int]:
        """The counts, continued to this place and some beyond."""
        more, first = counts[:], self._countable[0]
        starts = [self.handover(first + number) for number in range(len(counts) - 1, place + _BLOCK)]
        active = self._active(starts[0], starts[-1])
        begin, finish = next(active, (starts[-1], starts[-1]))
        for start, end in pairwise(starts):
            while finish <= start and begin < starts[-1]:
                begin, finish = next(active, (starts[-1], starts[-1]))
            more.append(more[-1] + (1 if max(begin, start) < min(finish, end) else 0))
        return more

    def _dated(self) -> list[Segment]:
        segments = [Segment(0, self.rule.slots, 0)]
        for _, change in sorted({change.day: change for change in self.rule.changes}.items()):
            before = self.shift_at(self._clock.to_instant(change.day) - 1)
            turn = 0 if before is None else self.turn_of(before + 1)
            segments.append(Segment(turn, change.slots, _next_place(segments[-1], turn, change.slots)))
        return segments


def _next_place(last: Segment, turn: int, slots: tuple[Slot, ...]) -> int:
    """Where a changed list goes on: after whoever held the last turn, or with its first entry when its order is another."""
    kept = _kept(last.slots, slots)
    if turn == 0 or not kept or Counter(slots[len(kept) :]) != Counter(slots) - Counter(last.slots):
        return 0
    behind = (turn - 1 - last.turn + last.place) % len(last.slots) + 1 if turn > last.turn else last.place
    return sum(place < behind for place in kept)


def _kept(old: tuple[Slot, ...], new: tuple[Slot, ...]) -> list[int]:
    """The places of the old list that the new one begins with, in the same order."""
    places: list[int] = []
    for place, slot in enumerate(old):
        if len(places) < len(new) and new[len(places)] == slot:
            places.append(place)
    return places


def weekly(windows: Sequence[Window]) -> list[tuple[int, int]] | None:
    """Windows as intervals of the week in seconds from Monday 00:00, in order and apart; None when they leave nothing out."""
    if not windows:
        return None
    pieces = []
    for window in windows:
        length = window.end - window.start if window.end > window.start else window.end - window.start + DAY
        for day in window.days:
            start = day * DAY + window.start
            pieces.append((start, min(start + length, WEEK)))
            if start + length > WEEK:
                pieces.append((0, start + length - WEEK))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(pieces):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return None if joined == [(0, WEEK)] else joined


def open_hours(clock: ZoneClock, hours: Sequence[tuple[int, int]], since: int, until: int) -> Iterator[tuple[int, int]]:
    """The parts of `[since, until)` in which the local clock reads an hour of the week that is open."""
    held: tuple[int, int] | None = None
    for begin, finish, offset in clock.stretches(since, until):
        week = begin + offset - (begin + offset - _MONDAY) % WEEK - offset
        while week < finish:
            for opens, closes in hours:
                start, end = max(week + opens, begin), min(week + closes, finish)
                if start >= end:
                    continue
                if held is not None and held[1] == start:
                    held = (held[0], end)
                    continue
                if held is not None:
                    yield held
                held = (start, end)
            week += WEEK
    if held is not None:
        yield held


def is_open(windows: Sequence[Window], zone: str, at: dt.datetime) -> bool:
    """Whether the clock of a zone reads one of these hours at an instant; without windows it always does."""
    hours = weekly(windows)
    moment = (clock_of(zone).to_wall(seconds(at)) - _MONDAY) % WEEK
    return hours is None or any(start <= moment < end for start, end in hours)


def _months_later(first: int, months: int, anchor: str) -> int:
    """The wall time this many months after the first hand-over."""
    began = instant(first)
    month = began.year * 12 + began.month - 1 + months
    start, last = _first_day(month), _first_day(month + 1) - _first_day(month)
    if anchor == ON_WORKDAY:
        day = next(day for day in range(3) if (start + day + 3) % 7 < 5)
    elif anchor == ON_WEEKDAY:
        day = _same_weekday(first // DAY, began.day, start, last)
    else:
        day = min(began.day, last) - 1
    return (start + day) * DAY + first % DAY


def _first_day(month: int) -> int:
    """The days from 1970 to the first of a month, counted from January of the year 0. Years begin in March here, so that leap days
    come last; `datetime` would end with the year 9999.
    """
    year, place = divmod(month - 2, 12)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * place + 2) // 5 - 719_468


def _same_weekday(first_day: int, day_of_month: int, start_day: int, last: int) -> int:
    """The same weekday of the month, counted from its beginning; the fifth is the last."""
    weekday, nth = (first_day + 3) % 7, (day_of_month - 1) // 7
    day = (weekday - (start_day + 3)) % 7 + 7 * nth
    return day if day < last else day - 7
