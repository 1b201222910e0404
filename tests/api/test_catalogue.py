"""The API's directory of colleagues, coverage, vendors and short links."""

from __future__ import annotations

import pytest

from tests import company
from tests.api.caller import Api, refusal
from tests.web.walk import world
from tocsin.collab import commands as collab
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.directory import commands as directory
from tocsin.incidents import commands as incidents

pytestmark = pytest.mark.django_db


@pytest.mark.req("ESC-03")
def test_a_search_returns_contact_methods_team_roster_and_qualifications() -> None:
    there = world()
    gateway = directory.create_gateway(SYSTEM, name="SMS", url="https://sms.example.com/x", now=clock.now())
    company.method(there.ada, "+43 660 1234567", gateway=gateway)
    company.method(there.ada, "secret-topic", gateway=gateway)
    api = Api(there.bo, scopes=("read",))
    assert refusal(Api().post(f"people/{there.ada.email}/set-qualification", {"name": ""}), 422)["field"] == "name"
    made = Api(company.administrator("Root two")).post(f"people/{there.ada.email}/set-qualification", {"name": "database"})
    assert made.status_code == 201
    (card,) = api.get("directory?q=database").json()["items"]
    assert card["person"]["name"] == "Ada"
    assert {way["address"] for way in card["contact_methods"]} == {"ada@example.com", "+43 660 1234567", None}
    assert card["teams"] == ["payments"]
    assert [(place["schedule"], place["on_call"]) for place in card["rosters"]] == [("payments-on-call", True)]
    assert [(one["name"], one["counts"]) for one in card["qualifications"]] == [("database", True)]
    assert api.get(f"people/{there.ada.email}/card").json()["person"] == card["person"]
    assert api.get("directory/qualifications").json() == [{"name": "database", "people": 1}]
    assert len(api.get("directory?team=payments").json()["items"]) == 2
    assert "secret-topic" not in str(card)
    watcher = Api(company.stakeholder(), scopes=("read",))
    assert watcher.get("directory?q=Ada").json()["items"][0]["contact_methods"] == []


def test_a_qualification_has_days_and_goes_by_name() -> None:
    ana = company.person("Ana")
    api = Api()
    body = {"name": "network", "trained_on": "2024-01-01", "expires_on": "2024-12-31"}
    assert api.post(f"people/{ana.id}/set-qualification", body).json()["counts"] is False
    assert (
        refusal(api.post(f"people/{ana.id}/set-qualification", body | {"expires_on": "2023-01-01"}), 422)["field"] == "expires_on"
    )
    assert refusal(api.post(f"people/{ana.id}/set-qualification", body | {"trained_on": "soon"}), 422)["field"].endswith(
        "trained_on"
    )
    assert api.post(f"people/{ana.id}/qualifications/NETWORK/remove").json()["qualifications"] == []
    refusal(api.post(f"people/{ana.id}/qualifications/network/remove"), 404)
    refusal(Api(company.person("Ben")).post(f"people/{ana.id}/set-qualification", body), 403)


@pytest.mark.req("DET-13")
def test_coverage_says_of_each_service_what_is_missing() -> None:
    world()
    found = Api(company.stakeholder(), scopes=("read",)).get("coverage").json()
    assert found["complete"] is False
    (line,) = found["services"]
    assert [lack["part"] for lack in line["missing"]] == ["monitoring", "roster"]
    assert line["missing"][0]["url"].endswith("/s/checkout-api#h-keys")
    assert (line["policy"], line["roster"], line["keys"]) == ("payments-policy", None, 0)


@pytest.mark.req("TRK-09")
def test_a_service_has_owner_needs_and_vendors_and_its_owner_is_suggested_to_approve() -> None:
    there, api = world(), Api()
    vendor = api.post("vendors", {"name": "Stratus Cloud", "phone": "+43 1 555", "procedure": "Call."}).json()
    assert api.get(f"vendors/{vendor['slug']}").json() == vendor
    body = {
        "name": "Refunds",
        "team": "payments",
        "owner": there.ada.email,
        "needs": ["checkout-api"],
        "vendors": ["stratus-cloud"],
    }
    made = api.post("services", body).json()
    assert (made["owner"]["name"], made["needs"], made["vendors"]) == ("Ada", ["checkout-api"], ["stratus-cloud"])
    for field, wrong in (("owner", "gone"), ("needs.0", ["gone"]), ("vendors.0", ["gone"])):
        name = field.partition(".")[0]
        assert refusal(api.post("services", body | {"name": "Other", name: wrong}), 422)["field"] == field
    changed = api.patch("services/refunds", {"owner": None, "needs": []}, If_Match="*").json()
    assert (changed["owner"], changed["needs"], changed["vendors"]) == (None, [], ["stratus-cloud"])
    assert refusal(api.patch("services/refunds", {"needs": ["refunds"]}, If_Match="*"), 422)["field"] == "needs"
    api.patch("services/refunds", {"owner": there.ada.id}, If_Match="*")
    service = there.checkout.__class__.objects.get(slug="refunds")
    incident = incidents.declare(SYSTEM, summary="Refunds stop", severity=3, service=service, now=clock.now())
    postmortem = api.post("postmortems", {"incident": incident.key, "owner": there.bo.id}).json()
    assert postmortem["suggested_approver"] == {"id": there.ada.id, "name": "Ada"}


def test_vendors_are_changed_with_their_tag() -> None:
    api = Api()
    api.post("vendors", {"name": "Nordpay"})
    tag = api.get("vendors/nordpay")["ETag"]
    assert api.patch("vendors/nordpay", {"phone": "112"}, If_Match=tag).json()["phone"] == "112"
    refusal(api.patch("vendors/nordpay", {"phone": "113"}, If_Match=tag), 412)
    assert refusal(api.patch("vendors/nordpay", {"support_url": "x"}, If_Match="*"), 422)["field"] == "support_url"
    assert refusal(api.post("vendors", {"name": "Nordpay"}), 409)["field"] == "name"
    assert [one["slug"] for one in api.get("vendors").json()["items"]] == ["nordpay"]


@pytest.mark.req("CHS-04")
def test_short_links_are_made_once_changed_and_counted() -> None:
    api = Api()
    made = api.post("short-links", {"name": "test", "target": "/alerts"})
    assert made.status_code == 201
    assert refusal(api.post("short-links", {"name": "test", "target": "/oncall"}), 409)["field"] == "name"
    assert refusal(api.post("short-links", {"name": "x y", "target": "/oncall"}), 422)["field"] == "name"
    assert refusal(api.post("short-links", {"name": "xy", "target": "oncall"}), 422)["field"] == "target"
    tag = api.get("short-links/test")["ETag"]
    collab.count_hits({"test": 5})
    changed = api.patch("short-links/test", {"note": "A test"}, If_Match=tag)
    assert changed.status_code == 200, "following a link makes nobody's change stale"
    assert (changed.json()["hits"], changed.json()["target"]) == (5, "/alerts")
    refusal(api.patch("short-links/test", {"note": "Other"}, If_Match=tag), 412)
    assert api.post("short-links/test/remove").json()["name"] == "test"
    refusal(api.get("short-links/test"), 404)
    names = [one["name"] for one in api.get("short-links").json()["items"]]
    assert names == sorted(names)
    refusal(Api(company.person()).post("short-links", {"name": "mine", "target": "/"}), 403)
