"""Hand-overs across clock changes: expected values worked out by hand, the reason beside each."""

from __future__ import annotations

import datetime as dt
import itertools
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.oncall import rules
from tocsin.oncall.rules import OverrideRule, RotationRule, ScheduleRule, who

UTC = dt.UTC
CASES = [
    # zone, wall time, the UTC instant, why
    ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00", "02:00 jumps to 03:00: 02:30 does not exist, so the jump"),
    ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29 01:00", "the first wall time that does not exist is the jump itself"),
    ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00", "the first wall time after the jump"),
    ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30", "02:30 occurs twice; the first is still summer time"),
    ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00", "after the fold, winter time"),
    ("America/New_York", "2026-03-08 02:30", "2026-03-08 07:00", "the jump at 02:00 EST is 07:00 UTC"),
    ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30", "first of two: EDT"),
    ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30", "a jump of half an hour at 02:00 +10:30"),
    ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45", "first of two, at +11:00"),
    ("Asia/Kathmandu", "2026-01-01 00:00", "2025-12-31 18:15", "+05:45, no clock change"),
    ("Pacific/Chatham", "2026-09-27 03:00", "2026-09-26 14:00", "02:45 +12:45 jumps to 03:45"),
    ("America/Sao_Paulo", "2018-11-04 00:15", "2018-11-04 03:00", "midnight itself was skipped"),
    ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00", "a whole day was skipped at the date line"),
    ("Africa/Casablanca", "2026-02-15 02:30", "2026-02-15 01:30", "first of two: the clock goes back for Ramadan"),
    ("Asia/Tehran", "2026-07-01 09:00", "2026-07-01 05:30", "no summer time any more since 2022"),
    ("No/Such_Zone", "2026-07-01 09:00", "2026-07-01 09:00", "an unknown zone counts as UTC"),
]


def naive(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "wall", "expected", "why"), CASES)
def test_a_wall_time_stands_for_one_instant(zone, wall, expected, why):
    assert rules.instant_of(naive(wall), rules.zone_of(zone)) == utc(expected), why


@pytest.mark.parametrize("name", ["", "\0", "../../etc/passwd", "/etc/passwd", "Europe", "Mars/Base", "a" * 5000, "Europe/\ud800"])
def test_a_hostile_zone_name_is_utc_and_never_an_error(name):
    assert rules.zone_of(name) is UTC


def weekly(*members: str, zone="Europe/Berlin", starts="2026-01-05", at="09:00", weeks=1, position=0) -> RotationRule:
    return RotationRule(zone, dt.date.fromisoformat(starts), dt.time.fromisoformat(at), weeks, members, position)


@pytest.mark.req("PAG-07")
def test_turns_change_hands_at_the_wall_time_through_both_clock_changes():
    schedule = ScheduleRule((weekly("ana", "ben", "cho"),))
    assert who(schedule, utc("2026-01-05 08:00")).people == ("ana",)
    assert who(schedule, utc("2026-01-12 07:59:59")).people == ("ana",)
    assert who(schedule, utc("2026-01-12 08:00")).people == ("ben",)
    assert who(schedule, utc("2026-03-30 06:59")).people == ("cho",), "turn 11; summer time began the night before"
    assert who(schedule, utc("2026-03-30 07:00")).people == ("ana",), "turn 12 at 09:00 CEST"
    assert who(schedule, utc("2026-10-26 08:00")).people == ("ana",), "turn 42 at 09:00 CET again"
    assert who(schedule, utc("2026-10-26 07:59")).people == ("cho",)


def test_before_the_first_hand_over_there_is_a_gap_that_says_when_it_ends():
    cover = who(ScheduleRule((weekly("ana"),)), utc("2026-01-05 07:59"))
    assert cover.gap
    assert cover.people == ()
    assert cover.until == utc("2026-01-05 08:00")


def test_a_schedule_without_anything_is_a_gap_for_ever():
    assert who(ScheduleRule(), utc("2026-01-05 08:00")) == rules.Cover((), None, True)


@pytest.mark.req("PAG-08")
def test_an_override_counts_within_its_window_only():
    window = OverrideRule("zoe", utc("2026-01-06 10:00"), utc("2026-01-06 12:00"))
    schedule = ScheduleRule((weekly("ana", "ben"),), (window,))
    assert who(schedule, utc("2026-01-06 09:59")) == rules.Cover(("ana",), utc("2026-01-06 10:00"), False)
    assert who(schedule, utc("2026-01-06 10:00")) == rules.Cover(("zoe",), utc("2026-01-06 12:00"), False)
    assert who(schedule, utc("2026-01-06 12:00")) == rules.Cover(("ana",), utc("2026-01-12 08:00"), False)


def test_the_later_override_wins():
    early = OverrideRule("zoe", utc("2026-01-06 10:00"), utc("2026-01-06 12:00"))
    late = OverrideRule("yan", utc("2026-01-06 11:00"), utc("2026-01-06 13:00"))
    schedule = ScheduleRule((), (early, late))
    assert [(shift.start.hour, shift.end.hour, shift.people) for shift in
            rules.final_row(schedule, utc("2026-01-06 10:00"), utc("2026-01-06 14:00"))] == [
        (10, 11, ("zoe",)), (11, 13, ("yan",)), (13, 14, ())]  # fmt: skip


def test_a_higher_layer_with_somebody_wins_and_an_empty_one_is_transparent():
    low, empty = weekly("ana", "ben"), weekly(position=2)
    high = weekly("zoe", starts="2026-02-02", position=1)
    schedule = ScheduleRule((high, empty, low))
    assert who(schedule, utc("2026-01-06 10:00")).people == ("ana",)
    assert who(schedule, utc("2026-02-02 08:00")) == rules.Cover(("zoe",), None, False)


def test_until_is_when_the_people_change_not_when_a_turn_ends():
    assert who(ScheduleRule((weekly("ana", "ana", "ben"),)), utc("2026-01-05 08:00")).until == utc("2026-01-19 08:00")
    assert who(ScheduleRule((weekly("ana"),)), utc("2026-01-05 08:00")).until is None


@pytest.mark.parametrize("at", ["0001-01-01 00:00", "9999-12-31 23:59:59"])
def test_the_ends_of_the_calendar_give_an_answer(at):
    who(ScheduleRule((weekly("ana", "ben", zone="Pacific/Kiritimati"),)), utc(at))


ZONES = sorted(zoneinfo.available_timezones())
instants = st.datetimes(naive("1995-01-01"), naive("2045-01-01"), timezones=st.just(UTC))
rotations = st.builds(
    RotationRule,
    zone=st.sampled_from(ZONES),
    starts_on=st.dates(dt.date(2000, 1, 1), dt.date(2040, 1, 1)),
    handover_time=st.times().map(lambda time: time.replace(second=0, microsecond=0)),
    weeks=st.integers(1, 4),
    members=st.lists(st.sampled_from("abcde"), max_size=4).map(tuple),
    position=st.integers(0, 3),
)
spans = st.tuples(instants, st.timedeltas(dt.timedelta(minutes=1), dt.timedelta(days=30)))
overrides = st.builds(lambda person, span: OverrideRule(person, span[0], span[0] + span[1]), st.sampled_from("vwxyz"), spans)
schedules = st.builds(ScheduleRule, st.lists(rotations, max_size=3).map(tuple), st.lists(overrides, max_size=3).map(tuple))


@settings(max_examples=300, deadline=None)
@given(zone=st.sampled_from(ZONES), wall=st.datetimes(naive("1995-01-01"), naive("2037-01-01")))
def test_the_instant_is_the_first_whose_wall_clock_reads_that_or_later(zone, wall):
    zone = zoneinfo.ZoneInfo(zone)
    found = rules.instant_of(wall, zone)
    read = found.astimezone(zone).replace(tzinfo=None, fold=0)
    before = (found - dt.timedelta(microseconds=1)).astimezone(zone).replace(tzinfo=None, fold=0)
    assert read >= wall
    assert before < wall


@settings(max_examples=200, deadline=None)
@given(rotation=rotations.filter(lambda rotation: rotation.members), instant=instants)
def test_every_instant_lies_in_exactly_one_turn(rotation, instant):
    turn = rules.turn_at(rotation, instant)
    if turn is None:
        assert instant < rules.handover(rotation, 0)
    else:
        assert rules.handover(rotation, turn) <= instant < rules.handover(rotation, turn + 1)


@settings(max_examples=150, deadline=None)
@given(schedule=schedules, instant=instants)
def test_the_answer_holds_from_now_until_just_before_it_says(schedule, instant):
    cover = who(schedule, instant)
    assert cover.gap == (not cover.people)
    if cover.until is None:
        return
    assert cover.until > instant
    assert rules.people_at(schedule, cover.until - dt.timedelta(microseconds=1)) == cover.people
    assert rules.people_at(schedule, instant + (cover.until - instant) / 2) == cover.people
    assert rules.people_at(schedule, cover.until) != cover.people


@settings(max_examples=100, deadline=None)
@given(schedule=schedules, entry=overrides, instant=instants)
def test_a_new_override_changes_nothing_outside_its_window(schedule, entry, instant):
    more = ScheduleRule(schedule.rotations, (*schedule.overrides, entry))
    inside = entry.starts_at <= instant < entry.ends_at
    assert rules.people_at(more, instant) == ((entry.person,) if inside else rules.people_at(schedule, instant))


@settings(max_examples=40, deadline=None)
@given(schedule=schedules, since=instants)
def test_the_final_row_has_no_holes_and_agrees_with_who_at_every_edge(schedule, since):
    until = since + dt.timedelta(days=120)
    row = list(rules.final_row(schedule, since, until))
    assert row[0].start == since
    assert row[-1].end == until
    assert all(one.end == after.start for one, after in itertools.pairwise(row))
    assert all(who(schedule, shift.start).people == shift.people for shift in row)
