"""Incidents over time: how many of each severity in a week, a month or a year, and how long half of them lasted.

Plain values in, numbers for the chart out. Weeks begin on Monday; days are those of UTC.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tocsin.insights.rules import quantile

WEEK, MONTH, YEAR = "week", "month", "year"
_WEEKS, _MONTHS = 27, 37
"""Up to how many weeks a bar stands for a week, and up to how many months for a month."""

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 960, 190, 34, 12, 160
_GAP, _LABELS = 0.25, 9

Fact = tuple[str, int, float | None]
"""Of one incident: the day it was declared (`2026-11-20`), its severity, seconds to recovery or None."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The incidents declared from `first` to `last`, both included. `median`: seconds to recovery, None where none is known."""

    first: dt.date
    last: dt.date
    counts: tuple[int, int, int]
    median: float | None
    known: int

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Block:
    """One severity of one bar."""

    severity: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its bucket, its blocks from the ground up, its name below the axis (mostly empty)."""

    bucket: Bucket
    blocks: tuple[Block, ...]
    middle: float
    label: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A selection of incidents over time. `step` is what a bar stands for, `most` the height of the axis in incidents."""

    step: str
    buckets: tuple[Bucket, ...]
    total: int
    median: float | None
    known: int
    """How many have a known time to recovery."""
    most: int

    @property
    def bars(self) -> list[Bar]:
        """The geometry, for a drawing `WIDTH` by `HEIGHT`."""
        slot = (WIDTH - LEFT) / max(1, len(self.buckets))
        every = -(-len(self.buckets) // _LABELS)
        return [_bar(one, place, slot, self.most, self.step, place % every == 0) for place, one in enumerate(self.buckets)]

    @property
    def marks(self) -> list[tuple[float, int]]:
        """Where the axis is marked, with how many incidents that is."""
        step = max(1, self.most // 2)
        return [(_height(number, self.most), number) for number in range(0, self.most + 1, step)]


def trend(facts: Iterable[Fact], since: dt.date | None = None, until: dt.date | None = None) -> Trend:
    """Put incidents into buckets without holes, from `since` to `until` where that was asked for."""
    rows = list(facts)
    spans = sorted(seconds for *_, seconds in rows if seconds is not None)
    if not rows:
        return Trend(WEEK, (), 0, None, 0, 1)
    days = {text: dt.date.fromisoformat(text) for text in {text for text, *_ in rows}}  # far fewer than incidents
    step = _step(since or min(days.values()), until or max(days.values()))
    begins = {text: _begin(day, step) for text, day in days.items()}
    found: dict[dt.date, list[tuple[int, float | None]]] = {}
    for text, severity, seconds in rows:
        found.setdefault(begins[text], []).append((severity, seconds))
    buckets = tuple(_bucket(first, step, found.get(first, ())) for first in _firsts(min(found), max(found), step))
    return Trend(step, buckets, len(rows), quantile(spans, 0.5), len(spans), max(one.total for one in buckets))


def _step(first: dt.date, last: dt.date) -> str:
    days = (last - first).days
    return WEEK if days <= _WEEKS * 7 else MONTH if days <= _MONTHS * 31 else YEAR


def _begin(day: dt.date, step: str) -> dt.date:
    if step == WEEK:
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if step == MONTH else day.replace(month=1, day=1)


def _after(first: dt.date, step: str) -> dt.date:
    """The first day of the next bucket."""
    return _begin(first + dt.timedelta(days={WEEK: 7, MONTH: 32, YEAR: 370}[step]), step)


def _firsts(first: dt.date, last: dt.date, step: str) -> Iterable[dt.date]:
    return itertools.takewhile(lambda day: day <= last, _walk(first, step))


def _walk(first: dt.date, step: str) -> Iterable[dt.date]:
    while True:
        yield first
        first = _after(first, step)


def _bucket(first: dt.date, step: str, rows: Sequence[tuple[int, float | None]]) -> Bucket:
    counts = Counter(severity for severity, _ in rows)
    spans = sorted(seconds for _, seconds in rows if seconds is not None)
    last = _after(first, step) - dt.timedelta(days=1)
    return Bucket(first, last, (counts[1], counts[2], counts[3]), quantile(spans, 0.5), len(spans))


def _height(number: int, most: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * number / most


def _bar(bucket: Bucket, place: int, slot: float, most: int, step: str, named: bool) -> Bar:
    x, width, below, blocks = LEFT + slot * (place + _GAP / 2), slot * (1 - _GAP), 0, []
    for severity, count in zip((1, 2, 3), bucket.counts, strict=True):
        if count:
            top = _height(below + count, most)
            height = _height(below, most) - top
            blocks.append(Block(severity, round(x, 1), round(top, 1), round(width, 1), round(height, 1)))
            below += count
    label = {WEEK: f"{bucket.first.day} {bucket.first:%b}", MONTH: f"{bucket.first:%b %Y}", YEAR: f"{bucket.first:%Y}"}[step]
    return Bar(bucket, tuple(blocks), round(x + width / 2, 1), label if named else "")
