"""The gap prover: the verdict equals asking every minute, and the counter-example says why."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.oncall.rules import findings, is_open
from tocsin.oncall.rules.layers import LayerRule, Window
from tocsin.oncall.rules.proof import Crew, Prover, StepRule, TargetRule
from tocsin.oncall.rules.schedules import Compiled, OverrideRule, ScheduleRule
from tocsin.oncall.rules.spans import common, union, without
from tocsin.oncall.rules.zones import instant, seconds

MINUTE, HOUR, DAY = 60, 3600, 86_400
SINCE = seconds(dt.datetime(2026, 3, 28, 22, tzinfo=dt.UTC))
"""Three hours before the clock jumps in Berlin."""
LENGTH = 8 * HOUR
PEOPLE = "abcd"

spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted).map(tuple), max_size=6)


def members(spans):
    return {second for start, end in spans for second in range(start, end)}


@given(one=spans, other=spans)
def test_sets_of_instants_are_sets(one, other):
    first, second = union(one), union(other)
    assert members(first) == members(one)
    assert all(left[1] < right[0] for left, right in itertools.pairwise(first))
    assert members(union(first, second)) == members(one) | members(other)
    assert members(common(first, second)) == members(one) & members(other)
    assert members(without(first, second)) == members(one) - members(other)


minutes = st.integers(-60, LENGTH // MINUTE + 60).map(lambda minute: SINCE + minute * MINUTE)
clock = st.integers(0, 1439).map(lambda minute: minute * MINUTE)
zones = st.sampled_from(["Europe/Berlin", "UTC", "America/New_York"])
windows = st.lists(st.builds(Window, st.just(tuple(range(7))), clock, clock), max_size=2).map(tuple)
slots = st.lists(st.sampled_from([("a",), ("b",), ("c", "d"), ()]), min_size=1, max_size=3).map(tuple)
layers = st.builds(
    LayerRule,
    id=st.sampled_from(["night", "day"]),
    zone=zones,
    first=st.integers(0, 1000).map(lambda minute: SINCE - 2 * DAY + minute * MINUTE),
    unit=st.just("hours"),
    lengths=st.lists(st.integers(1, 5), min_size=1, max_size=2).map(tuple),
    slots=slots,
    windows=windows,
)
overrides = st.builds(
    OverrideRule, st.just("o"), st.sampled_from([(), ("a",), ("d",)]), minutes, minutes, st.sampled_from(["", "night"])
).filter(lambda one: one.start < one.end)
schedules = st.builds(
    ScheduleRule,
    st.lists(layers, max_size=2, unique_by=lambda layer: layer.id).map(tuple),
    st.lists(overrides, max_size=2).map(tuple),
    st.sampled_from([(), (("a", SINCE + 2 * HOUR),)]),
)
targets = st.sampled_from(
    [
        TargetRule("schedule", "one"),
        TargetRule("schedule", "two"),
        *(TargetRule("person", one) for one in "abz"),
        TargetRule("team", "t"),
    ]
)
steps = st.lists(
    st.builds(
        StepRule, st.just(1), st.lists(targets, min_size=1, max_size=2).map(tuple), st.sampled_from(["", "low"]), windows, zones
    ),
    max_size=3,
)
crews = st.builds(
    Crew,
    active=st.frozensets(st.sampled_from(PEOPLE)),
    reached=st.frozensets(st.sampled_from(PEOPLE)),
    teams=st.sampled_from([{}, {"t": ("c",)}, {"t": ("b", "d")}]),
    roster=st.sampled_from(["", "two"]),
    members=st.sampled_from([(), ("c",)]),
    administrators=st.sampled_from([(), ("d",)]),
)


def said(target, rotas, crew, at):
    """`answers`, `fails` or `on purpose`, by the function that answers the pager."""
    if target.kind == "schedule":
        cover = rotas[target.id].who(instant(at))
        if not cover.people and not cover.gap:
            return "on purpose"
        people = cover.people
    elif target.kind == "team":
        people = crew.teams.get(target.id, ())
    else:
        people = [target.id] if target.id in crew.active else []
    return "answers" if any(person in crew.reached for person in people) else "fails"


def by_the_minute(rotas, crew, chosen, urgency):
    """The first minute that fails and the first that only the last resort answers."""
    failure = warning = None
    for at in range(SINCE, SINCE + LENGTH, MINUTE):
        counting = [one for one in chosen if one.urgency in ("", urgency) and is_open(one.windows, one.zone, instant(at))]
        words = {said(target, rotas, crew, at) for one in counting for target in one.targets}
        if "answers" in words:
            continue
        roster = rotas[crew.roster].who(instant(at)).people if crew.roster else ()
        resort = any(person in crew.reached for person in roster or crew.members or crew.administrators)
        failure = at if failure is None and not resort else failure
        warning = at if warning is None and words != {"on purpose"} else warning
    return failure, warning


@settings(max_examples=120)
@given(one=schedules, two=schedules, crew=crews, chosen=steps, urgency=st.sampled_from(["high", "low"]))
def test_the_verdict_is_that_of_asking_every_minute(one, two, crew, chosen, urgency):
    rotas = {"one": Compiled(one), "two": Compiled(two)}
    verdict = Prover(rotas, crew, SINCE, SINCE + LENGTH).verdict(chosen, urgency)
    starts = tuple(counter and counter.start for counter in verdict)
    assert starts == by_the_minute(rotas, crew, chosen, urgency)
    assert all(counter is None or (counter.start < counter.end and counter.reasons) for counter in verdict)


NAMES = {"night": "Night", "day": "Day", "s": "Payments", "b": "Ben", "i": "Imogen", "t": "Payments team"}
PHONE = {"b": "whose phone is not verified"}


def words(rule, chosen=(), *, crew=None, urgency="high", warning=False):
    """The counter-example of a policy with one schedule, from a Saturday evening on for 400 days."""
    until = SINCE + 400 * DAY
    rotas = {"s": Compiled(rule)}
    verdict = Prover(rotas, crew or Crew(active=frozenset("abi"), reached=frozenset("a")), SINCE, until).verdict(chosen, urgency)
    counter = verdict.warning if warning else verdict.failure
    return counter and findings.sentence(counter, "Checkout", "Europe/Berlin", NAMES, PHONE, until=until)


def layer(name="night", *people, windows=()):
    first = seconds(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return LayerRule(name, "Europe/Berlin", first, "days", (1,), tuple((one,) for one in people), windows=windows)


def step(number, kind, wanted, **more):
    return StepRule(number, (TargetRule(kind, wanted),), zone="Europe/Berlin", **more)


BEHIND = step(2, "person", "b")
EVERY_DAY = tuple(range(7))


def test_a_gap_in_the_night_of_the_clock_change_in_words():
    all_but = ScheduleRule((layer("night", "a", windows=(Window(EVERY_DAY, 4 * HOUR, 90 * MINUTE),)),))
    assert words(all_but, [step(1, "schedule", "s"), BEHIND]) == (
        "Sun 29 Mar 2026 01:30 (UTC+01:00) - 04:00 (UTC+02:00) Europe/Berlin, Checkout: step 1: no layer of Payments counts then; "
        "step 2 reaches Ben, whose phone is not verified; nobody is behind the last resort"
    )


def test_a_layer_without_anybody_is_named():
    rule = ScheduleRule((layer("night"),))
    assert words(rule, [step(1, "schedule", "s")]) == (
        "Sat 28 Mar 2026 23:00 Europe/Berlin and on, Checkout: step 1: layer Night of Payments has nobody; "
        "nobody is behind the last resort"
    )


def test_a_deactivated_person_leaves_a_gap_from_that_instant():
    rule = ScheduleRule((layer("night", "a"),), absent=(("a", SINCE + 26 * HOUR),))
    found = words(rule, [step(1, "schedule", "s"), step(2, "person", "x")])
    assert found is not None
    assert found.startswith("Mon 30 Mar 2026 02:00 Europe/Berlin and on, Checkout: step 1: layer Night of Payments has nobody")
    assert "step 2 names x, who is deactivated" in found


def test_a_step_limited_to_hours_answers_in_these_hours_only():
    hours = (Window((0, 1, 2, 3, 4), 9 * HOUR, 17 * HOUR),)
    found = words(ScheduleRule(), [step(1, "person", "a", windows=hours)])
    assert found == (
        "Sat 28 Mar 2026 23:00 to Mon 30 Mar 2026 09:00 Europe/Berlin, Checkout: no step of the policy counts then; "
        "nobody is behind the last resort"
    )


def test_a_step_for_one_urgency_leaves_the_other_alone():
    low = [step(1, "person", "a", urgency="low")]
    assert words(ScheduleRule(), low, urgency="low") is None
    assert "no step of the policy counts then" in (words(ScheduleRule(), low) or "")


def test_a_team_answers_when_one_of_its_members_can_be_reached():
    whole = Crew(active=frozenset("ab"), reached=frozenset("a"), teams={"t": ("b", "a")})
    part = Crew(active=frozenset("ab"), reached=frozenset("a"), teams={"t": ("b",)})
    none = Crew(active=frozenset("ab"), reached=frozenset("a"))
    asks = [step(1, "team", "t")]
    assert words(ScheduleRule(), asks, crew=whole) is None
    assert "step 1 reaches Ben, whose phone is not verified" in (words(ScheduleRule(), asks, crew=part) or "")
    assert "step 1 pages Payments team, a team without an active member" in (words(ScheduleRule(), asks, crew=none) or "")


def test_nobody_on_purpose_is_quiet_only_where_it_alone_is_why():
    christmas = OverrideRule("o", (), SINCE + DAY, SINCE + 2 * DAY)
    rule = ScheduleRule((layer("night", "a"),), (christmas,))
    backed = Crew(active=frozenset("abi"), reached=frozenset("ai"), administrators=("i",))
    asks = step(1, "schedule", "s")
    assert words(rule, [asks], crew=backed) is None
    assert words(rule, [asks], crew=backed, warning=True) is None
    loud = words(rule, [asks, BEHIND], crew=backed, warning=True)
    assert loud == (
        "Mon 30 Mar 2026 00:00 to Tue 31 Mar 2026 00:00 Europe/Berlin, Checkout: step 1: Payments has nobody on purpose; "
        "step 2 reaches Ben, whose phone is not verified"
    )
    assert words(rule, [asks]) is not None, "without a last resort nobody would be paged at all"


def test_the_last_resort_answers_with_whoever_is_on_call_else_with_its_members():
    resort = ScheduleRule((layer("day", "b", windows=(Window(EVERY_DAY, 9 * HOUR, 17 * HOUR),)),))
    crew = Crew(active=frozenset("abi"), reached=frozenset("a"), roster="s", members=("a", "b"))
    found = words(resort, [], crew=crew)
    assert found == (
        "Sun 29 Mar 2026 09:00-17:00 Europe/Berlin, Checkout: no step of the policy counts then; "
        "the last resort reaches Ben, whose phone is not verified"
    )
