"""Distributions of durations and the geometry of their plot. Plain values only; seconds in, numbers and path strings out.

Durations of incidents are skewed: a mean says nothing, so there is none here. A distribution is shown as the share of incidents
that were over within a time, on a logarithmic axis, one step an incident.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tocsin.incidents.rules import duration_words

FEW = 5
"""Below this many incidents only the single values say something."""

ENOUGH_FOR_TAIL = 10
"""Below this many the time within which nine in ten were over is one or two incidents."""

_TICKS = (1, 10, 30, 60, 180, 600, 1_800, 3_600, 10_800, 43_200, 86_400, 259_200, 604_800, 2_592_000)
_SHARES = (0, 25, 50, 75, 90, 100)


@dataclass(frozen=True, slots=True)
class Distribution:
    """Sorted seconds, and quantiles of them by linear interpolation; every figure is None when there is no value."""

    values: tuple[float, ...]
    quarter: float | None
    median: float | None
    three_quarters: float | None
    p90: float | None

    @property
    def n(self) -> int:
        return len(self.values)

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """For each value the share of incidents, 0 to 1, that took at most that long."""
        return tuple((value, (place + 1) / len(self.values)) for place, value in enumerate(self.values))


def distribution(spans: Iterable[dt.timedelta]) -> Distribution:
    """The distribution of some durations."""
    values = tuple(sorted(span.total_seconds() for span in spans))
    return Distribution(values, *(quantile(values, share) for share in (0.25, 0.5, 0.75, 0.9)))


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which this share of the sorted values lies, interpolated between neighbours; None for none."""
    if not values:
        return None
    place = (len(values) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def in_words(seconds: float | None) -> str:
    """`52 min`, `1 h 44 min`, or `unknown`."""
    return duration_words(dt.timedelta(seconds=round(seconds))) if seconds is not None else "unknown"


@dataclass(frozen=True, slots=True)
class Bin:
    """How many values lie from `low` up to but without `high`, in seconds; `high` is None for the open end."""

    low: float
    high: float | None
    count: int

    @property
    def words(self) -> str:
        if self.high is None:
            return f"{in_words(self.low)} and more"
        return f"{in_words(self.low)} to {in_words(self.high)}"


def histogram(values: Sequence[float]) -> list[Bin]:
    """Counts in bins whose edges are the ticks of the axis, empty bins at both ends left out."""
    edges = (0, *_TICKS)
    bins = [Bin(low, high, sum(low <= value < high for value in values)) for low, high in itertools.pairwise(edges)]
    bins.append(Bin(_TICKS[-1], None, sum(value >= _TICKS[-1] for value in values)))
    filled = [place for place, row in enumerate(bins) if row.count]
    return bins[filled[0] : filled[-1] + 1] if filled else []


def caution(n: int) -> str:
    """What a reader must know about small numbers, empty when there is nothing to say."""
    if n == 0:
        return "No incident with known times in this period."
    if n < FEW:
        return f"Only {n} {'incident' if n == 1 else 'incidents'}: read the single ones, not the figures."
    if n < ENOUGH_FOR_TAIL:
        return f"{n} incidents: the middle means something, the ends do not."
    return ""


def headline(what: str, now: Distribution, before: Distribution) -> str:
    """A claim: `Recovery takes half as long as in the period before`. `what` is the subject, such as `Recovery`."""
    if now.median is None:
        return f"{what}: nothing to report in this period"
    median = in_words(now.median)
    if before.median is None or min(now.n, before.n) < FEW:
        return f"{what} takes {median} in the middle of {now.n} {'incident' if now.n == 1 else 'incidents'}"
    ratio = now.median / max(before.median, 1.0)
    return f"{what} takes {_compared(ratio)}"


def _compared(ratio: float) -> str:
    steps = (
        (0.55, "half as long as in the period before, or less"),
        (0.9, "less time than in the period before"),
        (1.1, "as long as in the period before"),
        (1.8, "more time than in the period before"),
    )
    return next((words for limit, words in steps if ratio <= limit), "about twice as long as in the period before, or more")


@dataclass(frozen=True, slots=True)
class Mark:
    """A grid line and its label, at `at` pixels along its axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    """The median of a line."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything a template needs to draw the plot as SVG, in pixels of its view box. `then` is empty without a period before."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    x_marks: tuple[Mark, ...]
    y_marks: tuple[Mark, ...]
    now: str
    then: str
    now_dot: Dot | None
    then_dot: Dot | None


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 800, 262, 56, 780, 12, 232


def plot(now: Distribution, before: Distribution) -> Plot:
    """The plot of two distributions on one axis that begins and ends at a tick around all values."""
    ticks = _axis([*now.values, *before.values])
    return Plot(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=RIGHT,
        top=TOP,
        bottom=BOTTOM,
        x_marks=tuple(Mark(_x(tick, ticks), in_words(tick)) for tick in ticks),
        y_marks=tuple(Mark(_y(share / 100), f"{share} %") for share in _SHARES),
        now=_steps(now, ticks),
        then=_steps(before, ticks),
        now_dot=_dot(now, ticks),
        then_dot=_dot(before, ticks),
    )


def _axis(values: Sequence[float]) -> tuple[int, ...]:
    if not values:
        return _TICKS[3:9]
    low = max((place for place, tick in enumerate(_TICKS) if tick <= max(min(values), _TICKS[0])), default=0)
    high = next((place for place, tick in enumerate(_TICKS) if tick >= max(values)), len(_TICKS) - 1)
    low = min(low, len(_TICKS) - 3)
    return _TICKS[low : max(high, low + 2) + 1]


def _x(seconds: float, ticks: Sequence[int]) -> float:
    low, high = math.log(ticks[0]), math.log(ticks[-1])
    clamped = min(max(seconds, ticks[0]), ticks[-1])
    return round(LEFT + (RIGHT - LEFT) * (math.log(clamped) - low) / (high - low), 1)


def _y(share: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * share, 1)


def _steps(found: Distribution, ticks: Sequence[int]) -> str:
    if not found.values:
        return ""
    steps = "".join(f"H{_x(value, ticks)}V{_y(share)}" for value, share in found.points)
    return f"M{LEFT} {BOTTOM}{steps}H{RIGHT}"


def _dot(found: Distribution, ticks: Sequence[int]) -> Dot | None:
    return Dot(_x(found.median, ticks), _y(0.5)) if found.median is not None else None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of the table beside the plot: what, this period, the period before."""

    label: str
    now: str
    before: str


def table(now: Distribution, before: Distribution) -> list[TableRow]:
    """The same as the plot in words; the head of the first column (`Restored`, `Detected`) is the page's."""
    return [
        TableRow("incidents", str(now.n), str(before.n)),
        TableRow("a quarter within", in_words(now.quarter), in_words(before.quarter)),
        TableRow("half within", in_words(now.median), in_words(before.median)),
        TableRow("three quarters within", in_words(now.three_quarters), in_words(before.three_quarters)),
        TableRow("nine in ten within", in_words(now.p90), in_words(before.p90)),
    ]


def describe(verb: str, now: Distribution, before: Distribution) -> str:
    """The plot as a sentence, for its `desc`: `Half restored within 52 min, nine in ten within 4 h 25 min; before: …`."""
    if not now.n:
        return caution(0)
    sentence = f"Half {verb} within {in_words(now.median)}, nine in ten within {in_words(now.p90)}"
    if before.n:
        sentence += f"; in the period before within {in_words(before.median)} and {in_words(before.p90)}"
    return sentence + "."
