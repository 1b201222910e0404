"""What holds for every schedule: the rules agree with an oracle that steps through the minutes, and with themselves."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oncall import oracle
from tests.oncall.rotas import MOMENTS, Scene, instants, layers, minute_of, overrides, scenes
from tests.oncall.test_zones import ZONES
from tocsin.oncall.rules import Change, Compiled, LayerRule, OverrideRule, ScheduleRule, Stretch, instant
from tocsin.oncall.rules.layers import Layer
from tocsin.oncall.rules.schedules import overlay, painted

few, some, many = (settings(max_examples=number) for number in (6, 30, 2000))


def spelled(row: list[Stretch], step: int = 60) -> list[oracle.Answer]:
    """A row as one answer for each step."""
    return [(one.people, one.source) for one in row for _ in range(one.start, one.end, step)]


def agrees(scene: Scene) -> None:
    """The row and `who` say at every minute what the oracle says."""
    expected = oracle.answers(scene.rule, scene.begin, scene.since, scene.until)
    schedule = Compiled(scene.rule)
    row = schedule.row(scene.since * 60, scene.until * 60)
    found = spelled(row)
    wrong = [place for place, (one, other) in enumerate(zip(found, expected, strict=True)) if one != other]
    assert not wrong, f"{instant((scene.since + wrong[0]) * 60)}: {found[wrong[0]]}, the oracle says {expected[wrong[0]]}"
    for stretch in row:
        for at in (stretch.start, stretch.end - 1):
            assert_who(schedule, scene, expected, at)


def assert_who(schedule: Compiled, scene: Scene, expected: list[oracle.Answer], at: int) -> None:
    cover, stretch = schedule.who(instant(at)), schedule.stretch_at(at)
    place = at // 60 - scene.since
    assert (cover.people, cover.source) == (stretch.people, stretch.source) == expected[place]
    said = cover.people, cover.gap
    assert said == (expected[place][0], expected[place] == ((), ""))
    changed = (number for number in range(place, len(expected)) if (expected[number][0], expected[number] == ((), "")) != said)
    change = next(changed, None)
    if change is not None:
        assert cover.until == instant((scene.since + change) * 60)
    else:
        assert cover.until is None or cover.until >= instant(scene.until * 60)


@some
@given(scenes())
def test_the_rules_agree_with_the_oracle(scene: Scene):
    agrees(scene)


@few
@given(scenes(months=True))
def test_the_rules_agree_with_the_oracle_on_months(scene: Scene):
    agrees(scene)


@pytest.mark.soak
@many
@given(scenes(anywhere=True))
def test_the_rules_agree_with_the_oracle_in_any_zone_and_year(scene: Scene):
    agrees(scene)


@pytest.mark.soak
@settings(max_examples=800)
@given(scenes(months=True, anywhere=True))
def test_the_rules_agree_with_the_oracle_on_months_in_any_zone_and_year(scene: Scene):
    agrees(scene)


BERLIN = minute_of("2026-03-29")
ROTAS = st.sampled_from(MOMENTS).flatmap(lambda moment: layers("l0", moment[0], BERLIN))


@some
@given(ROTAS)
def test_a_layer_covers_all_of_its_hours_and_nothing_else(rule: LayerRule):
    rule = dataclasses.replace(rule, slots=(("ana",), ("ben",)), changes=(), since=None, until=None)
    begin = Layer(rule).handover(0)
    read = oracle.readings(rule.zone, begin // 60, BERLIN + 3 * 1440)
    covered = [one[0] != () for one in spelled(Compiled(ScheduleRule((rule,))).row(begin, (BERLIN + 3 * 1440) * 60))]
    assert covered == [oracle.is_open(rule, wall) for wall in read]


@some
@given(ROTAS, st.integers(-8, 3), st.data())
def test_removing_a_member_moves_no_turn_before_the_change(rule: LayerRule, day: int, data: st.DataObject):
    before = [change for change in rule.changes if change.day < (BERLIN + day * 1440) * 60]
    slots = max(before, key=lambda change: change.day).slots if before else rule.slots
    gone = data.draw(st.sampled_from([*slots, ("nobody of these",)]))
    rule = dataclasses.replace(rule, changes=tuple(before))
    change = Change((BERLIN + day * 1440) * 60, tuple(slot for slot in slots if slot != gone))
    changed = dataclasses.replace(rule, changes=(*before, change))
    since, midnight = (BERLIN - 10 * 1440) * 60, Layer(rule)._clock.to_instant(change.day)
    old, new = (Compiled(ScheduleRule((one,))).row(since, midnight) for one in (rule, changed))
    assert old == new
    later = Compiled(ScheduleRule((changed,))).row(midnight, midnight + 86_400 * 30)
    shift = Layer(rule).shift_at(midnight - 1)
    effect = Layer(rule).handover(0 if shift is None else shift + 1)
    assert not any(gone == one.people for one in later if one.start >= effect and one.people)


@some
@given(scenes(), st.data())
def test_an_override_counts_within_its_window_only(scene: Scene, data: st.DataObject):
    start = data.draw(instants((scene.since + scene.until) // 2))
    more = OverrideRule("new", ("yan",), start, start + 7200)
    row, with_it = (
        Compiled(ScheduleRule(scene.rule.layers, (*scene.rule.overrides, *extra), scene.rule.absent)).row(
            start - 86_400, start + 86_400
        )
        for extra in ((), (more,))
    )
    for place, (without, found) in enumerate(zip(spelled(row), spelled(with_it), strict=True)):
        assert found == ((("yan",), "new") if 1440 <= place < 1560 else without)


@some
@given(scenes())
def test_rows_have_no_holes_and_may_be_cut_anywhere(scene: Scene):
    schedule, middle = Compiled(scene.rule), (scene.since + scene.until) * 30
    whole = schedule.row(scene.since * 60, scene.until * 60)
    assert (whole[0].start, whole[-1].end) == (scene.since * 60, scene.until * 60)
    assert all(one.start < one.end == after.start for one, after in itertools.pairwise(whole))
    halves = schedule.row(scene.since * 60, middle) + schedule.row(middle, scene.until * 60)
    assert spelled(whole) == spelled(halves)


@settings(max_examples=100)
@given(st.sampled_from(ZONES), st.data())
def test_every_instant_lies_in_exactly_one_shift(zone: str, data: st.DataObject):
    layer = Layer(data.draw(layers("l0", zone, BERLIN, data.draw(st.booleans()))))
    at = data.draw(st.integers(BERLIN * 60, BERLIN * 60 + 40 * 365 * 86_400))
    shift = layer.shift_at(at)
    if shift is None:
        assert at < layer.handover(0)
    else:
        assert layer.handover(shift) <= at < layer.handover(shift + 1)


ENTRIES = st.lists(st.tuples(st.sampled_from([(), ("a",), ("b",)]), st.integers(0, 20), st.integers(1, 12)), max_size=6)
ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5), st.sampled_from([(), ("a",), ("b",)])), max_size=6)


@settings(max_examples=200)
@given(ENTRIES, st.integers(0, 10), st.integers(1, 25))
def test_painting_leaves_the_latest_entry_at_each_second(entries: list[tuple[tuple[str, ...], int, int]], since: int, length: int):
    rules = [OverrideRule(f"o{number}", people, start, start + long) for number, (people, start, long) in enumerate(entries)]
    chosen = [one for one in rules if one.start < since + length and one.end > since]
    found = {at: one.source for one in painted(chosen, since, since + length) for at in range(one.start, one.end)}
    assert found == {at: one.id for one in rules for at in range(max(one.start, since), min(one.end, since + length))}


@settings(max_examples=200)
@given(ROWS, ROWS)
def test_overlaying_lets_the_upper_row_win_at_each_second(
    below: list[tuple[int, int, tuple[str, ...]]], above: list[tuple[int, int, tuple[str, ...]]]
):
    lower, upper = laid(below, "below"), laid(above, "above")
    row = overlay(lower, upper)
    found = {at: one[2:] for one in row for at in range(one.start, one.end)}
    assert found == {at: one[2:] for one in [*lower, *upper] for at in range(one.start, one.end)}
    assert all(one.end <= after.start for one, after in itertools.pairwise(row))


def laid(parts: list[tuple[int, int, tuple[str, ...]]], source: str) -> list[Stretch]:
    """Stretches one after the other, each so far after the one before and so long."""
    row, at = [], 0
    for space, length, people in parts:
        row.append(Stretch(at + space, at + space + length, people, source))
        at += space + length
    return row


@some
@given(overrides(BERLIN, 0), instants(BERLIN))
def test_an_override_of_a_layer_that_is_not_there_says_nothing(one: OverrideRule, at: int):
    assert Compiled(ScheduleRule((), (one._replace(layer="gone"),))).who(instant(at)).gap
