"""When words are due: 30 minutes, 180 minutes, a promise that is sooner, and the steps of reminding."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.conftest import NOW
from tocsin.statuspages.clocks import rules

LIMITS = rules.Limits(dt.timedelta(minutes=30), dt.timedelta(minutes=180))


def after(minutes):
    return NOW + dt.timedelta(minutes=minutes)


@pytest.mark.req("ICO-09")
@pytest.mark.parametrize(("minutes", "overdue"), [(29, False), (30, True), (31, True)])
def test_the_first_words_are_due_after_thirty_minutes(minutes, overdue):
    clock = rules.Clock("internal", rules.first_due(NOW, LIMITS), None)
    assert clock.is_overdue(after(minutes)) == overdue


@pytest.mark.req("FCO-10")
@pytest.mark.parametrize("promise", [None, after(400)])
@pytest.mark.parametrize(("minutes", "overdue"), [(179, False), (180, True), (181, True)])
def test_no_page_is_silent_for_longer_than_three_hours(promise, minutes, overdue):
    clock = rules.Clock("external", rules.next_due(NOW, promise, LIMITS), NOW)
    assert clock.is_overdue(after(minutes)) == overdue


@pytest.mark.req("FCO-04", "FCO-10")
def test_a_promise_that_is_sooner_counts():
    assert rules.next_due(NOW, after(45), LIMITS) == after(45)


@pytest.mark.parametrize(
    ("minutes", "ahead"),
    [
        (0, {"before": 20, "due": 30, "late": 35}),
        (20, {"due": 30, "late": 35}),
        (31, {"due": 31, "late": 35}),
        (50, {"due": 50, "late": 50}),
    ],
)
def test_reminders_come_before_at_and_after_the_instant_and_at_once_when_it_has_passed(minutes, ahead):
    clock = rules.Clock("internal", after(30), None)
    assert rules.steps_ahead(clock, after(minutes)) == {step: after(at) for step, at in ahead.items()}
