"""Webhooks and policies that call them, through the API; and the audit log with what is different in words."""

from __future__ import annotations

import pytest

from tests import company
from tests.api.caller import Api, refusal
from tocsin.core import clock
from tocsin.core.eventlog import sealing

pytestmark = pytest.mark.django_db
ADDRESS = "https://hooks.example.com/k3y"


@pytest.fixture
def team():
    return company.team("Payments", company.person("Ana"), manager=company.person("Mia"))


def add(caller, team, **more):
    return caller.post("webhooks", {"name": "Chat", "team": team.slug, "address": ADDRESS, **more})


def test_a_webhook_is_made_changed_tried_and_removed_and_its_secret_is_shown_once(team):
    caller = Api()
    made = add(caller, team)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    read = caller.get("webhooks/chat")
    assert (read.json()["secret"], read.json()["host"]) == (None, "hooks.example.com")
    assert b".com/k3y" not in read.content
    assert [one["slug"] for one in caller.get("webhooks").json()["items"]] == ["chat"]
    changed = caller.patch("webhooks/chat", {"name": "Talk"}, If_Match=read["ETag"])
    assert changed.json()["name"] == "Talk"
    refusal(caller.patch("webhooks/chat", {"name": "Late"}, If_Match=read["ETag"]), 412)
    assert caller.post("webhooks/chat/renew-secret").json()["secret"] != made.json()["secret"]
    tried = caller.post("webhooks/chat/try")
    assert (tried.status_code, tried.json()["state"], tried.json()["subject"]) == (202, "due", None)
    assert [one["id"] for one in caller.get("webhooks/chat/calls").json()["items"]] == [tried.json()["id"]]
    assert caller.post("webhooks/chat/remove").status_code == 204
    refusal(caller.get("webhooks/chat"), 404)


def test_what_it_hears_is_chosen_read_and_sent_again(team):
    caller = Api()
    made = add(caller, team, events=["update.published", "incident.declared"], private=True)
    assert (made.json()["events"], made.json()["private"]) == (["incident.declared", "update.published"], True)
    read = caller.get("webhooks/chat")
    changed = caller.patch("webhooks/chat", {"events": ["incident.declared"]}, If_Match=read["ETag"])
    assert (changed.json()["events"], changed.json()["private"], changed.json()["paused_at"]) == (["incident.declared"], True, None)
    assert refusal(caller.patch("webhooks/chat", {"events": ["x"]}, If_Match=changed["ETag"]), 422)["field"] == "events"
    key = caller.post("incidents", {"summary": "Breach", "severity": 3, "private": True}).json()
    (call,) = caller.get("webhooks/chat/calls").json()["items"]
    assert (call["type"], call["subject"], call["state"], call["attempts"]) == ("incident.declared", key["id"], "due", [])
    refusal(caller.post(f"webhooks/chat/calls/{call['id']}/send-again"), 409)
    mia = Api(team.members.get(name="Mia"))
    assert mia.get("webhooks/chat/calls").json()["items"] == [], "who may not know of the incident learns nothing here"
    refusal(mia.post(f"webhooks/chat/calls/{call['id']}/send-again"), 404)
    refusal(mia.patch("webhooks/chat", {"name": "M"}, If_Match=changed["ETag"]), 403)
    assert caller.post("webhooks/chat/resume").json()["paused_at"] is None


@pytest.mark.parametrize(
    "address", ["hooks.example.com", "http://127.0.0.1/", "http://localhost/", "https://x.example/" + "x" * 500, ""]
)
def test_an_address_that_may_not_be_called_is_a_422_that_names_it(team, address):
    assert refusal(add(Api(), team, address=address), 422)["field"] == "address"


def test_calls_are_for_managers_of_the_team(team):
    add(Api(), team)
    ana, mia = team.members.order_by("name")
    refusal(Api(ana).get("webhooks/chat/calls"), 403)
    refusal(Api(ana).post("webhooks/chat/try"), 403)
    assert Api(mia, scopes=("read",)).get("webhooks/chat/calls").status_code == 200


def test_a_policy_calls_a_webhook_and_is_shown_with_it(team):
    caller = Api()
    add(caller, team)
    steps = [{"wait_minutes": 5, "urgency": "high", "targets": [{"webhook": "chat"}, {"team": team.slug}]}]
    made = caller.post("policies", {"name": "P", "team": team.slug, "steps": steps})
    assert made.status_code == 201, made.content
    assert [one["webhook"] or one["team"] for one in made.json()["steps"][0]["targets"]] == ["chat", team.slug]
    path = f"policies/{made.json()['slug']}"
    kept = caller.patch(path, {"repeats": 2}, If_Match=caller.get(path)["ETag"])
    assert kept.json()["steps"] == made.json()["steps"], "what is left out stays, teams, webhooks and limits too"
    assert refusal(caller.post("webhooks/chat/remove"), 409)
    wrong = {"name": "Q", "team": team.slug, "steps": [{"targets": [{"webhook": "nosuch"}]}]}
    assert refusal(caller.post("policies", wrong), 422)["field"] == "steps.0.targets.0"


@pytest.mark.parametrize("target", [{"policy": "payments-policy"}, {"kind": "policy", "id": "payments-policy"}])
def test_a_policy_that_names_a_policy_is_refused_with_the_place_and_the_reason(team, target):
    company.policy(team, team.members.first())
    caller = Api()
    steps = [{"targets": [{"team": team.slug}]}, {"targets": [{"team": team.slug}, target]}]
    problem = refusal(caller.post("policies", {"name": "Ring", "team": team.slug, "steps": steps}), 422)
    assert problem["field"] == "steps.1.targets.1"
    assert "a policy cannot call a policy" in problem["detail"]
    assert "circle" in problem["detail"]
    read = caller.get("policies/payments-policy")
    changed = caller.patch("policies/payments-policy", {"steps": steps}, If_Match=read["ETag"])
    assert refusal(changed, 422)["field"] == "steps.1.targets.1"


def test_the_time_machine_tells_of_webhooks(team):
    caller = Api()
    add(caller, team)
    company.last_resort()
    caller.post("policies", {"name": "P", "team": team.slug, "steps": [{"targets": [{"webhook": "chat"}]}]})
    shop = company.service("Shop", team)
    caller.patch(f"services/{shop.slug}", {"policy": "p"}, If_Match=caller.get(f"services/{shop.slug}")["ETag"])
    first = caller.get(f"services/{shop.slug}/would-page").json()["places"][0]
    assert (first["webhooks"], first["targets"], first["people"], first["wait_minutes"]) == (["Chat"], [], [], 0)


def test_the_audit_log_says_in_words_what_an_edit_changed(team):
    caller = Api()
    caller.post("policies", {"name": "P", "team": team.slug, "steps": [{"targets": [{"team": team.slug}]}]})
    steps = [{"targets": [{"team": team.slug}], "wait_minutes": 10}]
    caller.patch("policies/p", {"steps": steps}, If_Match=caller.get("policies/p")["ETag"])
    sealing.seal(clock.now())
    (changed,) = caller.get("events?q=policy.changed").json()["items"]
    assert changed["changes"] == ["step 1: delay 5 → 10 min"]
    assert (changed["name"], changed["actor_name"], changed["via"]) == ("policy.changed", caller.person.name, "api")
    first = caller.get("events?limit=1").json()
    assert first["next"]
    assert caller.get(f"events?limit=1&cursor={first['next']}").json()["items"][0]["position"] < first["items"][0]["position"]
    refusal(Api(team.members.first()).get("events"), 403)
    refusal(Api(company.administrator("Other"), scopes=("read",)).get("events"), 403)
