"""How people are reached, through the API: ways, codes, order, tokens, policies."""

from __future__ import annotations

import pytest

from tests import company
from tests.api.caller import Api, refusal
from tocsin.directory.models import ContactMethod, OneTimeLink
from tocsin.directory.rules import CODE_TRIES

pytestmark = pytest.mark.django_db


def test_a_wrong_code_costs_a_try_although_it_is_refused() -> None:
    ana = company.person("Ana")
    caller = Api(ana)
    made = caller.post("people/me/contact-methods", {"kind": "email", "address": "ana@home.example"})
    assert made.status_code == 201
    path = f"people/me/contact-methods/{made.json()['id']}/verify"
    for _ in range(CODE_TRIES):
        assert caller.post(path, {"code": "000000"}, Idempotency_Key="same").status_code in (409, 422)
    tries = ContactMethod.objects.get(pk=made.json()["id"]).code_tries
    assert tries >= CODE_TRIES - 1


@pytest.mark.req("PAG-09")
def test_a_person_sets_their_own_order_and_nobody_elses() -> None:
    ana, bo = company.person("Ana"), company.person("Bo")
    caller = Api(ana)
    method = caller.get("people/me/contact-methods").json()["items"][0]["id"]
    steps = {"urgency": "high", "steps": [{"method": method, "delay_minutes": 3}]}
    assert caller.post("people/me/set-notify-steps", steps).json()["high"] == steps["steps"]
    refusal(caller.get(f"people/{bo.id}/contact-methods"), 403)
    refusal(caller.post(f"people/{bo.id}/set-notify-steps", steps), 403)
    refusal(caller.get(f"people/{bo.email}/tokens"), 403)


def test_a_token_makes_none_that_goes_further_than_itself() -> None:
    caller = Api(scopes=("read", "configure"))
    refusal(caller.post("people/me/tokens", {"name": "t", "scopes": ["read", "respond"]}), 422)
    made = caller.post("people/me/tokens", {"name": "t", "scopes": ["read"]}).json()
    assert made["token"].startswith("tcs_")
    listed = caller.get("people/me/tokens").json()["items"]
    assert all(one["token"] is None for one in listed)
    path = f"people/me/tokens/{made['id']}/revoke"
    assert caller.post(path).status_code == 200
    refusal(caller.post(path), 404)


def test_an_invitation_is_a_link_that_is_shown_once() -> None:
    caller = Api()
    person = caller.post("people", {"email": "new@example.com"}).json()
    made = caller.post(f"people/{person['id']}/invite", {}).json()
    assert "/invite/" in made["link"]
    assert OneTimeLink.objects.count() == 1


def test_a_policy_names_schedules_and_people_and_covers_a_service() -> None:
    ana = company.person("Ana")
    team = company.team("Payments", ana)
    roster = company.schedule(team, ana)
    caller, shop = Api(), company.service("Shop", team)
    steps = [{"wait_minutes": 5, "targets": [{"schedule": roster.slug}]}, {"wait_minutes": 10, "targets": [{"person": ana.email}]}]
    made = caller.post("policies", {"name": "Payments", "team": team.slug, "steps": steps})
    assert made.status_code == 201
    assert made.json()["steps"][1]["targets"][0]["person"]["name"] == "Ana"
    path = f"policies/{made.json()['slug']}"
    changed = caller.patch(path, {"repeats": 3}, If_Match=caller.get(path)["ETag"]).json()
    assert (changed["repeats"], changed["steps"]) == (3, made.json()["steps"])
    wrong = {"name": "X", "team": team.slug, "steps": [{"targets": [{"schedule": "nosuch"}]}]}
    assert refusal(caller.post("policies", wrong), 422)["field"] == "steps.0.targets.0"
    read = caller.get(f"services/{shop.slug}")
    covered = caller.patch(f"services/{shop.slug}", {"policy": made.json()["slug"]}, If_Match=read["ETag"]).json()
    assert covered["policy"] == made.json()["slug"]


def test_what_a_gateway_carries_in_its_headers_is_never_shown() -> None:
    caller = Api()
    body = {
        "name": "ntfy",
        "url": "https://ntfy.example.com/x",
        "headers": {"Authorization": "Bearer s3cret"},
        "body": "{{ text }}",
    }
    made = caller.post("gateways", body)
    assert made.status_code == 201
    assert b"s3cret" not in made.content + caller.get("gateways").content + caller.get("gateways/ntfy").content


def test_severities_and_products_have_their_words() -> None:
    caller = Api()
    assert [one["number"] for one in caller.get("severities").json()["items"]] == [1, 2, 3]
    said = caller.post("severities/1/set-meaning", {"name": "Critical", "meaning": "Nobody can buy."}).json()
    assert said["meaning"] == "Nobody can buy."
    refusal(caller.post("severities/4/set-meaning", {"name": "x", "meaning": "y"}), 404)
    assert caller.post("products", {"name": "Tickets"}).json()["slug"] == "tickets"


def test_who_is_on_call_at_an_instant() -> None:
    ana = company.person("Ana")
    roster = company.schedule(company.team("Payments", ana), ana)
    caller = Api()
    said = caller.get(f"schedules/{roster.slug}/on-call?at=2026-12-25T03:00:00%2B01:00").json()
    assert said["at"] == "2026-12-25T02:00:00Z"
    assert [one["name"] for one in said["people"]] == ["Ana"]
    assert said["gap"] is False
    assert caller.get(f"schedules/{roster.id}/on-call?at=2026-12-25T03:00:00+01:00").json()["at"] == said["at"]
    for odd in ("yesterday", "2026-12-25T03:00:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-13-01T00:00:00Z"):
        assert refusal(caller.get(f"schedules/{roster.slug}/on-call?at={odd}"), 422)["field"] == "at"
    empty = company.schedule(None, name="Empty")
    assert caller.get(f"schedules/{empty.slug}/on-call").json()["gap"] is True
