"""The truth report: what counts as in time, what a promise is, what green means; and seeded incidents with known percentages."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.incidents.given import fixing, house, later, resolved
from tests.statuspages.test_publishing import PARTS, published
from tocsin.incidents import commands as incidents
from tocsin.insights.truth import queries, rules
from tocsin.insights.truth.rules import Account, Score, Words
from tocsin.statuspages.clocks.rules import Limits

START = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
LIMITS = Limits(dt.timedelta(minutes=30), dt.timedelta(minutes=180))


def at(minutes: float) -> dt.datetime:
    return START + dt.timedelta(minutes=minutes)


def account(*said: float | tuple[float, float], over: float, owes: bool = True) -> Account:
    words = [Words(at(one[0]), at(one[1])) if isinstance(one, tuple) else Words(at(one)) for one in said]
    return rules.account(at(-4), START, at(over), words, LIMITS, owes_first=owes)


@pytest.mark.req("MET-09")
@pytest.mark.parametrize(("first", "score"), [(29, (1, 1)), (30, (1, 1)), (30.1, (0, 1)), (31, (0, 1))])
def test_first_words_are_in_time_until_the_thirtieth_minute(first: float, score: tuple[int, int]) -> None:
    found = account(first, over=first)
    assert (found.first.kept, found.first.of) == score
    assert found.first_after == dt.timedelta(minutes=first + 4)


@pytest.mark.req("MET-09")
@pytest.mark.parametrize(("gap", "kept"), [(179, True), (180, True), (180.1, False), (181, False)])
def test_silence_is_in_time_until_the_hundred_and_eightieth_minute(gap: float, kept: bool) -> None:
    found = account(5, 5 + gap, over=5 + gap)
    assert found.intervals == Score(int(kept), 1)
    assert found.longest is not None
    assert found.longest.lasted == dt.timedelta(minutes=gap)


def test_words_that_are_still_owed_count_once_they_are_late() -> None:
    assert account(over=29).first == Score(0, 0)
    assert account(over=30).first == Score(0, 1)
    assert account(over=400, owes=False).first == Score(0, 0)
    assert account(5, over=100).intervals == Score(0, 0)
    assert account(5, over=186).intervals == Score(0, 1)


@pytest.mark.parametrize(
    ("following", "score"), [(59, (1, 1)), (60, (1, 1)), (60.9, (1, 1)), (61, (0, 1)), (None, (0, 0)), (-1, (0, 1))]
)
def test_a_promise_names_a_minute(following: float | None, score: tuple[int, int]) -> None:
    """None: nothing was said yet and its time is to come; -1: nothing was said and it has passed."""
    if following is None or following < 0:
        found = account((5, 60), over=50 if following is None else 61)
    else:
        found = account((5, 60), following, over=following)
    assert (found.promises.kept, found.promises.of) == score


def test_green_is_what_nobody_showed_of_the_known_impact() -> None:
    spells = [(at(-30), at(10)), (at(20), at(40)), (at(30), at(50)), (at(90), at(200))]
    assert rules.green((at(0), at(100)), spells) == dt.timedelta(minutes=10 + 40)
    assert rules.green((at(0), at(100)), []) == dt.timedelta(minutes=100)
    assert rules.green((at(0), at(100)), [(at(-1), at(101))]) == dt.timedelta(0)


minutes = some.integers(0, 3000)


@given(some.lists(some.tuples(minutes, some.none() | minutes), max_size=12), minutes)
def test_no_score_is_beyond_what_could_be_kept(said: list[tuple[int, int | None]], over: int) -> None:
    words = [Words(at(when), at(promised) if promised is not None else None) for when, promised in said]
    found = rules.account(START, START, at(over), words, LIMITS, owes_first=True)
    for score in (found.first, found.intervals, found.promises):
        assert 0 <= score.kept <= score.of
        assert score.percent is None or (score.percent == 100) == (score.kept == score.of)
    assert len(found.silences) == len(words)
    assert all(one.lasted >= dt.timedelta(0) for one in found.silences)


@pytest.mark.django_db
@pytest.mark.req("MET-09")
def test_seeded_late_and_timely_incidents_give_the_right_percentages() -> None:
    there = house()
    timely = fixing(there)
    published(there, timely, now=later(10), next_update_at=later(100))
    published(there, timely, now=later(90), next_update_at=later(200), internal=PARTS, confirmation="second")
    late = fixing(there)
    published(there, late, external=None, now=later(20), next_update_at=later(60))
    published(there, late, now=later(230), next_update_at=later(300), internal=PARTS, confirmation="second")
    drill = incidents.declare(there.actor("ben"), summary="Only a drill", severity=1, drill=True, now=later(0))
    found = queries.report(there.actor("ben"), later(-60), later(250))
    assert drill not in [row.incident for row in found.rows]
    assert (found.first.kept, found.first.of, found.first.percent) == (3, 4, 75)
    assert (found.intervals.kept, found.intervals.of, found.intervals.percent) == (2, 3, 67)
    assert (found.promises.kept, found.promises.of) == (2, 5)
    row = queries.of_incident(there.actor("ben"), late, later(250))
    assert row.outside is not None
    assert row.outside.first == Score(0, 1)
    assert row.inside.longest is not None
    assert row.inside.longest.lasted == dt.timedelta(minutes=210)


@pytest.mark.django_db
def test_a_private_incident_owes_customers_nothing_and_is_seen_by_its_members_only() -> None:
    there = house()
    incident = fixing(there)
    incidents.change_fields(there.actor("ben"), incident, private=True, now=later(1))
    row = queries.report(there.actor("ben"), later(-60), later(250)).rows[0]
    assert (row.outside, row.green) == (None, None)
    assert queries.report(there.actor("sven"), later(-60), later(250)).rows == ()


@pytest.mark.django_db
def test_what_is_over_is_judged_to_its_end_and_no_further() -> None:
    there = house()
    incident = resolved(there, fixing(there))
    early, much_later = (queries.of_incident(there.actor("ben"), incident, later(minutes)) for minutes in (2_000, 20_000))
    assert early.inside == much_later.inside
