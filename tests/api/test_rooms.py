"""The room through the API: the same verbs as its page, and the same answer to a repeated request."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from tests import company
from tests.api.caller import Api, refusal
from tests.web.walk import signed_in
from tocsin.cli.app import app
from tocsin.collab.models import Message
from tocsin.demo import pictures
from tocsin.incidents import commands, verbs
from tocsin.incidents.models import Incident
from tocsin.web.api.urls import api as described

pytestmark = pytest.mark.django_db
PNG = pictures.graph([0.1, 0.9, 0.4], 1)


@pytest.fixture
def api() -> Api:
    return Api(company.person("Ana"))


@pytest.fixture
def incident(api: Api, now: dt.datetime) -> Incident:
    company.last_resort()
    return commands.declare(company.actor(api.person), summary="Cards fail", severity=3, now=now)


def attach(api: Api, *files: SimpleUploadedFile, **fields: str) -> HttpResponse:
    data: dict[str, Any] = {"files": list(files), **fields}
    return api.client.post("/api/v1/incidents/HOT-1/attach", data, headers={"Authorization": f"Bearer {api.token}"})


@pytest.mark.req("OPN-05")
def test_messages_are_said_answered_marked_corrected_and_removed(api: Api, incident: Incident) -> None:
    first = api.post("incidents/HOT-1/say", {"text": "look", "client_key": "k"}).json()
    assert api.post("incidents/HOT-1/say", {"text": "look", "client_key": "k"}).json()["id"] == first["id"]
    answer = api.post("incidents/HOT-1/say", {"text": "seen", "reply_to": first["id"]}).json()
    assert answer["reply_to"] == first["id"]
    at = f"incidents/HOT-1/messages/{first['id']}"
    assert api.post(f"{at}/star", {}).json()["starred"]
    assert api.post(f"{at}/react", {"word": "seen"}).json()["reactions"] == [{"word": "seen", "people": ["Ana"]}]
    assert api.post(f"{at}/edit", {"text": "look here", "version": 1}).json()["text"] == "look here"
    assert refusal(api.post(f"{at}/edit", {"text": "x", "version": 1}), 412)["field"] == "version"
    assert api.get(at).json()["version"] == 2
    assert api.post(f"{at}/remove").json()["removed"]
    assert [one["id"] for one in api.get("incidents/HOT-1/messages").json()["items"]] == [answer["id"], first["id"]]
    refusal(api.get("incidents/HOT-1/messages/msg_x"), 404)
    assert refusal(api.post("incidents/HOT-1/say", {"text": "x", "reply_to": "msg_x"}), 422)["field"] == "reply_to"
    assert refusal(api.post(f"{at}/react", {"word": "love"}), 422)["field"] == "word"


@pytest.mark.req("ITR-06")
def test_files_come_as_a_form_and_go_as_bytes(api: Api, incident: Incident) -> None:
    for _ in range(2):
        made = attach(api, SimpleUploadedFile("graph.png", PNG), text="lag", kind="observation", client_key="k")
        assert made.status_code == 201, made.content
    assert Message.objects.count() == 1
    file = made.json()["files"][0]
    assert (made.json()["kind"], file["name"], file["media_type"], file["size"]) == (
        "observation",
        "graph.png",
        "image/png",
        len(PNG),
    )
    answer = api.get(file["url"].split("/api/v1/")[1])
    assert b"".join(answer.streaming_content) == PNG
    assert answer["X-Content-Type-Options"] == "nosniff"
    refusal(attach(api), 422)
    assert refusal(attach(api, SimpleUploadedFile("a.log", b"")), 422)["field"] == "files"
    refusal(api.post("incidents/HOT-1/attach", {"files": []}), 422)


def test_a_token_that_only_reads_says_nothing(api: Api, incident: Incident) -> None:
    reader = Api(api.person, scopes=("read",))
    refusal(reader.post("incidents/HOT-1/say", {"text": "x"}), 403)
    assert attach(reader, SimpleUploadedFile("a.log", b"x")).status_code == 403
    refusal(reader.post("incidents/HOT-1/run", {"line": "/sev 2"}), 403)


def test_a_private_room_does_not_exist_for_others(api: Api, incident: Incident, now: dt.datetime) -> None:
    made = attach(api, SimpleUploadedFile("a.log", b"x"))
    assert made.status_code == 201, made.content
    file = made.json()["files"][0]
    commands.change_fields(company.actor(api.person), incident, private=True, now=now)
    other = Api(company.person("Otto"))
    for path in ("messages", "transcript", "catch-up", "visitors", "verbs", f"files/{file['id']}"):
        refusal(other.get(f"incidents/HOT-1/{path}"), 404)
    assert attach(other, SimpleUploadedFile("a.log", b"x")).status_code == 404


def test_a_typed_line_is_carried_out_once(api: Api, incident: Incident) -> None:
    for _ in range(2):
        done = api.post("incidents/HOT-1/run", {"line": "/decide roll back", "client_key": "k"}).json()
    assert done == {"verb": "note", "words": "Decision noted.", "url": None}
    assert Message.objects.count() == 1
    assert api.post("incidents/HOT-1/run", {"line": "/resolve"}).json()["url"].endswith("/HOT-1/resolve")
    assert refusal(api.post("incidents/HOT-1/run", {"line": "roll back"}), 422)["field"] == "line"


@pytest.mark.req("OPN-13")
def test_catch_up_and_transcript(api: Api, incident: Incident) -> None:
    api.post("incidents/HOT-1/say", {"text": "look"})
    found = api.get("incidents/HOT-1/catch-up").json()
    assert found["sentence"].startswith("HOT-1, Sev 3, pending: Cards fail.")
    assert {"room_url", "video_url", "document_url", "roles", "known", "key_events", "missed"} <= set(found)
    assert api.get("incidents/HOT-1/transcript").json()["lines"][-1]["text"] == "look"
    assert b"look" in api.get("incidents/HOT-1/transcript?format=markdown").content
    refusal(api.get("incidents/HOT-1/transcript?format=pdf"), 422)


@pytest.mark.req("OPN-13")
def test_every_address_of_an_incident_opens(api: Api, incident: Incident) -> None:
    commands.set_up(company.actor(api.person), incident, now=incident.created_at)
    reader = signed_in(api.person)
    for found in (api.get("incidents/HOT-1").json(), api.get("incidents/HOT-1/catch-up").json()):
        for name in ("room_url", "document_url"):
            assert reader.get(urlsplit(found[name]).path).status_code == 200, found[name]


def test_every_verb_is_called_the_same_in_api_and_command_line() -> None:
    paths = described.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    calls = {path.rpartition("/")[2] for path in paths if path.startswith("/api/v1/incidents/{wanted}/")}
    typed = set(typer.main.get_command(app).commands["incident"].commands)
    elsewhere = {"change", "post-update"}
    for verb in verbs.VERBS:
        assert verb.name in typed | elsewhere, verb.name
        assert verb.name in calls | elsewhere, verb.name
