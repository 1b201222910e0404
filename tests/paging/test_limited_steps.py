"""Steps for some hours, some urgency, a whole team: whoever is not meant is not woken, and nobody waits for them."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.paging.world import fire
from tocsin.core.actor import SYSTEM
from tocsin.directory.models import Service
from tocsin.oncall import commands
from tocsin.oncall.models import Policy
from tocsin.paging.models import Page

pytestmark = [pytest.mark.django_db, pytest.mark.req("PAG-03")]

HOUR = dt.timedelta(hours=1)
OFFICE = [{"days": [0, 1, 2, 3, 4], "from": "09:00", "to": "17:00"}]
NOON, NIGHT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC), dt.datetime(2026, 11, 23, 23, tzinfo=dt.UTC)


def policy(*steps: dict[str, object]) -> tuple[Service, Policy]:
    team = company.team("Payments", company.person("Ada"), company.person("Ben"), manager=company.person("Mia"))
    company.last_resort()
    made = commands.create_policy(SYSTEM, team=team, name="P", steps=[*_steps(team, steps)], repeats=0, now=NOON)
    return company.cover(company.service("Checkout", team), policy=made).service, made


def _steps(team, steps):
    people = {person.name: person for person in team.members.all()} | {"team": team}
    for step in steps:
        yield {**step, "targets": [people[name] for name in step["targets"]]}


@pytest.mark.parametrize(("at", "paged"), [(NOON, ["Ada"]), (NIGHT, ["Ben"])])
def test_a_step_outside_its_hours_is_passed_over_at_once(engine, at, paged):
    service, _ = policy({"targets": ["Ada"], "windows": OFFICE, "zone": "UTC", "wait_minutes": 30}, {"targets": ["Ben"]})
    fire(service, at)
    engine.run(at)
    assert list(Page.objects.values_list("person__name", flat=True)) == paged


@pytest.mark.parametrize(("severity", "paged"), [("critical", ["Ada"]), ("warning", ["Ben"])])
def test_a_step_for_one_urgency_is_not_part_of_the_other_walk(engine, severity, paged):
    service, _ = policy({"targets": ["Ada"], "urgency": "high"}, {"targets": ["Ben"], "urgency": "low"})
    fire(service, NOON, severity=severity)
    engine.run(NOON)
    assert list(Page.objects.values_list("person__name", flat=True)) == paged


def test_a_team_is_everybody_active_in_it(engine):
    service, _ = policy({"targets": ["team"]})
    fire(service, NOON)
    engine.run(NOON)
    assert sorted(Page.objects.values_list("person__name", flat=True)) == ["Ada", "Ben", "Mia"]


def test_the_hours_are_frozen_with_the_policy(engine):
    service, made = policy({"targets": ["Ada"], "wait_minutes": 5}, {"targets": ["Ben"], "windows": OFFICE, "zone": "UTC"})
    fire(service, NOON)
    engine.run(NOON)
    made.steps.update(windows=[])
    engine.run(NIGHT)
    assert "Ben" not in Page.objects.values_list("person__name", flat=True), "it is night, and the walk began under the old policy"
