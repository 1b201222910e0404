"""Whatever an address or a form holds, the answer is a page in words, never a fault."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import company
from tests.api.caller import Api
from tests.web.walk import signed_in, world
from tocsin.incidents import commands

pytestmark = pytest.mark.django_db

ODD = ("", "\x00", "²", "-1", "9" * 40, "\ud7ff\ufffe", "‮x", "'\";--", "<script>", "x" * 5_000, "9" * 5_000)
LISTS = (
    "/incidents?view={0}&state={0}&severity={0}&service={0}&team={0}&q={0}&page={0}",
    "/incidents?view=queue&team={0}&page={0}",
    "/incidents?view=all&q={0}&page={0}",
    "/postmortems?q={0}&state={0}&page={0}",
    "/actions?owner={0}&category={0}",
    "/insights?days={0}&severity={0}&service={0}",
    "/declare?alert={0}&service={0}&summary={0}&product={0}",
    "/HOT-1?before={0}",
    "/HOT-1/update?status={0}",
    "/HOT-1/roles?role={0}",
    "/HOT-1/note?kind={0}",
    "/HOT-1/page?target={0}",
)
FORMS = {
    "/alerts/acknowledge": ("alert", "next"),
    "/declare": ("summary", "severity", "service", "source", "description", "products", "alert"),
    "/HOT-1/say": ("text", "client_key", "tab"),
    "/HOT-1/note": ("kind", "text", "at"),
    "/HOT-1/roles": ("role", "person", "do"),
    "/HOT-1/severity": ("severity",),
    "/HOT-1/page": ("target", "do"),
    "/HOT-1/alerts": ("number",),
    "/HOT-1/edit": ("summary", "service", "source", "support_cases", "video_url", "version", "description"),
    "/HOT-1/times": ("impact_started_at", "detected_at", "impact_ended_at"),
    "/HOT-1/doc/we_know": ("text", "version"),
    "/HOT-1/tables/timeline": ("who", "what", "when"),
    "/HOT-1/theories/add": ("kind", "text", "about"),
    "/HOT-1/streams": ("title", "lead", "step", "next_steps", "towards"),
    "/HOT-1/changes/log": ("what", "why", "how", "revert", "at", "do"),
    "/HOT-1/fix": ("do", "observed", "expected", "questions"),
    "/HOT-1/relief": ("role", "person", "at"),
    "/HOT-1/relief/awake": ("hours", "person"),
    "/HOT-1/update": ("status", "internal_title", "internal_body", "external_body", "next", "confirmation", "seen", "do"),
    "/HOT-1/resolve": ("impact_over", "impact_started_at", "support_cases", "owner", "do"),
    "/HOT-1/postmortem": ("owner",),
    "/HOT-1/actions/new": ("title", "category", "link_type", "owner", "due_on"),
}


@pytest.fixture
def client(now: dt.datetime) -> Client:
    there = world()
    commands.declare(company.actor(there.ada), summary="Cards fail", severity=2, service=there.checkout, now=now)
    made = signed_in(there.ada)
    made.raise_request_exception = True
    return made


@pytest.mark.parametrize("address", LISTS)
def test_odd_addresses(client: Client, address: str) -> None:
    for value in ODD:
        path, _, query = address.format("\x01").partition("?")
        params = dict.fromkeys((part.partition("=")[0] for part in query.split("&")), value)
        assert client.get(path, params).status_code < 500, value


@pytest.mark.parametrize("path", FORMS)
def test_odd_forms(client: Client, path: str) -> None:
    for value in ODD:
        assert client.post(path, dict.fromkeys(FORMS[path], value)).status_code < 500, value


@pytest.mark.parametrize("path", ["/people?q=\x00Ada", "/search?q=A\x00da"])
def test_what_no_store_keeps_is_left_out(client: Client, path: str) -> None:
    assert "Ada" in client.get(path).content.decode().partition("<main")[2]


def test_odd_choices_are_said_in_words(client: Client) -> None:
    for path in ("/t/payments/members", "/account/forgot"):
        assert client.post(path, {"person": "\x00", "email": "\x00"}).status_code < 500, path
    for path in ("/people/%00", "/t/%00", "/mailbox/%00", "/a/%00", "/mailbox?to=%00", "/admin/audit?q=%00"):
        assert client.get(path).status_code < 500, path


@pytest.mark.parametrize("path", ["/x/" + "9" * 30, "/HOT-999999999999", "/HOT-1/doc/none", "/HOT-1/postmortem/none", "/ZZ-1/text"])
def test_what_is_not_there_is_said(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


FORMS_ONLY = ("confirm", "say", "assess/change", "changes/log", "theories/add", "command", "follow")


@pytest.mark.parametrize("tail", FORMS_ONLY)
def test_an_address_for_forms_says_so_and_leads_to_its_incident(client: Client, tail: str) -> None:
    answer = client.get(f"/HOT-1/{tail}")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    shown = answer.text.partition("<main")[2]
    assert "This address only takes what a form sends." in shown
    assert '<a class="btn go" href="/HOT-1">Open HOT-1</a>' in shown


def test_a_method_that_an_address_does_not_take_is_said_in_words_to_people_alone(client: Client) -> None:
    for path in ("/alerts/acknowledge", "/me/test-page"):
        home = client.get(path)
        assert home.status_code == 405, path
        assert '<a class="btn go" href="/">Go home</a>' in home.text
    sent = client.post("/keys")
    assert (sent.status_code, sent["Allow"]) == (405, "GET")
    assert "Nothing can be sent to this address." in sent.text
    program = client.get("/HOT-1/say", headers={"Accept": "application/json"})
    assert (program.status_code, program.json()["code"]) == (405, "wrong_method")
    for method, path in (("HEAD", "/HOT-1/say"), ("OPTIONS", "/HOT-1/say"), ("DELETE", "/keys")):
        answer = client.generic(method, path)
        assert (answer.status_code, answer.content) == (405, b""), method
    api = Api().get("incidents/HOT-1/say")
    assert (api.status_code, "<main" in api.text) == (405, False)
