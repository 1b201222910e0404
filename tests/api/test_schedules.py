"""Schedules over the API: overrides, layers, and two programs at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests import company
from tests.api.caller import Api, refusal
from tocsin.oncall import queries
from tocsin.oncall.models import Override, Policy, Schedule, ServiceCover

pytestmark = pytest.mark.django_db
SPAN = {"starts_at": "2030-01-05T09:00:00Z", "ends_at": "2030-01-06T09:00:00Z"}


@pytest.fixture
def schedule() -> Schedule:
    return company.schedule(company.team("Payments"), company.person("Ada"), name="Primary")


def test_an_override_is_for_nobody_only_when_null_says_so(schedule: Schedule) -> None:
    api = Api()
    for person in ("", "  "):
        assert refusal(api.post("schedules/primary/add-override", SPAN | {"person": person}), 422)["field"] == "person"
    assert refusal(api.post("schedules/primary/add-override", SPAN), 422)["field"] == "person"
    assert Override.objects.count() == 0
    assert api.post("schedules/primary/add-override", SPAN | {"person": None}).json()["person"] is None


@pytest.mark.parametrize("field", ["policy", "roster", "owner", "team"])
def test_an_empty_name_takes_nothing_away_from_a_service(schedule: Schedule, field: str) -> None:
    shop = company.service("Shop", schedule.team)
    company.cover(shop, policy=company.policy(schedule.team, schedule), roster=schedule)
    api = Api()
    tag = api.get("services/shop")["ETag"]
    assert refusal(api.patch("services/shop", {field: ""}, If_Match=tag), 422)["field"] == field
    assert ServiceCover.objects.get().policy == Policy.objects.get()


@pytest.mark.parametrize("target", [{"person": ""}, {"schedule": " "}, {"person": "", "team": "payments"}])
def test_a_step_has_no_target_without_a_name(schedule: Schedule, target: dict[str, Any]) -> None:
    body = {"name": "P", "team": "payments", "steps": [{"targets": [target]}]}
    assert refusal(Api().post("policies", body), 422)["field"].startswith("steps.0.targets.0")


def test_a_turn_has_no_empty_name(schedule: Schedule) -> None:
    layer = {"starts_on": "2026-01-05", "handover_time": "09:00", "members": ["ada@example.com", ""]}
    assert refusal(Api().post("schedules/primary/add-rotation", layer), 422)["field"].startswith("members.1")
    assert len(queries.schedule(company.actor(company.person("Ben")), "primary").rotations.all()) == 1
