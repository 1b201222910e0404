"""The main job from end to end through the API and the command line: an alert becomes an action that somebody tracks."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from tests.acceptance.installation import call
from tests.acceptance.rig import SERVICE, Rig
from tests.waiting import until


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status == status, answer
    return answer.json


def ago(**distance: float) -> str:
    return (dt.datetime.now(dt.UTC) - dt.timedelta(**distance)).isoformat().replace("+00:00", "Z")


def at_terminal(rig: Rig, *words: str) -> Any:
    """A remote verb with `--json`, as Max."""
    done = rig.tocsin.run(*words, "--json", TOCSIN_URL=rig.tocsin.url, TOCSIN_TOKEN=rig.made["tokens"]["Max"])
    assert done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
    return json.loads(done.stdout)


@pytest.mark.everywhere
@pytest.mark.req("DET-01", "TRK-01", "OPN-01", "ICO-01", "RES-01", "MET-01", "PMO-01", "ACT-01")
def test_the_main_job_through_the_api(rig: Rig) -> None:
    alert = _paged_and_acknowledged(rig)
    key = _declared_and_commanded(rig, alert)
    _told(rig, key)
    _resolved(rig, key)
    _learned(rig, key)


def _paged_and_acknowledged(rig: Rig) -> dict[str, Any]:
    event = rig.send_alert("Checkout answers 500", severity="critical")
    rig.acknowledge(rig.expect_mail("Ada", "Checkout answers 500"))
    return rig.expect_status(event, "acknowledged")


def _declared_and_commanded(rig: Rig, alert: dict[str, Any]) -> str:
    document = {"summary": "Nobody can pay", "severity": 2, "service": SERVICE, "alerts": [alert["id"]], "products": []}
    incident = ok(rig.api("POST", "/incidents", document, by="Ada"), 201)
    key = incident["key"]
    assert incident["url"].endswith(f"/{key}")
    assert incident["state"] == "pending"
    assert incident["source"] == "monitoring"
    rig.acknowledge(rig.expect_mail("Max", "Nobody can pay"))
    rig.take_all_when_calm()
    commanded = ok(rig.api("POST", f"/incidents/{key}/take-command", by="Max"))
    assert (commanded["state"], commanded["manager"]["name"]) == ("fixing", "Max")
    assert commanded["room_url"]
    assert commanded["document_url"]
    ok(rig.api("POST", f"/incidents/{key}/set-severity", {"severity": 2}, by="Max"))
    assert ok(rig.api("GET", f"/alerts/{alert['id']}"))["incident"] == key
    ok(rig.api("POST", f"/incidents/{key}/say", {"text": "Looking at the payment provider"}, by="Ada"), 201)
    ok(rig.api("POST", f"/incidents/{key}/note", {"kind": "decision", "text": "Roll back release 41"}, by="Max"))
    return str(key)


def _told(rig: Rig, key: str) -> None:
    drafts = ok(rig.api("GET", f"/incidents/{key}/drafts"))
    document = {
        "status": "investigating",
        "internal": drafts["internal"],
        "external": drafts["external"],
        "next_update_at": (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=30)).isoformat(),
        "confirmation": "one-deliberate-act",
    }
    first = ok(rig.api("POST", f"/incidents/{key}/post-update", document, by="Max"))
    again = ok(rig.api("POST", f"/incidents/{key}/post-update", document, by="Max"))
    assert (first["already"], again["already"]) == (False, True)
    assert {one["id"] for one in first["updates"]} == {one["id"] for one in again["updates"]}

    def public() -> str:
        shown = call("GET", rig.tocsin.url + "/status")
        assert shown.status == 200, shown
        return shown.text.replace("&#x27;", "'")

    until(lambda: drafts["external"]["title"] in public(), 3, "customers read nothing")
    assert "<script" not in public()


def _resolved(rig: Rig, key: str) -> None:
    document = {
        "impact_started_at": ago(minutes=50),
        "detected_at": ago(minutes=40),
        "impact_ended_at": ago(minutes=5),
        "postmortem_owner": rig.made["people"]["Ada"],
        "final": {},
    }
    refused = rig.api("POST", f"/incidents/{key}/resolve", document, by="Max")
    assert 400 <= refused.status < 500
    assert refused.json["field"], refused
    ok(rig.api("POST", f"/incidents/{key}/resolve", {**document, "impact_over": True, "none_about_to_follow": True}, by="Max"))
    incident = ok(rig.api("GET", f"/incidents/{key}"))
    assert incident["state"] == "resolved"
    assert abs(incident["ttd_seconds"] - 600) <= 60
    assert abs(incident["ttr_seconds"] - 2700) <= 60
    assert "Nobody can pay" not in call("GET", rig.tocsin.url + "/status").text


def _learned(rig: Rig, key: str) -> None:
    postmortem = ok(rig.api("GET", f"/postmortems/{key}"))
    assert postmortem["state"] == "draft"
    assert postmortem["owner"]["name"] == "Ada"
    assert "Roll back release 41" in postmortem["timeline"]
    new = {"incident": key, "title": "Test the rollback weekly", "category": "mitigate_future", "link_type": "priority"}
    action = ok(rig.api("POST", "/actions", {**new, "owner": rig.made["people"]["Ada"], "due_on": "2027-01-15"}, by="Max"), 201)
    mine = ok(rig.api("GET", "/actions?owner=me&state=open", by="Ada"))["items"]
    assert [one["id"] for one in mine] == [action["id"]]
    assert action["url"].endswith(f"/x/{action['number']}")


def test_the_main_job_at_a_terminal(rig: Rig) -> None:
    event = rig.send_alert("Checkout answers 500")
    rig.acknowledge(rig.expect_mail("Ada"))
    number = rig.alert(event)["number"]
    assert at_terminal(rig, "alert", "show", str(number))["title"] == "Checkout answers 500"
    key = at_terminal(rig, "incident", "declare", "Slow checkout", "--severity", "3", "--service", SERVICE)["key"]
    assert at_terminal(rig, "incident", "take-command", key)["state"] == "fixing"
    now = at_terminal(rig, "oncall", "now")
    assert now
    shown = at_terminal(rig, "incident", "show", key)
    assert shown["manager"]["name"] == "Max"
    assert rig.expect_no_more_than_now() is None


def test_exit_codes_say_what_happened(rig: Rig) -> None:
    good = {"TOCSIN_URL": rig.tocsin.url, "TOCSIN_TOKEN": rig.made["tokens"]["Max"]}
    assert rig.tocsin.run("incident", "show", "HOT-999", **good).returncode == 1
    assert rig.tocsin.run("incident", "shwo", **good).returncode == 2
    assert rig.tocsin.run("incident", "list", **{**good, "TOCSIN_URL": "http://127.0.0.1:9"}).returncode == 4
    assert rig.tocsin.run("incident", "list", **{**good, "TOCSIN_TOKEN": "wrong"}).returncode == 5
    stakeholder = {**good, "TOCSIN_TOKEN": rig.made["tokens"]["Sven"]}
    key = rig.declare(severity=3)["key"]
    assert rig.tocsin.run("incident", "take-command", key, **stakeholder).returncode == 5
    assert rig.tocsin.run("incident", "take-command", key, **good).returncode == 0
    other = {**good, "TOCSIN_TOKEN": rig.made["tokens"]["Bo"]}
    assert rig.tocsin.run("incident", "take-command", key, **other).returncode == 3


def test_a_request_repeated_under_its_key_is_done_once(rig: Rig) -> None:
    document = {"summary": "Slow", "severity": 3, "service": SERVICE}
    first = rig.api("POST", "/incidents", document, Idempotency_Key="k-1")
    again = rig.api("POST", "/incidents", document, Idempotency_Key="k-1")
    assert ok(first, 201)["id"] == ok(again, 201)["id"]
    assert rig.api("POST", "/incidents", {**document, "summary": "Other"}, Idempotency_Key="k-1").status == 409


@pytest.mark.everywhere
def test_two_who_edit_the_same_object_have_one_winner(rig: Rig) -> None:
    key = rig.declare(severity=3)["key"]
    read = rig.api("GET", f"/incidents/{key}")
    etag = {name.lower(): value for name, value in read.headers.items()}["etag"]
    assert rig.api("PATCH", f"/incidents/{key}", {"summary": "No tag"}).status == 428
    assert rig.api("PATCH", f"/incidents/{key}", {"summary": "First"}, If_Match=etag).status == 200
    late = rig.api("PATCH", f"/incidents/{key}", {"summary": "Second"}, If_Match=etag)
    assert late.status == 412
    assert "First" in late.text


@pytest.mark.everywhere
@pytest.mark.req("R21")
def test_a_nul_in_any_text_is_a_blank_on_both_stores(rig: Rig) -> None:
    """PostgreSQL keeps none, neither in a text nor in JSON."""
    nul = "Nobody\x00can pay"
    made = ok(rig.api("POST", "/incidents", {"summary": nul, "severity": 3, "description": nul, "service": SERVICE}, by="Ada"), 201)
    assert made["summary"] == "Nobody can pay"
    key = made["key"]
    ok(rig.api("POST", f"/incidents/{key}/note", {"kind": "observation", "text": nul}, by="Ada"), 200)
    final = {"internal": {"title": nul, "body": nul}, "external": {"title": nul, "body": nul}}
    answer = rig.api("POST", f"/incidents/{key}/resolve", {"final": final, "leave_open": {nul: nul}}, by="Ada")
    assert answer.status < 500, answer
    answer = rig.api("POST", f"/services/{SERVICE}/keys", {"kind": "generic", "name": nul})
    assert answer.status == 201, answer
    answer = rig.api("POST", "/gateways", {"name": nul, "kind": "sms", "url": "http://127.0.0.1:9/", "body": nul})
    assert answer.status < 500, answer
