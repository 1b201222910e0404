"""Who is on call differently when a draft is saved."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import company
from tests.conftest import NOW
from tocsin.oncall.compiling import rules_of
from tocsin.oncall.drafts import Difference, differences
from tocsin.oncall.rules.drafts import compared, differing
from tocsin.oncall.rules.layers import LayerRule, Stretch
from tocsin.oncall.rules.schedules import OverrideRule, ScheduleRule

DAY = 86_400


@st.composite
def rows(draw: st.DrawFn) -> list[Stretch]:
    edges = sorted({0, 50, *draw(st.lists(st.integers(1, 49), max_size=6))})
    people = st.sampled_from([(), ("a",), ("b",), ("a", "b"), ("b", "a")])
    return [Stretch(start, end, draw(people), "x") for start, end in itertools.pairwise(edges)]


@given(before=rows(), after=rows())
def test_the_differences_are_those_of_every_single_second(before, after):
    def at(row, second):
        return next(set(one.people) for one in row if one.start <= second < one.end)

    found = {second for one in differing(before, after) for second in range(one.start, one.end)}
    assert found == {second for second in range(50) if at(before, second) != at(after, second)}


def test_the_same_rule_differs_nowhere_and_an_override_differs_for_its_time():
    rule = ScheduleRule((LayerRule("l", "UTC", 0, "days", (1,), (("a",), ("b",))),))
    assert compared(rule, rule, 0, 56 * DAY) == []
    draft = replace(rule, overrides=(OverrideRule("o", ("b",), DAY // 2, 2 * DAY),))
    assert compared(rule, draft, 0, 56 * DAY) == [(DAY // 2, DAY, ("a",), ("b",))]


@pytest.mark.django_db
def test_a_draft_is_compared_with_the_schedule_in_force_by_name():
    ada, ben = company.person("Ada"), company.person("Ben")
    schedule = company.schedule(company.team("Payments"), ada, ben)
    rule = rules_of([schedule.id])[schedule.id]
    turned = replace(rule, layers=(replace(rule.layers[0], slots=((ben.id,), (ada.id,))),))
    found = differences(schedule, turned, NOW, NOW + dt.timedelta(days=4))
    monday = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    assert found == [
        Difference(NOW, monday, ("Ben",), ("Ada",)),
        Difference(monday, NOW + dt.timedelta(days=4), ("Ada",), ("Ben",)),
    ]
    assert differences(schedule, rule, NOW, NOW + dt.timedelta(weeks=8)) == []
