"""The walk and the retries as pure rules, years of them."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.paging import rules, wording
from tocsin.paging.rules import Plan, Step, Target, Walk

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)

names = st.sampled_from("abcdef")
targets = st.builds(Target, st.just(rules.SCHEDULE), names, names)
steps = st.builds(Step, st.integers(1, 60), st.lists(targets, min_size=1, max_size=3, unique=True).map(tuple))
plans = st.builds(rules.with_last_resort, st.lists(steps, max_size=5), st.integers(0, 4), st.just("Managers"))


def places(plan: Plan, count: int) -> list[tuple[int, int]]:
    walk, seen = Walk(), []
    for _ in range(count):
        seen.append((walk.cycle, walk.step))
        walk = rules.following(walk, plan)
    return seen


def test_the_steps_repeat_and_end_at_the_last_resort_which_follows_itself():
    plan = rules.with_last_resort([Step(5, ()), Step(5, ())], 1, "Managers")
    assert places(plan, 7) == [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (3, 2)]


def test_without_a_policy_the_last_resort_is_asked_first():
    assert places(rules.with_last_resort([], 3, "Managers"), 3) == [(0, 0), (1, 0), (2, 0)]


@settings(max_examples=100, deadline=None)
@given(plan=plans)
def test_a_snapshot_gives_back_the_plan(plan):
    assert rules.plan_of(rules.snapshot_of("policy", "x", plan)) == plan


@settings(max_examples=100, deadline=None)
@given(plan=plans)
def test_every_target_is_asked_as_often_as_the_policy_says_then_the_last_resort(plan):
    regular = len(plan.steps) - 1
    walked = places(plan, regular * (plan.repeats + 1) + 3)
    assert [step for _, step in walked[: regular * (plan.repeats + 1)]] == list(range(regular)) * (plan.repeats + 1)
    assert {step for _, step in walked[regular * (plan.repeats + 1) :]} == {regular}


@settings(max_examples=40, deadline=None)
@given(
    plan=plans,
    rota=st.dictionaries(names, st.lists(st.sampled_from("uvwxyz"), max_size=2), max_size=6),
    lags=st.lists(st.integers(0, 30), min_size=1, max_size=20),
    urgency=st.sampled_from((rules.HIGH, rules.LOW)),
)
def test_a_year_of_silence_always_has_a_next_step_and_calls_the_last_resort_for_ever(plan, rota, lags, urgency):
    """The engine comes late by up to 30 minutes; still the next action lies ahead, and nobody waits longer than four hours."""
    walk, due, now, calls = Walk(), NOW, NOW, []
    for round_ in range(1000):
        now = max(now, due) + lags[round_ % len(lags)] * MINUTE
        found = [
            (one, ["imogen"] if one.kind == rules.LAST_RESORT else rota.get(one.id, [])) for one in plan.steps[walk.step].targets
        ]
        outcome = rules.step(walk, plan, found, urgency=urgency, now=now)
        assert outcome.due_at >= now
        assert outcome.due_at - now <= dt.timedelta(hours=4)
        assert (outcome.due_at == now) == (not outcome.called), "only a gap is followed at once"
        assert len({one.person for one in outcome.called}) == len(outcome.called)
        calls += [one.person for one in outcome.called]
        walk, due = outcome.walk, outcome.due_at
        if now - NOW > dt.timedelta(days=365):
            break
    assert calls[-1] == "imogen"


@settings(max_examples=100, deadline=None)
@given(plan=plans, late=st.timedeltas(dt.timedelta(0), dt.timedelta(days=400)))
def test_a_clock_that_jumps_ahead_costs_one_step_and_the_next_waits_its_full_time(plan, late):
    found = [(target, ["ana"]) for target in plan.steps[0].targets]
    outcome = rules.step(Walk(), plan, found, urgency=rules.HIGH, now=NOW + late)
    assert outcome.walk == rules.following(Walk(), plan)
    assert outcome.due_at == NOW + late + rules.wait_after(Walk(), plan, rules.HIGH)


def test_who_passed_on_is_left_out_but_not_at_the_last_resort():
    plan = rules.with_last_resort([Step(5, (Target(rules.PERSON, "ana", "Ana"),))], 0, "Managers")
    unwilling = frozenset({"ana"})
    first = rules.step(Walk(), plan, [(plan.steps[0].targets[0], ["ana"])], urgency="high", now=NOW, unwilling=unwilling)
    last = rules.step(first.walk, plan, [(plan.steps[1].targets[0], ["ana"])], urgency="high", now=NOW, unwilling=unwilling)
    assert (first.called, first.due_at) == ((), NOW)
    assert [one.person for one in last.called] == ["ana"]


def test_even_without_anybody_the_last_resort_is_looked_up_again_each_minute():
    plan = rules.with_last_resort([], 0, "Managers")
    outcome = rules.step(Walk(), plan, [(plan.steps[0].targets[0], [])], urgency="high", now=NOW)
    assert outcome.due_at == NOW + MINUTE


def test_the_last_resort_is_exhausted_once_when_it_is_asked_the_second_time():
    plan, walk, told = rules.with_last_resort([Step(1, ())], 2, "Managers"), Walk(), []
    for _ in range(8):
        found = [(target, ["ana"]) for target in plan.steps[walk.step].targets]
        outcome = rules.step(walk, plan, found, urgency="high", now=NOW)
        told.append(outcome.exhausted)
        walk = outcome.walk
    assert told == [False] * 4 + [True] + [False] * 3


@settings(max_examples=200, deadline=None)
@given(
    tries=st.integers(1, 10_000),
    age=st.timedeltas(dt.timedelta(0), dt.timedelta(days=3)),
    draw=st.floats(0, 1, exclude_max=True),
    urgency=st.sampled_from((rules.HIGH, rules.LOW)),
    permanent=st.booleans(),
)
def test_a_failed_message_is_tried_again_within_minutes_or_given_up_for_another_way(tries, age, draw, urgency, permanent):
    verdict = rules.after_failure(permanent=permanent, tries=tries, urgency=urgency, page_age=age, now=NOW, draw=draw)
    if verdict.retry_at is None:
        assert permanent or age >= rules.GIVE_UP_AFTER
        assert verdict.other_way
    else:
        assert dt.timedelta(seconds=1) < verdict.retry_at - NOW <= dt.timedelta(minutes=6)
        assert verdict.other_way == (urgency == rules.HIGH)


def test_a_link_ends_after_72_hours_or_a_day_after_the_end_whatever_is_first():
    assert rules.token_expiry(NOW, None) == NOW + dt.timedelta(hours=72)
    assert rules.token_expiry(NOW, NOW + dt.timedelta(hours=1)) == NOW + dt.timedelta(hours=25)
    assert rules.token_expiry(NOW, NOW + dt.timedelta(hours=71)) == NOW + dt.timedelta(hours=72)


def test_the_subject_says_severity_number_service_and_title():
    card = {"key": "#4821", "severity": "SEV1", "title": "5xx 38 %", "service": "checkout-api"}
    assert wording.subject(card, "high") == "[SEV1 #4821] checkout-api: 5xx 38 %"
    assert wording.short_text({**card, "severity": "critical"}, "high") == "CRITICAL checkout-api: 5xx 38 % #4821"
    assert wording.subject({"title": "Checkout-API is slow", "service": "checkout-api"}, "low") == "[LOW] Checkout-API is slow"


@settings(max_examples=200, deadline=None)
@given(title=st.text(), service=st.text(), key=st.text(), severity=st.one_of(st.text(), st.integers(), st.none()))
def test_no_text_of_a_sender_makes_a_second_line_or_turns_the_reading_direction(title, service, key, severity):
    card = {"title": title, "service": service, "key": key, "severity": severity}
    for text in (wording.subject(card, "high"), wording.short_text(card, "high")):
        assert len(text.splitlines()) <= 1
        assert not set(text) & set("\r\n\0\u202e\u2066\u2069\ud800")
        assert len(text) <= wording.SHORT_LIMIT
        text.encode()


hook = Target(rules.WEBHOOK, "whk", "Chat")
mixed = st.builds(
    Step, st.integers(1, 60), st.lists(st.one_of(targets, st.just(hook)), min_size=1, max_size=3, unique=True).map(tuple)
)
mixed_plans = st.builds(rules.with_last_resort, st.lists(mixed, max_size=5), st.integers(0, 2), st.just("Managers"))


@settings(max_examples=100, deadline=None)
@given(plan=mixed_plans, rota=st.dictionaries(names, st.lists(st.sampled_from("uvwxyz"), max_size=2), max_size=6))
def test_webhooks_change_nothing_of_who_is_paged_and_when(plan, rota):
    """The walk is that of the same policy without them; a step of webhooks alone takes no time and calls them all."""

    def walk(plan, places):
        at, now, told, called = Walk(), NOW, [], 0
        for _ in range(places):
            step = plan.steps[at.step]
            found = [(one, ["i"] if one.kind == rules.LAST_RESORT else rota.get(one.id, [])) for one in step.targets]
            outcome = rules.step(at, plan, found, urgency=rules.HIGH, now=now)
            told += [(now, one.person) for one in outcome.called]
            called += len(outcome.webhooks)
            assert all(gap.kind != rules.WEBHOOK for gap in outcome.gaps)
            assert rules.wait_after(at, plan, rules.HIGH) == dt.timedelta(0) or step.asks_somebody
            at, now = outcome.walk, outcome.due_at
        return told, called

    rounds = plan.repeats + 1 if len(plan.steps) > 1 else 1
    bare = tuple(Step(one.wait_minutes, tuple(t for t in one.targets if t.kind != rules.WEBHOOK)) for one in plan.steps[:-1])
    same = rules.Plan((*(one for one in bare if one.targets), plan.steps[-1]), plan.repeats)
    told, called = walk(plan, (len(plan.steps) - 1) * rounds + 1)
    assert told == walk(same, (len(same.steps) - 1) * rounds + 1)[0]
    assert called == rounds * sum(one.kind == rules.WEBHOOK for step in plan.steps for one in step.targets)


def test_who_comes_next_is_never_a_webhook():
    people = Step(5, (Target(rules.PERSON, "a", "Ada"),))
    plan = rules.with_last_resort([people, Step(5, (hook,)), Step(5, (hook,)), people], 0, "Managers")
    assert rules.following_people(Walk(0, 0), plan) == Walk(0, 3)
    alone = rules.with_last_resort([Step(5, (hook,))], 2, "Managers")
    assert rules.following_people(Walk(0, 0), alone) == Walk(2, 1)
    assert rules.asks_first(alone, "", is_last_resort=True)
