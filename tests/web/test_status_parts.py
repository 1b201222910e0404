"""Setting the status pages up: on the page, in the API and on the command line's way through it."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests import company
from tests.conftest import NOW
from tests.web.walk import signed_in
from tocsin.core.actor import SYSTEM
from tocsin.directory import commands as directory
from tocsin.directory.models import Person
from tocsin.statuspages import commands, parts
from tocsin.statuspages.models import Component

pytestmark = pytest.mark.django_db


@pytest.fixture
def root() -> Person:
    return company.administrator("Root")


def post(person: Person, path: str, **body: object) -> tuple[int, dict[str, object]]:
    token = directory.create_token(SYSTEM, person, name="tests", scopes=["read", "configure"], now=NOW)[1]
    headers = {"Authorization": f"Bearer {token}"}
    answer = Client().post(f"/api/v1/status-pages/{path}", json.dumps(body), content_type="application/json", headers=headers)
    return answer.status_code, json.loads(answer.content)


def test_an_administrator_sets_a_page_up_in_the_browser(root: Person) -> None:
    company.product("Tickets")
    browser = signed_in(root)
    assert browser.post("/admin/status-pages/external/rename", {"name": "Larkfield status"}).status_code == 302
    assert browser.post("/admin/status-pages/external/parts", {"name": "Paying", "product": "tickets"}).status_code == 302
    part = Component.objects.get(name="Paying")
    assert browser.post(f"/admin/status-parts/{part.id}/state", {"state": "major_outage"}).status_code == 302
    page = Client().get("/status").content.decode()
    assert "<b>Larkfield status</b>" in page
    assert "A part of the service is down" in page
    assert "Paying" in browser.get("/admin/status-pages").content.decode()
    assert browser.post(f"/admin/status-parts/{part.id}/remove").status_code == 302
    assert not Component.objects.exists()


def test_what_is_refused_is_said_at_its_field_and_kept(root: Person) -> None:
    commands.create_component(SYSTEM, parts.page("external"), name="Paying", now=NOW)
    browser = signed_in(root)
    twice = browser.post("/admin/status-pages/external/parts", {"name": "Paying"})
    assert twice.status_code == 422
    assert 'value="Paying" aria-invalid="true"' in twice.content.decode()
    nameless = browser.post("/admin/status-pages/external/rename", {"name": " "})
    assert nameless.status_code == 422
    assert 'id="name-external-err"' in nameless.content.decode()
    part = Component.objects.get()
    assert browser.post(f"/admin/status-parts/{part.id}/state", {"state": "on fire"}).status_code == 422


def test_the_api_says_the_same(root: Person) -> None:
    company.product("Tickets")
    status, made = post(root, "external/components", name="Paying", product="tickets")
    assert (status, made["page"], made["product"], made["state"]) == (201, "external", "tickets", "operational")
    assert post(root, f"components/{made['id']}/set-state", state="partial_outage")[1]["state"] == "partial_outage"
    assert post(root, "external/rename", name="Ours")[1] == {"slug": "external", "name": "Ours"}
    assert post(root, f"components/{made['id']}/remove")[1]["name"] == "Paying"
    assert post(root, f"components/{made['id']}/remove")[0] == 404


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("external/components", {"name": "Paying", "product": "none-such"}, "product"),
        ("external/components", {"name": ""}, "name"),
        ("external/rename", {"name": ""}, "name"),
    ],
)
def test_a_wrong_field_is_named(root: Person, path: str, body: dict[str, object], field: str) -> None:
    status, problem = post(root, path, **body)
    assert status in {400, 422}
    assert problem["field"] == field


def test_nobody_else_may(root: Person) -> None:
    otto = company.person("Otto")
    assert post(otto, "external/components", name="Paying")[0] == 403
    assert signed_in(otto).post("/admin/status-pages/external/parts", {"name": "Paying"}).status_code == 403
