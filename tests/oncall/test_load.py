"""Hours, nights and weekends of each person."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import company
from tocsin.oncall.load import burdens
from tocsin.oncall.rules.layers import Stretch
from tocsin.oncall.rules.load import Load, loads, plot
from tocsin.oncall.rules.zones import instant, seconds

HOUR = 3600
FRIDAY = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def test_a_weekend_in_two_zones():
    since = seconds(FRIDAY)
    row = [Stretch(since, since + 72 * HOUR, ("a", "b"), "x")]
    found = loads([row], {"a": "UTC", "b": "Asia/Tokyo"}, since, since + 72 * HOUR)
    assert found["a"] == Load(72 * HOUR, 24 * HOUR, 48 * HOUR)
    assert found["b"] == Load(72 * HOUR, 24 * HOUR, 48 * HOUR), "Saturday begins there at 15:00 UTC on Friday"
    early = loads([row], {"b": "Asia/Tokyo"}, since, since + 24 * HOUR)
    assert early["b"] == Load(24 * HOUR, 8 * HOUR, 9 * HOUR)


def test_two_schedules_at_once_count_once_and_the_night_of_the_clock_change_is_shorter():
    since = seconds(dt.datetime(2026, 3, 28, 21, tzinfo=dt.UTC))
    row = [Stretch(since, since + 7 * HOUR, ("a",), "x")]
    assert loads([row, row], {"a": "Europe/Berlin"}, since, since + 24 * HOUR) == {"a": Load(7 * HOUR, 7 * HOUR, 7 * HOUR)}
    assert loads([row], {"a": "Europe/Berlin"}, since - HOUR, since) == {}


rows = st.lists(
    st.tuples(st.integers(0, 71), st.integers(1, 30), st.sampled_from([("a",), ("b",), ("a", "b"), ()])).map(
        lambda one: Stretch(seconds(FRIDAY) + one[0] * HOUR, seconds(FRIDAY) + (one[0] + one[1]) * HOUR, one[2], "x")
    ),
    max_size=4,
)


@settings(max_examples=60)
@given(one=rows, two=rows, zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Tokyo"]))
def test_the_figures_are_those_of_asking_every_hour(one, two, zone):
    since = seconds(FRIDAY)
    found = loads([one, two], {"a": zone}, since, since + 72 * HOUR)
    on_call = [
        at for at in range(since, since + 72 * HOUR, HOUR) if any("a" in s.people and s.start <= at < s.end for s in one + two)
    ]
    clocks = [instant(at).astimezone(zoneinfo.ZoneInfo(zone)) for at in on_call]
    night, weekend = [at for at in clocks if at.hour >= 22 or at.hour < 6], [at for at in clocks if at.weekday() > 4]
    assert found.get("a", Load()) == Load(len(clocks) * HOUR, len(night) * HOUR, len(weekend) * HOUR)


def test_the_bars_stay_within_the_plot():
    drawn = plot([("Ada", Load(337 * HOUR, 112 * HOUR, 0)), ("Bo", Load(HOUR, 0, 0))])
    assert [bar.words for bar in drawn.bars] == ["337 h", "1 h"]
    assert drawn.left < drawn.bars[0].night_end < drawn.bars[0].end <= drawn.marks[-1].at
    assert drawn.marks[0].label == "0 h"
    assert plot([]).bars == ()


@pytest.mark.django_db
def test_who_carries_how_much_over_all_schedules(now):
    ada, bo = company.person("Ada"), company.person("Bo", zone="Asia/Tokyo")
    one = company.schedule(company.team("Payments"), ada, bo)
    two = company.schedule(company.team("Search"), ada)
    found = burdens([one, two], now - dt.timedelta(weeks=4), now)
    assert [(row.person.name, row.hours) for row in found] == [("Ada", 672.0), ("Bo", 336.0)]
    assert found[0].night_hours == 28 * 8
    assert burdens([], now, now + dt.timedelta(1)) == []
