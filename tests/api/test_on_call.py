"""The proof and the time machine for programs."""

from __future__ import annotations

import pytest

from tests import company
from tests.api.caller import Api, refusal
from tests.web.walk import world
from tocsin.directory.models import ContactMethod

pytestmark = pytest.mark.django_db


def test_the_proof_says_for_each_service_where_it_fails() -> None:
    there = world()
    api = Api(company.stakeholder(), scopes=("read",))
    whole = api.get("on-call/proof").json()
    assert (whole["proven"], whole["services"], whole["days"], whole["findings"]) == (True, 1, 400, [])
    ContactMethod.objects.exclude(person=there.imogen).update(verified_at=None)
    company.service("Search")
    one = api.get("on-call/proof?service=checkout-api").json()
    assert (one["proven"], one["services"]) == (True, 1)
    (finding,) = one["findings"]
    assert (finding["service"], finding["fails"], finding["urgencies"]) == ("checkout-api", False, ["high", "low"])
    assert finding["words"].endswith(
        "Checkout API: step 1 reaches Ada, whose mail address is not verified; "
        "step 2 reaches Bo, whose mail address is not verified"
    )
    assert refusal(api.get("on-call/proof?service=nonsense"), 422)["field"] == "service"


def test_the_time_machine_says_who_when_and_how() -> None:
    world()
    api = Api(company.stakeholder(), scopes=("read",))
    found = api.get("services/checkout-api/would-page?at=2026-12-25T03:00:00Z&urgency=low").json()
    assert (found["at"], found["policy"], found["urgency"]) == ("2026-12-25T03:00:00Z", "payments-policy", "low")
    first, *_, last = found["places"]
    assert first["people"][0]["person"]["name"] == "Ada"
    assert first["people"][0]["ways"] == [{"name": "mail", "delay_minutes": 0, "proven": True}]
    assert (last["step"], last["at"], last["wait_minutes"]) == (0, "2026-12-25T03:20:00Z", 60)
    assert "@" not in str(found), "addresses are for administrators"
    assert refusal(api.get("services/checkout-api/would-page?at=noon"), 422)["field"] == "at"
    assert refusal(api.get("services/checkout-api/would-page?urgency=odd"), 422)["field"] == "urgency"
    refusal(api.get("services/nonsense/would-page"), 404)


def test_the_load_of_each_person() -> None:
    world()
    api = Api(company.stakeholder(), scopes=("read",))
    asked = "on-call/load?since=2026-11-02T00:00:00Z&until=2026-11-09T00:00:00Z"
    assert [(one["person"]["name"], one["hours"], one["night_hours"], one["weekend_hours"]) for one in api.get(asked).json()] == [
        ("Ada", 168.0, 56.0, 48.0),
        ("Imogen", 168.0, 56.0, 48.0),
    ]
    assert len(api.get(asked + "&schedule=payments-on-call").json()) == 1
    assert refusal(api.get("on-call/load?since=2026-11-02T00:00:00Z&until=2020-01-01T00:00:00Z"), 422)["field"] == "until"
    refusal(api.get("on-call/load?schedule=nonsense"), 404)
