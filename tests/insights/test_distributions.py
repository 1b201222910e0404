"""Median, nine in ten, and the geometry of the plot."""

from __future__ import annotations

import datetime as dt
import statistics

import pytest
from hypothesis import given as hypothetically
from hypothesis import strategies as st

from tocsin.insights import rules


def spans(*minutes: float) -> list[dt.timedelta]:
    return [dt.timedelta(minutes=one) for one in minutes]


@pytest.mark.req("MET-03")
def test_a_known_set_gives_its_median_and_nine_in_ten():
    found = rules.distribution(spans(10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110))
    assert (found.median, found.p90, found.quarter, found.three_quarters) == (60 * 60, 100 * 60, 35 * 60, 85 * 60)


@hypothetically(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_quantiles_agree_with_the_standard_library(seconds):
    found = rules.distribution(dt.timedelta(seconds=one) for one in seconds)
    assert found.median == pytest.approx(statistics.median(seconds))
    if len(seconds) > 1:
        assert found.p90 == pytest.approx(statistics.quantiles(seconds, n=10, method="inclusive")[8])


@pytest.mark.req("MET-03")
@hypothetically(st.lists(st.integers(0, 10**7), max_size=40))
def test_the_histogram_counts_every_incident_once(seconds):
    assert sum(row.count for row in rules.histogram(seconds)) == len(seconds)


@hypothetically(st.lists(st.integers(0, 10**7), max_size=40), st.lists(st.integers(0, 10**7), max_size=40))
def test_the_plot_stays_inside_its_box_and_never_falls(now, before):
    drawn = rules.plot(
        rules.distribution(dt.timedelta(seconds=one) for one in now),
        rules.distribution(dt.timedelta(seconds=one) for one in before),
    )
    for path in (drawn.now, drawn.then):
        xs = [float(part.partition("V")[0]) for part in path.split("H")[1:]]
        ys = [float(part.partition("V")[2]) for part in path.split("H")[1:] if "V" in part]
        assert xs == sorted(xs)
        assert ys == sorted(ys, reverse=True)
        assert all(drawn.left <= x <= drawn.right for x in xs)
        assert all(drawn.top <= y <= drawn.bottom for y in ys)
    assert drawn.x_marks[0].at == drawn.left
    assert drawn.x_marks[-1].at == drawn.right


def test_equal_ratios_are_equal_distances_on_the_axis():
    drawn = rules.plot(rules.distribution(spans(1, 60)), rules.distribution([]))
    marks = {mark.label: mark.at for mark in drawn.x_marks}
    assert marks["10 min"] - marks["1 min"] == pytest.approx((marks["1 h"] - marks["1 min"]) * 0.5624, abs=0.5)
    assert drawn.then == ""
    assert drawn.then_dot is None


@pytest.mark.parametrize(
    ("n", "begins"), [(0, "No incident"), (1, "Only 1 incident:"), (4, "Only 4 incidents:"), (9, "9 incidents:"), (10, "")]
)
def test_small_numbers_are_said_to_be_small(n, begins):
    assert rules.caution(n).startswith(begins)
    assert bool(rules.caution(n)) is (n < 10)


def test_the_headline_compares_only_when_there_is_enough_to_compare():
    long, short = rules.distribution(spans(*[104] * 6)), rules.distribution(spans(*[52] * 6))
    assert rules.headline("Recovery", short, long) == "Recovery takes half as long as in the period before, or less"
    assert rules.headline("Recovery", short, rules.distribution(spans(104))) == "Recovery takes 52 min in the middle of 6 incidents"
    assert "nothing to report" in rules.headline("Recovery", rules.distribution([]), long)
