"""Small random schedules around moments at which clocks change, for properties."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from hypothesis import strategies as st

from tests.oncall.test_zones import ZONES
from tocsin.oncall.rules import Change, LayerRule, OverrideRule, ScheduleRule, Window

DAY = 24 * 60
MOMENTS = (
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Pacific/Chatham", "2026-09-27"),
    ("Antarctica/Troll", "2026-10-25"),
    ("Pacific/Apia", "2011-12-30"),
    ("America/Santiago", "2026-09-06"),
    ("Africa/Cairo", "2026-10-29"),
    ("America/St_Johns", "2010-11-07"),
    ("Asia/Kathmandu", "2026-01-31"),
)
SPAN, SPAN_OF_MONTHS, LOOK = 9, 40, 3
"""Days before the moment in which a layer may begin; days before and after it that are looked at."""


class Scene(NamedTuple):
    """A schedule, and the minutes (UTC since 1970) in which it is looked at. No layer begins before `begin`."""

    rule: ScheduleRule
    begin: int
    since: int
    until: int


def minute_of(date: str) -> int:
    return (dt.date.fromisoformat(date) - dt.date(1970, 1, 1)).days * DAY


def often(*times: str) -> st.SearchStrategy[int]:
    """A minute of the day: one of these that matter, or any."""
    known = [int(time[:2]) * 60 + int(time[3:]) for time in times]
    return st.sampled_from([*known, *known, -1]).flatmap(lambda time: st.just(time) if time >= 0 else st.integers(0, DAY - 1))


TIMES = often("00:00", "00:30", "01:30", "01:45", "02:00", "02:30", "03:00", "09:00", "23:30")
SLOTS = st.sampled_from([("ana",), ("ben",), ("cho",), ("dia",), ("eli",), ("ana", "ben"), ()])
LISTS = st.lists(SLOTS, unique=True, min_size=2, max_size=4).map(tuple) | st.lists(SLOTS, max_size=1).map(tuple)
PEOPLE = st.sampled_from([(), ("ana",), ("zoe",), ("ben", "zoe")])
WINDOWS = st.builds(
    lambda days, start, end: Window(tuple(sorted(days)), start * 60, end * 60),
    st.just({0, 1, 2, 3, 4}) | st.just(set(range(7))) | st.sets(st.integers(0, 6), max_size=3),
    TIMES,
    TIMES,
)


@st.composite
def layers(draw: st.DrawFn, name: str, zone: str, moment: int, months: bool = False) -> LayerRule:
    """A layer that begins in the days before the moment."""
    unit = "months" if months else draw(st.sampled_from(["hours", "days", "days", "weeks"]))
    lengths = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2)) if unit != "hours" else [draw(st.integers(1, 30))]
    span = SPAN_OF_MONTHS if months else draw(st.sampled_from([3, SPAN]))
    first = moment + draw(st.integers(2 - span, 1)) * DAY + draw(TIMES)
    return LayerRule(
        name,
        zone,
        first * 60,
        unit,
        tuple(lengths),
        draw(LISTS),
        draw(changes(moment)),
        draw(st.just(()) | st.lists(WINDOWS, min_size=1, max_size=2).map(tuple)),
        draw(st.booleans()),
        draw(st.sampled_from(["date", "weekday", "workday"])),
        draw(st.none() | st.none() | instants(moment)),
        draw(st.none() | st.none() | instants(moment)),
    )


def changes(moment: int) -> st.SearchStrategy[tuple[Change, ...]]:
    days = st.integers(-6, 2).map(lambda day: (moment + day * DAY) * 60)
    return st.lists(st.builds(Change, days, LISTS), max_size=3, unique_by=lambda change: change.day).map(tuple)


def instants(moment: int) -> st.SearchStrategy[int]:
    """Whole minutes around the moment, in seconds."""
    return st.integers(-LOOK * DAY, LOOK * DAY).map(lambda minute: (moment + minute) * 60)


@st.composite
def overrides(draw: st.DrawFn, moment: int, number: int) -> OverrideRule:
    start, length = draw(instants(moment)), draw(st.integers(1, 3 * DAY))
    return OverrideRule(f"o{number}", draw(PEOPLE), start, start + length * 60, draw(st.sampled_from(["", "l0", "l1"])))


@st.composite
def scenes(draw: st.DrawFn, months: bool = False, anywhere: bool = False) -> Scene:
    """A schedule of up to three layers and four overrides, looked at for six days."""
    zone, date = draw(st.sampled_from(MOMENTS))
    moment = minute_of(date)
    zones = [zone, "Europe/Berlin"]
    if anywhere:
        zones = draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2))
        moment = draw(st.integers(minute_of("1973-01-01") // DAY, minute_of("2049-12-01") // DAY)) * DAY
    made = [
        draw(layers(f"l{number}", draw(st.sampled_from(zones)), moment, months))
        for number in range(draw(st.sampled_from([1, 1, 2, 3, 0])))
    ]
    instead = [draw(overrides(moment, number)) for number in range(draw(st.sampled_from([0, 0, 1, 2, 4])))]
    absent = draw(st.just({}) | st.dictionaries(st.sampled_from(["ana", "zoe"]), instants(moment), max_size=2))
    rule = ScheduleRule(tuple(made), tuple(instead), tuple(absent.items()))
    span = SPAN_OF_MONTHS if months else SPAN
    return Scene(rule, moment - span * DAY, moment - LOOK * DAY, moment + LOOK * DAY)
