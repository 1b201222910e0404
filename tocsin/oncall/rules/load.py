"""How much each person is on call: hours, night hours, weekend hours, by the clock of their own zone; and the bars of the plot.

Somebody in two schedules at the same time is on call once. A turn that is shared counts in full for each. A night of a weekend is
both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tocsin.oncall.rules.layers import Stretch, Window, open_hours, weekly
from tocsin.oncall.rules.spans import Span, common, length, union
from tocsin.oncall.rules.zones import clock_of

NIGHT = Window(tuple(range(7)), 22 * 3600, 6 * 3600)
WEEKEND = Window((5, 6), 0, 0)


class Load(NamedTuple):
    """Seconds on call, and how many of them lie in the night and on a weekend."""

    whole: int = 0
    night: int = 0
    weekend: int = 0


def loads(rows: Iterable[Iterable[Stretch]], zones: Mapping[str, str], since: int, until: int) -> dict[str, Load]:
    """By person, from the final rows of schedules; without a zone UTC counts."""
    held: dict[str, list[Span]] = {}
    for row in rows:
        for start, end, people, _ in row:
            for person in people:
                held.setdefault(person, []).append((max(start, since), min(end, until)))
    known: dict[tuple[str, Window], list[Span]] = {}

    def within(person: str, spans: list[Span], window: Window) -> int:
        key = zones.get(person, "UTC"), window
        if key not in known:
            known[key] = list(open_hours(clock_of(key[0]), weekly([window]) or [], since, until))
        return length(common(spans, known[key]))

    duty = {person: union(span for span in spans if span[0] < span[1]) for person, spans in held.items()}
    return {
        one: Load(length(spans), within(one, spans, NIGHT), within(one, spans, WEEKEND)) for one, spans in duty.items() if spans
    }


WIDTH, LEFT, RIGHT, ROW, TOP, FOOT = 800, 180, 720, 30, 6, 34
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)


class Bar(NamedTuple):
    """A person's line of the plot in pixels: its middle, where the whole bar and the night bar end."""

    name: str
    middle: float
    end: float
    night_end: float
    words: str


class Mark(NamedTuple):
    """A grid line with its label."""

    at: float
    label: str


class Plot(NamedTuple):
    """Bars from the left edge, the longest first; pixels of the view box."""

    width: int
    height: int
    left: int
    bottom: int
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]


def plot(rows: Sequence[tuple[str, Load]]) -> Plot:
    """The plot of names and loads."""
    most = max((load.whole / 3600 for _, load in rows), default=0.0)
    step = next((step for step in _STEPS if most <= 5 * step), _STEPS[-1])
    top = step * max(-(-most // step), 1)
    scale = (RIGHT - LEFT) / top
    bars = tuple(
        Bar(
            name=name,
            middle=TOP + ROW * (place + 0.5),
            end=round(LEFT + load.whole / 3600 * scale, 1),
            night_end=round(LEFT + load.night / 3600 * scale, 1),
            words=f"{load.whole / 3600:,.0f} h",
        )
        for place, (name, load) in enumerate(rows)
    )
    marks = tuple(Mark(round(LEFT + place * step * scale, 1), f"{place * step:,} h") for place in range(int(top // step) + 1))
    bottom = TOP + ROW * len(rows)
    return Plot(WIDTH, bottom + FOOT, LEFT, bottom, bars, marks)
