"""The table of the time rules, worked out by hand, and what lies at the edges of a schedule and of the calendar."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pytest

from docs.build import time_rules_page
from tests.oncall.clock_cases import GAP, NOBODY, Case, Rota, utc
from tests.oncall.clock_table import TABLE
from tocsin.oncall.rules import HORIZON, Compiled, Cover, LayerRule, OverrideRule, ScheduleRule, Window, instant, is_open
from tocsin.oncall.rules.layers import Layer

PAGE = Path(__file__).resolve().parents[2] / "docs" / "users" / "time-rules.md"
CASES = [case for cases in TABLE.values() for case in cases]
WEEK = 7 * 86_400


def said(people: tuple[str, ...], gap: bool) -> str:
    return "+".join(people) or (GAP if gap else NOBODY)


def weekly(members: str, first: str = "2026-01-05 09:00", zone: str = "Europe/Berlin") -> LayerRule:
    return Rota(zone, first, "1 week", members).rule("base")


@pytest.mark.req("PAG-07", "PAG-08")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_the_table_of_time_rules_holds(case: Case):
    schedule = Compiled(case.rule())
    for at, expected in case.answers():
        cover = schedule.who(instant(at))
        assert said(cover.people, cover.gap) == expected, f"{instant(at)}: {case.why}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_the_row_says_the_same_as_the_table(case: Case):
    asked = list(case.answers())
    row = Compiled(case.rule()).row(asked[0][0] - WEEK, asked[-1][0] + WEEK)
    for at, expected in asked:
        (stretch,) = [one for one in row if one.start <= at < one.end]
        assert said(stretch.people, stretch.gap) == expected, f"{instant(at)}: {case.why}"


def test_the_page_of_the_documentation_holds_this_table():
    assert PAGE.read_text() == time_rules_page(), "run `make docs`"
    assert len(CASES) >= 40


def test_a_schedule_without_anything_is_a_gap_for_ever():
    assert Compiled(ScheduleRule()).who(instant(utc("2026-01-05 08:00"))) == Cover((), None, True)


def test_before_the_first_hand_over_there_is_a_gap_that_says_when_it_ends():
    cover = Compiled(ScheduleRule((weekly("ana"),))).who(instant(utc("2026-01-05 07:59")))
    assert cover == Cover((), instant(utc("2026-01-05 08:00")), True)


def test_until_is_when_the_people_change_not_when_a_turn_ends():
    at = instant(utc("2026-01-05 08:00"))
    assert Compiled(ScheduleRule((weekly("ana ana ben"),))).who(at).until == instant(utc("2026-01-19 08:00"))
    assert Compiled(ScheduleRule((weekly("ana"),))).who(at).until is None


@pytest.mark.parametrize("ahead", [1, HORIZON - 1, HORIZON, HORIZON + 1])
def test_a_change_is_foretold_when_it_comes_before_the_horizon_however_long_what_follows_lasts(ahead: int):
    at = utc("2026-01-05 08:00")
    schedule = Compiled(ScheduleRule((weekly("ana"),), (OverrideRule("o", ("zoe",), at + ahead, at + ahead + 2 * HORIZON),)))
    assert schedule.who(instant(at)).until == (instant(at + ahead) if ahead < HORIZON else None)


def test_nobody_on_purpose_and_a_gap_are_told_apart_by_until():
    at = utc("2026-01-05 08:00")
    schedule = Compiled(ScheduleRule((), (OverrideRule("o", (), at, at + 3600),)))
    assert schedule.who(instant(at)) == Cover((), instant(at + 3600), False, "o")
    assert schedule.who(instant(at - 1)) == Cover((), instant(at), True)


def test_parts_of_a_second_belong_to_the_second_they_are_in():
    schedule = Compiled(ScheduleRule((weekly("ana ben"),)))
    just_before = instant(utc("2026-01-12 08:00")) - dt.timedelta(microseconds=1)
    assert schedule.who(just_before).people == ("ana",)


def test_an_instant_may_be_given_in_any_zone():
    schedule = Compiled(ScheduleRule((weekly("ana ben"),)))
    tokyo = dt.timezone(dt.timedelta(hours=9))
    assert schedule.who(dt.datetime(2026, 1, 12, 17, tzinfo=tokyo)).people == ("ben",)


@pytest.mark.parametrize("length", ["8 hours", "1 day", "2 weeks", "1 month"])
@pytest.mark.parametrize("hours", ["", "Mon-Fri 09:00-17:00"])
@pytest.mark.parametrize("at", ["0001-01-01", "1969-12-31", "2150-06-01", "9999-12-31 23:59:59.999999"])
@pytest.mark.parametrize("first", ["0001-01-01 00:00", "2026-01-31 09:00", "9999-12-31 23:59"])
def test_the_ends_of_the_calendar_give_an_answer(length: str, hours: str, at: str, first: str):
    for anchor in ("date", "weekday", "workday") if length == "1 month" else ("date",):
        rota = Rota("Pacific/Kiritimati", first, length, "ana ben", hours, anchor=anchor)
        Compiled(ScheduleRule((rota.rule("base"),))).who(dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC))


@pytest.mark.soak
def test_hours_of_a_far_year_are_not_counted_for_ever():
    rota = Rota("Pacific/Kiritimati", "1970-01-01 00:00", "1 hour", "ana ben", "Mon-Fri 09:00-17:00")
    Compiled(ScheduleRule((rota.rule("base"),))).who(dt.datetime(9999, 12, 1, tzinfo=dt.UTC))


def test_a_member_named_twice_who_loses_one_place_keeps_the_order_of_the_others():
    rota = Rota("UTC", "2026-01-05 09:00", "1 week", "ana ben ana cho", changes=("2026-01-13 ana ben cho",))
    row = Compiled(ScheduleRule((rota.rule("base"),))).row(utc("2026-01-05 09:00"), utc("2026-02-16 09:00"))
    assert [one.people[0] for one in row] == ["ana", "ben", "cho", "ana", "ben", "cho"]


def test_the_first_shift_begins_when_the_layer_does_whatever_the_anchor():
    rota = Rota("UTC", "2026-01-17 09:00", "1 month", "ana ben", "Mon-Fri 09:00-17:00", anchor="workday")
    layer = Layer(rota.rule("base"))
    assert [layer.handover(shift) for shift in (0, 1)] == [utc("2026-01-17 09:00"), utc("2026-02-02 09:00")]


def test_the_row_of_a_layer_has_holes_where_the_final_row_has_gaps():
    rota = Rota("UTC", "2026-01-05 00:00", "1 day", "ana", "Mon-Mon 09:00-17:00")
    schedule = Compiled(ScheduleRule((rota.rule("base"),)))
    since, until = utc("2026-01-05 00:00"), utc("2026-01-06 00:00")
    assert [(one.start - since, one.end - since) for one in schedule.layer_row("base", since, until)] == [(9 * 3600, 17 * 3600)]
    row = schedule.row(since, until)
    assert (row[0].start, row[-1].end) == (since, until)
    assert all(one.end == after.start for one, after in itertools.pairwise(row))
    with pytest.raises(KeyError):
        schedule.layer_row("another", since, until)


def test_hours_are_open_by_the_clock_of_their_zone():
    nights = (Window((4,), 22 * 3600, 6 * 3600),)
    assert is_open((), "Europe/Berlin", instant(0))
    assert is_open(nights, "Europe/Berlin", instant(utc("2026-10-24 03:59:59")))
    assert not is_open(nights, "Europe/Berlin", instant(utc("2026-10-24 04:00")))
