"""What an edit changed, in the words that the audit log keeps."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import company
from tests.conftest import NOW
from tocsin.core.actor import SYSTEM
from tocsin.core.models import Event
from tocsin.oncall import commands, wording

OFFICE = [{"days": [0, 1, 2, 3, 4], "from": "09:00", "to": "17:00"}]


def step(*targets, wait=5, urgency="", windows=(), zone="UTC"):
    return {"wait_minutes": wait, "urgency": urgency, "windows": [*windows], "zone": zone, "targets": [*targets]}


def policy(*steps, name="P", repeats=1):
    return {"name": name, "repeats": repeats, "steps": [*steps]}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (policy(step("Ana")), policy(step("Ana")), []),
        (policy(step("Ana")), policy(step("Ana"), name="Q", repeats=3), ["name P → Q", "repeats 1 → 3"]),
        (
            policy(step("Ana"), step("Ben")),
            policy(step("Ana"), step("Ben", "schedule Night", wait=10)),
            ["step 2: delay 5 → 10 min; added schedule Night"],
        ),
        (policy(step("Ana", "Ben")), policy(step("Ana")), ["step 1: removed Ben"]),
        (policy(step("Ana")), policy(step("webhook Chat"), step("Ana")), ["added step 1: webhook Chat, then 5 min"]),
        (policy(step("Ana"), step("Ben")), policy(step("Ben")), ["removed step 1: Ana, then 5 min"]),
        (
            policy(step("Ana")),
            policy(step("Ana", urgency="low", windows=OFFICE, zone="Europe/Vienna")),
            ["step 1: urgency any → low; hours always → Mon-Fri 09:00-17:00 Europe/Vienna"],
        ),
    ],
)
def test_a_policy(before, after, words):
    assert wording.of_policy(before, after) == words


steps = st.lists(
    st.builds(step, st.sampled_from("abc"), wait=st.integers(1, 3), urgency=st.sampled_from(["", "high"])), min_size=1, max_size=5
)


@given(before=steps, after=steps)
def test_a_difference_is_never_passed_over_in_silence_and_none_is_made_up(before, after):
    words = wording.of_policy(policy(*before), policy(*after))
    assert bool(words) == (before != after)
    gone, come = (sum(one.startswith(verb) for one in words) for verb in ("removed", "added"))
    assert len(after) - len(before) == come - gone


def test_members_who_came_who_went_and_the_order():
    before, after = [["Ana"], ["Ben"]], [["Ben"], ["Ana", "Cho"], []]
    assert wording.of_members(before, after) == ["added Cho", "order Ben, then Ana and Cho, then nobody"]
    assert wording.of_members(before, before) == []
    assert wording.of_members(before, [["Ben"], ["Ana"]]) == ["order Ben, then Ana"]


def test_an_override_is_told_on_the_clock_of_its_schedule():
    span = (dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC), dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC))
    berlin = ZoneInfo("Europe/Berlin")
    assert wording.of_override("Ana", "Night", *span, berlin) == [
        "added override: Ana from 23 Nov 2026 09:00 to 24 Nov 2026 09:00 CET, in layer Night"
    ]
    assert wording.of_override("", "", *span, berlin, removed=True)[0].startswith("removed override: nobody, on purpose, from")


def said(name: str) -> list[str]:
    return Event.objects.filter(name=name).order_by("id").last().data["changes"]


@pytest.mark.django_db
def test_every_edit_of_a_policy_is_in_the_log_in_words(now):
    ada, ben = company.person("Ada"), company.person("Ben")
    team = company.team("Payments", ada, ben)
    night, service = company.schedule(team, ben, name="Night"), company.service("Checkout")
    made = commands.create_policy(SYSTEM, team=team, name="P", steps=[{"targets": [ada]}, {"targets": [team]}], now=now)
    assert said("policy.created") == ["added step 1: Ada, then 5 min", "added step 2: team Payments, then 5 min", "repeats 1"]
    steps = [{"targets": [ada]}, {"targets": [team, night], "wait_minutes": 10}]
    commands.change_policy(SYSTEM, made, name="P", steps=steps, repeats=1, now=now)
    assert said("policy.changed") == ["step 2: delay 5 → 10 min; added schedule Night"]
    commands.cover_service(SYSTEM, service, policy=made, now=now)
    assert said("service.covered") == ["policy none → P"]


@pytest.mark.django_db
def test_every_edit_of_a_schedule_is_in_the_log_in_words(now):
    ada, ben = company.person("Ada"), company.person("Ben")
    team = company.team("Payments", ada, ben)
    schedule = commands.create_schedule(SYSTEM, team=team, name="Rota", zone="UTC", now=now)
    commands.change_schedule(SYSTEM, schedule, name="Rota", zone="Europe/Vienna", now=now)
    assert said("schedule.changed") == ["zone UTC → Europe/Vienna"]
    weekly = commands.Turns("UTC", NOW.date(), dt.time(9))
    layer = commands.add_rotation(SYSTEM, schedule, name="Day", turns=weekly, members=[ada], now=now)
    assert said("schedule.rotation_added") == ["added layer Day: turns of 1 week from 2026-11-20 09:00 UTC; Ada"]
    daily = commands.Turns("UTC", NOW.date(), dt.time(9), unit="days", lengths=[4, 3])
    layer = commands.change_rotation(SYSTEM, layer, name="Day", turns=daily, members=[ada, ben], now=now)
    assert said("schedule.rotation_changed") == [
        "layer Day: turns of 1 week → turns of 4 and 3 days; added Ben; order Ada, then Ben"
    ]
    tomorrow = NOW.date() + dt.timedelta(days=1)
    commands.change_members(SYSTEM, layer, members=[ben], since=tomorrow, now=now)
    assert said("schedule.members_changed") == ["layer Day from 2026-11-21 on: removed Ada; order Ben"]
    other = commands.add_rotation(SYSTEM, schedule, name="Night", turns=weekly, members=[ben], now=now)
    commands.order_rotations(SYSTEM, schedule, order=[other.id, layer.id], now=now)
    assert said("schedule.rotations_ordered") == ["layers from the top: Night, Day → Day, Night"]
    entry = commands.add_override(SYSTEM, schedule, person=ben, starts_at=now, ends_at=now + dt.timedelta(hours=2), now=now)
    added = "added override: Ben from 20 Nov 2026 10:00 to 20 Nov 2026 12:00 CET"
    assert said("schedule.override_added") == [added]
    commands.remove_override(SYSTEM, entry, now=now)
    assert said("schedule.override_removed") == [added.replace("added", "removed")]
    commands.remove_rotation(SYSTEM, other, now=now)
    assert said("schedule.rotation_removed") == ["removed layer Night"]
    commands.set_last_resort(SYSTEM, schedule, now=now)
    assert said("schedule.last_resort_set") == ["last resort none → Rota"]
