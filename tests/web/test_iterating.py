"""The loop by forms and by the API: board, streams, change log, fix panel, relief."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import company
from tests.api.caller import Api, refusal
from tests.incidents.given import fixing, house
from tocsin.core import clock
from tocsin.incidents import commands
from tocsin.incidents.iterating.models import Prompt

pytestmark = pytest.mark.django_db


@pytest.mark.req("ITR-01", "ITR-02")
def test_the_board_takes_an_observation_and_makes_a_theory_of_it_with_one_button(client: Client) -> None:
    there = house()
    incident = fixing(there)
    client.force_login(there.ben)
    path = f"/{incident.key}/theories"
    client.post(f"/{incident.key}/say", {"text": "/observe replica is 70 min behind"})
    note = incident_notes(client, path)
    taken = client.post(f"{path}/take", {"message": note, "do": "theory"})
    assert taken["Location"] == f"{path}?about=1#new"
    offered = client.get(f"{path}?about=1").text
    assert 'value="theory" checked' in offered
    assert client.post(f"{path}/add", {"kind": "theory", "text": "a report runs there", "about": "1"}).status_code == 302
    assert client.post(f"{path}/add", {"kind": "experiment", "text": "end the report", "about": "2"}).status_code == 302
    assert client.post(f"{path}/add", {"kind": "experiment", "text": "x", "about": "9"}).status_code == 422
    assert client.post(f"{path}/add", {"kind": "guess", "text": ""}).status_code == 422
    assert client.post(f"{path}/3", {"result": "maybe"}).status_code == 422
    assert client.post(f"{path}/3", {"result": "refutes", "outcome": "still behind"}).status_code == 302
    shown = client.get(path).text
    assert "Disproven 1" in shown
    assert "refutes it" in shown
    assert client.post(f"{path}/2", {"state": "open"}).status_code == 302
    client.force_login(there.sven)
    assert "a report runs there" in client.get(path).text
    assert client.post(f"{path}/add", {"kind": "theory", "text": "x"}).status_code == 403


def incident_notes(client: Client, path: str) -> str:
    return client.get(path).context["board"].notes[0].id


@pytest.mark.req("ITR-03", "DEL-05")
def test_two_streams_stand_on_the_incident_page_and_in_the_state_document(client: Client) -> None:
    there = house()
    incident = fixing(there)
    client.force_login(there.ben)
    path = f"/{incident.key}/streams"
    for title, lead in (("Rollback", there.ana), ("Issuer", there.ben)):
        form = {"title": title, "lead": lead.id, "step": f"{title} now", "next_steps": f"{title} later", "towards": "it ends"}
        assert client.post(path, form).status_code == 302
    assert client.post(path, {"title": ""}).status_code == 422
    assert client.post(path, {"title": "x", "lead": there.sven.id}).status_code == 422
    room = client.get(f"/{incident.key}").text
    rail, document = room.split('id="rail"')[1], room.split('id="doc"')[1].split('id="rail"')[0]
    for part in (rail, document):
        for words in ("Rollback now", "Issuer later", "Ana", "Ben"):
            assert words in part
    change = {"title": "Issuer", "lead": "", "version": "1", "state": "done", "step": "called"}
    assert client.post(f"{path}/2", change).status_code == 302
    assert client.post(f"{path}/2", change | {"step": "late"}).status_code == 422
    assert "Done" in client.get(path).text


@pytest.mark.req("OPN-07", "ITR-07")
def test_the_state_document_shows_the_changes_and_streams_of_the_incident(client: Client) -> None:
    there = house()
    incident = fixing(there)
    client.force_login(there.ben)
    path = f"/{incident.key}/doc"
    empty = client.get(path).text
    assert "Nothing was changed yet." in empty
    assert "No stream of work yet." in empty
    change = {"what": "rolled back", "who": "Mei", "why": "5xx", "how": "by hand", "do": "anyway"}
    assert client.post(f"/{incident.key}/changes/log", change).status_code == 302
    commands.open_stream(there.actor("ben"), incident, "Issuer", lead=there.ana, step="call them", now=clock.now())
    shown = client.get(path).text
    for words in (
        "Who",
        "What",
        "When",
        "How",
        "Why",
        "How to revert",
        "rolled back",
        "Mei",
        "5xx",
        "by hand",
        "1 without a way back",
    ):
        assert words in shown
    for words in ("Issuer", "Ana", "call them", "Towards resolution"):
        assert words in shown
    assert client.get(f"/{incident.key}/tables/streams")["Location"] == f"/{incident.key}/streams"


@pytest.mark.req("ITR-07")
def test_a_change_without_a_way_back_is_asked_for_it(client: Client) -> None:
    there = house()
    incident = fixing(there)
    client.force_login(there.ben)
    path = f"/{incident.key}/changes"
    asked = client.post(f"{path}/log", {"what": "rolled back to 41", "why": "5xx"})
    assert asked.status_code == 422
    assert "How is it taken back?" in asked.text
    assert client.post(f"{path}/log", {"what": "rolled back to 41", "why": "5xx", "do": "anyway"}).status_code == 302
    assert "1 without a way back" in client.get(f"/{incident.key}").text
    assert client.post(f"{path}/1", {"revert": ""}).status_code == 422
    assert client.post(f"{path}/1", {"revert": "deploy 42 again"}).status_code == 302
    room = client.get(f"/{incident.key}").text
    assert "without a way back" not in room
    assert "deploy 42 again" in room.split('id="doc"')[1]
    assert "rolled back to 41. Why: 5xx." in room


@pytest.mark.req("ITR-04", "ITR-05", "ITR-08", "CHS-06")
def test_the_fix_panel_asks_checks_and_keeps_both_texts(client: Client) -> None:
    there = house()
    incident = fixing(there)
    client.force_login(there.ben)
    path = f"/{incident.key}/fix"
    assert "Stay calm" in client.get(path).text
    Prompt.objects.filter(incident=incident, kind="impact").update(asked_at=clock.now(), work_state="done")
    assert "Has impact or severity changed?" in client.get(f"/{incident.key}").text
    assert client.post(path, {"do": "no_change"}).status_code == 302
    assert "Has impact or severity changed?" not in client.get(f"/{incident.key}").text
    assert "no change" in client.get(path).text
    assert client.post(path, {"do": "check"}).status_code == 422
    assert client.post(path, {"do": "check", "questions": ["roles", "changes"]}).status_code == 302
    assert client.get(path).text.count("last checked") == 2
    assert client.post(path, {"do": "behaviour", "observed": "refused", "expected": "accepted"}).status_code == 302
    assert "accepted" in client.get(path).text


@pytest.mark.req("ITR-09", "ITR-10")
def test_hours_and_relief_are_forms_too(client: Client) -> None:
    there = house()
    incident = fixing(there)
    client.force_login(there.ben)
    path = f"/{incident.key}/relief"
    assert client.post(f"{path}/awake", {"hours": "17h"}).status_code == 302
    assert client.post(f"{path}/awake", {"hours": "long"}).status_code == 422
    assert "Needs relief" in client.get(path).text
    assert "Ben needs relief" in client.get(f"/{incident.key}").text
    plan = {"role": "incident_manager", "person": there.ana.id, "at": "in 2 h"}
    assert client.post(path, plan).status_code == 302
    assert "Ana takes over" in client.get(f"/{incident.key}").text
    assert client.post(path, plan | {"person": ""}).status_code == 422
    assert client.post(path, plan | {"at": "soonish"}).status_code == 422
    assert client.post(f"{path}/cancel", {"role": "incident_manager"}).status_code == 302
    assert "Nothing is planned" in client.get(path).text


@pytest.mark.req("ITR-01", "ITR-03", "ITR-07", "SYS-17")
def test_the_api_turns_the_loop() -> None:
    there = house()
    incident = fixing(there)
    ben, base = Api(there.ben), f"incidents/{incident.key}"
    assert ben.post(f"{base}/add-finding", {"kind": "theory", "text": "cache"}).status_code == 201
    assert ben.post(f"{base}/add-finding", {"kind": "experiment", "text": "warm it", "about": 1}).status_code == 201
    assert refusal(ben.post(f"{base}/add-finding", {"kind": "experiment", "text": "x"}), 422)["field"] == "about"
    assert ben.post(f"{base}/findings/2/conclude", {"result": "refutes", "outcome": "no"}).json()["state"] == "refutes"
    assert [one["state"] for one in ben.get(f"{base}/findings").json()["items"]] == ["disproven", "refutes"]
    assert ben.post(f"{base}/findings/1/set-theory", {"state": "open"}).json()["state"] == "open"
    commands.note(company.actor(there.ben), incident, kind="observation", text="lag", now=clock.now())
    refusal(ben.post(f"{base}/take-note", {"message": "msg_none"}), 404)
    stream = {"title": "Rollback", "lead": there.ana.email, "step": "host by host"}
    assert ben.post(f"{base}/open-stream", stream).json()["lead"]["name"] == "Ana"
    changed = ben.post(f"{base}/streams/1/change", {"state": "done", "lead": None, "version": 1}).json()
    assert (changed["state"], changed["lead"], changed["step"]) == ("done", None, "host by host")
    refusal(ben.post(f"{base}/streams/1/change", {"step": "x", "version": 1}), 412)
    assert ben.post(f"{base}/log-change", {"what": "rolled back"}).json()["asks"] == ["revert"]
    assert ben.post(f"{base}/changes/1/state-revert", {"revert": "deploy again"}).json()["asks"] == []
    assert ben.post(f"{base}/note", {"kind": "change", "text": "limit raised", "revert": "lower it"}).status_code == 200
    assert [one["revert"] for one in ben.get(f"{base}/changes").json()["items"]] == ["deploy again", "lower it"]
    assert refusal(ben.post(f"{base}/note", {"kind": "status", "text": "x", "revert": "y"}), 422)["field"] == "revert"


@pytest.mark.req("ITR-04", "ITR-05", "ITR-08", "ITR-09", "ITR-10")
def test_the_api_keeps_the_pace() -> None:
    there = house()
    incident = fixing(there)
    ben, base = Api(there.ben), f"incidents/{incident.key}"
    assert ben.post(f"{base}/no-change").status_code == 200
    pace = ben.post(f"{base}/declare-awake", {"hours": 17}).json()
    assert "17 h awake" in next(one["tired"] for one in pace["at_work"] if one["person"]["name"] == "Ben")
    plan = {"role": "incident_manager", "person": there.ana.email, "at": clock.rfc3339(clock.now() + dt.timedelta(hours=2))}
    assert ben.post(f"{base}/plan-relief", plan).json()["reliefs"][0]["person"]["name"] == "Ana"
    assert refusal(ben.post(f"{base}/plan-relief", plan | {"at": "2020-01-01T00:00:00Z"}), 422)["field"] == "at"
    assert ben.post(f"{base}/cancel-relief", {"role": "incident_manager"}).json()["reliefs"] == []
    assert ben.post(f"{base}/describe-behaviour", {"observed": "refused"}).json()["observed"] == "refused"
    assert ben.get(f"{base}/behaviour").json()["expected"] == ""
    assert ben.post(f"{base}/check", {"questions": ["roles"]}).json()[-1]["by"] == "Ben"
    refusal(ben.post(f"{base}/check", {"questions": ["weather"]}), 422)
    assert len(ben.get(f"{base}/discipline").json()) == 5
    refusal(Api(there.sven).post(f"{base}/no-change"), 403)
