"""Dashboards and their secret addresses over the API."""

from __future__ import annotations

import pytest

from tests import company
from tests.api.caller import Api, refusal
from tests.web.walk import world
from tocsin.core import clock
from tocsin.incidents import commands

pytestmark = pytest.mark.django_db


@pytest.mark.req("DET-11")
def test_made_read_changed_and_removed() -> None:
    there, api = world(), Api()
    commands.declare(company.actor(there.ada), summary="Payments fail", severity=1, service=there.checkout, now=clock.now())
    made = api.post("dashboards", {"name": "Support", "team": "payments", "services": ["checkout-api"], "severities": [1]})
    assert made.status_code == 201, made.content
    assert made.json()["url"].endswith("/dash/support")
    shown = api.get("dashboards/support/incidents").json()
    assert [one["key"] for one in shown["incidents"]] == ["HOT-1"]
    assert api.get("dashboards").json()["items"][0]["severities"] == [1]
    etag = api.get("dashboards/support")["ETag"]
    changed = api.patch("dashboards/support", {"severities": [3]}, If_Match=etag)
    assert changed.json()["services"] == ["checkout-api"], "what is left out stays"
    assert api.get("dashboards/support/incidents").json() == {"name": "Support", "incidents": [], "elsewhere": 1}
    assert api.post("dashboards/support/remove").status_code == 204
    refusal(api.get("dashboards/support"), 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"team": "no-such"}, "team"),
        ({"services": ["no-such"]}, "services.0"),
        ({"teams": ["payments", "no-such"]}, "teams.1"),
        ({"products": ["no-such"]}, "products.0"),
        ({"severities": [4]}, "severities.0"),
        ({"states": ["resolved"]}, "states.0"),
        ({"slug": "A B"}, "slug"),
    ],
)
def test_odd_values_name_their_field(body: dict, field: str) -> None:
    world()
    problem = refusal(Api().post("dashboards", {"name": "Support", "team": "payments", **body}), 422)
    assert problem["field"] == field


@pytest.mark.req("DET-10")
def test_a_secret_address_is_told_once_and_revoked() -> None:
    world()
    api = Api()
    api.post("dashboards", {"name": "Support", "team": "payments"})
    assert refusal(api.post("dashboards/support/embeds", {"origins": ["*"]}), 422)["field"] == "origins"
    made = api.post("dashboards/support/embeds", {"origins": ["https://wiki.example.com"]}).json()
    path = made["address"].split("/embed/")[1]
    assert api.client.get(f"/embed/{path}").status_code == 200
    listed = api.get("dashboards/support/embeds").json()
    assert (listed[0]["id"], listed[0]["address"]) == (made["id"], None)
    assert api.post(f"dashboards/support/embeds/{made['id']}/revoke").json()["revoked_at"]
    assert api.client.get(f"/embed/{path}").status_code == 404


def test_a_token_of_somebody_who_manages_nothing_may_only_read() -> None:
    there = world()
    Api().post("dashboards", {"name": "Support", "team": "payments"})
    api = Api(there.bo)
    assert api.get("dashboards/support").status_code == 200
    refusal(api.post("dashboards", {"name": "Mine", "team": "payments"}), 403)
    refusal(api.post("dashboards/support/embeds", {}), 403)
