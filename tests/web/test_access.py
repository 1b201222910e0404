"""Every route × every role × own and private objects, walked from the routes themselves: a new page is tested when it exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.web import objects
from tests.web.objects import ROLES, House
from tocsin.core.models import Event
from tocsin.core.observe import logs
from tocsin.web.gate import policy
from tocsin.web.gate.policy import Route, Who

pytestmark = pytest.mark.django_db

RIGHTS = {
    Who.SIGNED_IN: set(ROLES) - {"signed-out"},
    Who.RESPONDER: {"responder", "member", "manager", "administrator"},
    Who.MANAGER: {"responder", "member", "manager", "administrator"},
    Who.ADMINISTRATOR: {"administrator"},
}
SEES_PRIVATE = {"manager", "administrator"}
"""The manager reported the private incident."""


@pytest.fixture
def house() -> House:
    return objects.build()


def pages() -> list[Route]:
    """Every route but the API's, which has a test of its own, and the sign-in library's."""
    return [route for route in policy.routes() if not route.template.startswith(("api/", "account/"))]


def ask(house: House, role: str, route: Route, method: str, *, private: bool = False) -> tuple[str, Any]:
    """One request that leaves nothing behind; the path and the answer."""
    path = house.path(route.template, private=private)
    client = house.client(role)
    with transaction.atomic():
        before = Event.objects.count()
        answer = client.generic(method, path, content_type="application/x-www-form-urlencoded")
        answer.wrote = Event.objects.count() - before
        transaction.set_rollback(True)
    return path, answer


def leads_to_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/account/login/")


def wrong(house: House, role: str, method: str) -> Iterator[str]:
    for route in pages():
        path, answer = ask(house, role, route, method)
        status = answer.status_code
        if status >= 500:
            yield f"{method} {path}: {status}"
        elif method == "GET" and answer.wrote:
            yield f"GET {path} wrote into the log; a look changes nothing"
        elif route.who in (Who.PUBLIC, Who.TOKEN, Who.BEARER):
            if leads_to_sign_in(answer):
                yield f"{method} {path}: asks to sign in although it is {route.who}"
        elif role == "signed-out":
            if not leads_to_sign_in(answer):
                yield f"{method} {path}: {status} without signing in"
        elif role not in RIGHTS[route.who] and status != 403:
            yield f"{method} {path}: {status} for a {role}"
        elif role in RIGHTS[route.who] and leads_to_sign_in(answer):
            yield f"{method} {path}: asks a signed-in {role} to sign in"


def test_every_route_has_a_policy() -> None:
    policy.require_all()
    assert [route.template for route in policy.routes() if not isinstance(route.who, Who)] == []


@pytest.mark.req("SYS-24")
def test_a_line_of_the_log_never_has_the_secret_of_an_address() -> None:
    """However it is named: 400s and 404s are logged with their paths, and what stands in such a path opens a door."""
    ours = [route for route in policy.routes() if route.who is Who.TOKEN and not route.template.startswith("account/")]
    lines = [f"Not Found: /{re.sub(r'<[^>]*>', 'zq7zq7zq7', route.template)}" for route in ours]
    assert [line for line in lines if "zq7zq7zq7" in logs.redact_text(line).replace("/incidents/zq7zq7zq7", "")] == []
    assert len(lines) > 20


def asked() -> Iterator[Any]:
    """Every role and method. Where a role sees the pages another one sees, drawing all of them again is left to the soak."""
    for role in ROLES:
        for method in ("GET", "POST"):
            again = method == "GET" and role in {"member", "manager"}
            yield pytest.param(role, method, marks=[pytest.mark.soak] if again else [], id=f"{role}-{method}")


@pytest.mark.req("SYS-24")
@pytest.mark.parametrize(("role", "method"), list(asked()))
def test_each_role_gets_through_the_doors_meant_for_it_and_no_others(house: House, role: str, method: str) -> None:
    assert list(wrong(house, role, method)) == []


def about_an_incident() -> list[Route]:
    return [route for route in pages() if "<incident:key>" in route.template or route.template.startswith("x/")]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", sorted(set(ROLES) - SEES_PRIVATE))
def test_a_private_incident_does_not_exist_for_others(house: House, role: str, method: str) -> None:
    leaks = []
    for route in about_an_incident():
        path, answer = ask(house, role, route, method, private=True)
        refused = leads_to_sign_in(answer) or answer.status_code in (403, 404, 405)
        if not refused or b"Breach" in answer.content:
            leaks.append(f"{method} {path}: {answer.status_code}")
    assert leaks == []


@pytest.mark.parametrize("role", sorted(set(ROLES) - SEES_PRIVATE - {"signed-out"}))
def test_lists_and_search_do_not_name_a_private_incident(house: House, role: str) -> None:
    client = house.client(role)
    for path in (
        "/",
        "/incidents",
        "/incidents?q=Breach",
        "/search?q=Breach",
        "/actions",
        "/postmortems",
        "/insights",
        "/status/internal",
        "/dash/support",
    ):
        answer = client.get(path)
        assert answer.status_code < 500
        text = answer.content.decode().replace('value="Breach"', "").replace("“Breach”", "")
        assert house.private["key"] not in text, path


def test_the_public_page_never_names_an_incident_that_was_not_published(house: House) -> None:
    text = house.client("signed-out").get("/status").content.decode()
    assert "Breach" not in text
    assert "Payments fail" not in text
