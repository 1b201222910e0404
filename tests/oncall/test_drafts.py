"""Who is on call differently when a draft is saved."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import company
from tests.conftest import NOW
from tocsin.core.actor import SYSTEM
from tocsin.directory.models import Person
from tocsin.oncall import commands, queries
from tocsin.oncall.compiling import rules_of
from tocsin.oncall.drafts import Difference, differences, with_layer
from tocsin.oncall.models import Rotation, Schedule
from tocsin.oncall.rules import Compiled, seconds
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


WEEKS, HOURS = dt.timedelta(weeks=8), {"days": [4, 5, 6], "from": "22:00", "to": "06:00"}
FIRST = {"zone": "Europe/Vienna", "starts_on": dt.date(2026, 10, 5), "handover_time": dt.time(9), "unit": "days"}
TURNS = st.builds(
    commands.Turns,
    **{name: st.just(value) for name, value in FIRST.items()},
    lengths=st.lists(st.integers(1, 4), min_size=1, max_size=2),
    windows=st.sampled_from([[], [HOURS]]),
    ends_at=st.sampled_from([None, NOW + dt.timedelta(days=9)]),
)
PLACES = st.lists(st.lists(st.integers(0, 2), unique=True, max_size=2), min_size=1, max_size=4).filter(any)


def three() -> list[Person]:
    found = list(Person.objects.order_by("name"))
    return found or [company.person(name) for name in ("Ada", "Ben", "Cho")]


def roster() -> Schedule:
    number = Schedule.objects.count()
    return company.schedule(company.team(f"Team {number}"), three()[0])


def saved_row(schedule: Schedule) -> list[Stretch]:
    return Compiled(rules_of([schedule.id])[schedule.id]).row(seconds(NOW), seconds(NOW + WEEKS))


def drafted_row(draft: ScheduleRule) -> list[Stretch]:
    return Compiled(draft).row(seconds(NOW), seconds(NOW + WEEKS))


def layer_of(schedule: Schedule, turns: commands.Turns, places: list[list[Person]]) -> Rotation:
    since = NOW - dt.timedelta(days=3)
    early = replace(turns, ends_at=None)
    made = commands.add_rotation(SYSTEM, schedule, name="Nights", turns=early, members=places, now=since)
    return commands.change_rotation(SYSTEM, made, name="Nights", turns=turns, members=places, now=since + dt.timedelta(days=1))


@pytest.mark.django_db
@settings(max_examples=20)
@given(turns=TURNS, before=PLACES, after=PLACES, fresh=st.booleans())
def test_what_is_shown_before_saving_is_what_saving_does(turns, before, after, fresh):
    people, schedule = three(), roster()
    old, new = ([[people[one] for one in place] for place in places] for places in (before, after))
    rotation = None if fresh else layer_of(schedule, turns, old)
    draft = with_layer(schedule, turns.checked(), new, instead_of=rotation, now=NOW)
    if rotation is None:
        commands.add_rotation(SYSTEM, schedule, name="Nights", turns=turns, members=new, now=NOW)
    else:
        commands.change_rotation(SYSTEM, rotation, name="Nights", turns=turns, members=new, now=NOW)
    assert differing(drafted_row(draft), saved_row(schedule)) == []


@pytest.mark.django_db
@settings(max_examples=20)
@given(turns=TURNS, first=PLACES, lists=st.lists(st.tuples(st.integers(-9, 9), PLACES), max_size=2, unique_by=lambda one: one[0]))
def test_a_layer_saved_as_it_is_changes_nothing(turns, first, lists):
    people, schedule = three(), roster()
    named = [(day, [[people[one] for one in place] for place in places]) for day, places in lists]
    rotation = layer_of(schedule, turns, [[people[one] for one in place] for place in first])
    for day, places in named:
        since, early = (NOW + dt.timedelta(days=day)).date(), NOW - dt.timedelta(days=9)
        commands.change_members(SYSTEM, rotation, members=places, since=since, now=early)
    present, before = queries.turns_now(rotation, NOW), saved_row(schedule)
    draft = with_layer(schedule, turns.checked(), present, instead_of=rotation, now=NOW)
    assert differences(schedule, draft, NOW, NOW + WEEKS) == []
    commands.change_rotation(SYSTEM, rotation, name="Nights", turns=turns, members=present, now=NOW)
    assert differing(before, saved_row(schedule)) == []
