"""Incident templates over the API, and declaring from one."""

from __future__ import annotations

import pytest

from tests import company
from tests.api.caller import Api, refusal
from tests.web.walk import World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


def made(api: Api, **fields) -> dict:
    document = {
        "name": "Cards fail",
        "team": "payments",
        "service": "checkout-api",
        "summary": "Card payments fail",
        "severity": 2,
        "products": ["tickets"],
        "pages": [{"person": "imogen@example.com"}],
        "offers": [{"role": "incident_manager", "person": "bo@example.com"}],
        "told": [{"team": "payments"}],
        **fields,
    }
    answer = api.post("incident-templates", document)
    assert answer.status_code == 201, answer.content
    return answer.json()


@pytest.mark.req("PAG-15")
def test_the_name_of_a_template_is_all_that_a_report_needs(there: World) -> None:
    api = Api()
    assert made(api)["url"].endswith("/declare?template=cards-fail")
    incident = api.post("incidents", {"template": "cards-fail"})
    assert incident.status_code == 201, incident.content
    said = incident.json()
    assert (said["summary"], said["severity"], said["service"], said["products"]) == (
        "Card payments fail",
        2,
        "checkout-api",
        ["tickets"],
    )
    offers = api.get(f"incidents/{said['key']}/offers").json()["items"]
    assert [(one["role"], one["person"]["name"]) for one in offers] == [("incident_manager", "Bo")]
    plan = api.get(f"incidents/{said['key']}/plan").json()
    assert (plan["template"], [one["name"] for one in plan["followers"]]) == ("cards-fail", ["Ada", "Bo"])


@pytest.mark.req("PAG-15")
def test_what_a_report_says_goes_before_the_template(there: World) -> None:
    api = Api()
    made(api)
    report = {
        "template": "cards-fail",
        "summary": "Refunds",
        "severity": 3,
        "service": None,
        "products": [],
        "told": [],
        "offers": [],
    }
    said = api.post("incidents", report).json()
    assert (said["summary"], said["severity"], said["service"], said["products"]) == ("Refunds", 3, None, [])
    plan = api.get(f"incidents/{said['key']}/plan").json()
    assert plan["followers"] == []
    assert api.get(f"incidents/{said['key']}/offers").json()["items"] == []


def test_a_report_without_a_template_needs_what_it_needed(there: World) -> None:
    api = Api()
    assert refusal(api.post("incidents", {"summary": "x"}), 422)["field"] == "severity"
    assert refusal(api.post("incidents", {"severity": 1}), 422)["field"] == "summary"
    assert refusal(api.post("incidents", {"template": "no-such"}), 422)["field"] == "template"
    said = api.post("incidents", {"summary": "x", "severity": 1, "told": [{"person": "bo@example.com"}]}).json()
    plan = api.get(f"incidents/{said['key']}/plan").json()
    assert (plan["template"], plan["followers"][0]["name"]) == (None, "Bo")


def test_whoever_only_reports_may_not_add_anybody(there: World) -> None:
    made(Api())
    api = Api(company.stakeholder())
    assert api.post("incidents", {"template": "cards-fail"}).status_code == 201
    refusal(api.post("incidents", {"template": "cards-fail", "pages": [{"person": "ada@example.com"}]}), 403)
    refusal(api.post("incident-templates", {"name": "Mine", "team": "payments"}), 403)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"team": "no-such"}, "team"),
        ({"service": "no-such"}, "service"),
        ({"severity": 4}, "severity"),
        ({"pages": [{}]}, "pages.0"),
        ({"pages": [{"team": "payments"}, {"team": "no-such"}]}, "pages.1.team"),
        ({"pages": [{"schedule": "no-such"}]}, "pages.0.schedule"),
        ({"offers": [{"role": "tech_lead"}]}, "offers.0"),
        ({"offers": [{"role": "", "person": "bo@example.com"}]}, "role"),
        ({"told": [{"schedule": "payments-on-call"}]}, "told.0"),
        ({"audiences": ["everybody"]}, "audiences.0"),
        ({"products": ["no-such"]}, "products.0"),
    ],
)
def test_odd_values_name_their_field(there: World, fields: dict, field: str) -> None:
    problem = refusal(Api().post("incident-templates", {"name": "Cards fail", "team": "payments", **fields}), 422)
    assert problem["field"] == field


def test_changed_and_removed(there: World) -> None:
    api = Api()
    made(api)
    etag = api.get("incident-templates/cards-fail")["ETag"]
    changed = api.patch("incident-templates/cards-fail", {"service": None, "pages": []}, If_Match=etag).json()
    assert (changed["service"], changed["pages"], changed["summary"]) == (None, [], "Card payments fail")
    assert api.post("incident-templates/cards-fail/remove").status_code == 204
    refusal(api.get("incident-templates/cards-fail"), 404)
