"""Wall times and instants. The one place where gaps and folds are decided.

Inside the rules a time is a whole number of seconds: an instant counts from 1970 in UTC, a wall time counts the same way as its
clock on the wall would read. A zone is then a list of stretches with one offset each, and everything else is arithmetic.

- A wall time that does not exist stands for the instant when the clock jumps; one that occurs twice for its first occurrence.
- A zone that the tz database does not know counts as UTC: late by hours is better than silent.
- Clocks are reckoned with from 1970 to 2100; before and after they keep the offset they had at that edge, so that every time of
  the calendar has an answer.
"""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

import tzdata

UTC = dt.UTC
DAY, WEEK = 86_400, 604_800
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = dt.timedelta(seconds=1)
_CALENDAR = (dt.datetime.min.replace(tzinfo=UTC) - _EPOCH) // _SECOND, (dt.datetime.max.replace(tzinfo=UTC) - _EPOCH) // _SECOND
_PROBE = 5 * DAY
"""No zone of the tz database changes its clock there and back within so short a time since 1970 (a test looks)."""
FIRST_YEAR, LAST_YEAR = 1970, 2100
_AHEAD = 2
"""Years that a table is made larger than asked, so that it is seldom made again."""
_NEVER = 10**15
"""Further than every time of the calendar, in seconds."""

zoneinfo.reset_tzpath(to=())  # zone data comes from the `tzdata` package alone, the same on every machine


@functools.lru_cache(maxsize=1024)
def zone_of(name: str) -> dt.tzinfo:
    """The zone of this name, or UTC when the tz database does not know it. Never raises."""
    return _known(name) or UTC


def is_zone(name: str) -> bool:
    """Whether the tz database knows this zone."""
    return _known(name) is not None


@functools.lru_cache(maxsize=1024)
def _known(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def data_version() -> str:
    """The edition of the tz database, such as `2026f`."""
    return str(tzdata.IANA_VERSION)


def seconds(instant: dt.datetime) -> int:
    """An aware instant as whole seconds; parts of a second are cut."""
    return (instant - _EPOCH) // _SECOND


def instant(at: int) -> dt.datetime:
    """The aware instant in UTC; one beyond the calendar is held at its edge."""
    return _EPOCH + dt.timedelta(seconds=min(max(at, _CALENDAR[0]), _CALENDAR[1]))


def wall_seconds(wall: dt.datetime) -> int:
    """A naive wall time as whole seconds."""
    return seconds(wall.replace(tzinfo=UTC, fold=0))


def instant_of(wall: dt.datetime, zone: str) -> dt.datetime:
    """The UTC instant that a naive wall time of a zone stands for."""
    return instant(clock_of(zone).to_instant(wall_seconds(wall)))


class Table(NamedTuple):
    """Stretches of equal offset: where each starts (instant), its offset, where it ends on the wall. For `since` until `until`."""

    since: int
    until: int
    starts: list[int]
    offsets: list[int]
    wall_ends: list[int]


class ZoneClock:
    """The clock of one zone. Its table grows when years outside are asked for; threads may share it."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self._zone = zone
        self._table = Table(_NEVER, -_NEVER, [], [], [])

    def to_instant(self, wall: int) -> int:
        """The instant a wall time stands for: its first occurrence, or the jump that skips it."""
        table = self._covering(wall - 2 * DAY, wall + 2 * DAY)
        found = bisect_right(table.wall_ends, wall)
        start, at = table.starts[found], wall - table.offsets[found]
        return at if at > start else start

    def to_wall(self, at: int) -> int:
        """What the clock on the wall shows."""
        table = self._covering(at, at)
        return at + table.offsets[bisect_right(table.starts, at) - 1]

    def stretches(self, since: int, until: int) -> Iterator[tuple[int, int, int]]:
        """`(start, end, offset)` for each part of `[since, until)` in which the offset stays."""
        table = self._covering(since, until)
        place = bisect_right(table.starts, since) - 1
        while since < until:
            end = min(table.starts[place + 1], until) if place + 1 < len(table.starts) else until
            yield since, end, table.offsets[place]
            since, place = end, place + 1

    def _covering(self, since: int, until: int) -> Table:
        table = self._table
        if table.since <= since and until <= table.until:
            return table
        since, until = min(since, table.since), max(until, table.until)
        self._table = table = self._made(_year(since, -_AHEAD), _year(until, _AHEAD))
        return table

    def _made(self, first: int, last: int) -> Table:
        since, until = _start_of(first), _start_of(last + 1)
        starts, offsets = [-2 * _NEVER], [self._offset(since)]
        for probe in range(since + _PROBE, until + _PROBE, _PROBE):
            before, after = probe - _PROBE, min(probe, until)
            while self._offset(after) != offsets[-1]:
                before = self._change(before, after)
                starts.append(before)
                offsets.append(self._offset(before))
        ends = [*starts[1:], 2 * _NEVER]
        wall_ends = [end + offset for end, offset in zip(ends, offsets, strict=True)]
        return Table(since if first > FIRST_YEAR else -_NEVER, until if last < LAST_YEAR else _NEVER, starts, offsets, wall_ends)

    def _change(self, before: int, after: int) -> int:
        """The second at which the offset becomes another, between one at which it has not and one at which it has."""
        old = self._offset(before)
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if self._offset(middle) == old else (before, middle)
        return after

    def _offset(self, at: int) -> int:
        offset = self._zone.utcoffset(instant(at).astimezone(self._zone))
        return 0 if offset is None else int(offset.total_seconds())


def _year(at: int, further: int) -> int:
    """The year so many years from that of an instant, held within those that the rules reckon with."""
    return min(max(instant(at).year + further, FIRST_YEAR), LAST_YEAR)


@functools.cache
def _start_of(year: int) -> int:
    return seconds(dt.datetime(year, 1, 1, tzinfo=UTC))


LAST_SECOND = _start_of(LAST_YEAR + 1) - 1


@functools.lru_cache(maxsize=1024)
def clock_of(name: str) -> ZoneClock:
    """The clock of a zone by its name; an unknown one is UTC."""
    return ZoneClock(zone_of(name))
