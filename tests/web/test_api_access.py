"""Every operation of the API × every role × token scopes × private objects, generated from its own description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.web import objects
from tests.web.objects import House
from tocsin.core.models import Event

pytestmark = pytest.mark.django_db

READ, ALL = ("read",), ("read", "respond", "configure")
_ONE = "/api/v1/incidents/{wanted}"
REPORTS = {"/api/v1/incidents", f"{_ONE}/say", f"{_ONE}/set-up", f"{_ONE}/label-case", f"{_ONE}/cases/{{case}}/follow-up"}
REPORTS |= {f"{_ONE}/follow", f"{_ONE}/unfollow"}
"""Every role reports incidents, asks in their rooms, may ask for a room, labels support cases and speaks with their customers."""
THEIR_OWN = (
    "/contact-methods",
    "/set-notify-steps",
    "/set-notices",
    "/tokens",
    "/people/{wanted}/calendar-feeds",
    "/people/{wanted}/away-calendars",
)
"""The person in the house's paths is the stakeholder, who changes these of their own."""


@pytest.fixture
def house() -> House:
    return objects.build()


@pytest.fixture
def operations(house: House) -> list[tuple[str, str]]:
    """Method and path template of every operation."""
    token = objects.tokens(house, *READ)["administrator"]
    document = house.client("signed-out").get("/api/v1/openapi.json", headers={"Authorization": f"Bearer {token}"}).json()
    listed = [(method.upper(), path) for path, item in document["paths"].items() for method in item if method != "parameters"]
    assert len(listed) > 30
    return listed


def ask(house: House, token: str, method: str, template: str, *, private: bool = False, body: Any = None) -> Any:
    path = house.path(template.strip("/").replace("{", "<").replace("}", ">"), private=private)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    client = house.client("signed-out")
    with transaction.atomic():
        before = Event.objects.count()
        answer = client.generic(method, path, json.dumps(body or {}), content_type="application/json", headers=headers)
        answer.wrote = Event.objects.count() - before
        transaction.set_rollback(True)
    return answer


def faults(house: House, token: str, operations: list[tuple[str, str]], **more: Any) -> Iterator[tuple[str, str, Any]]:
    for method, template in operations:
        answer = ask(house, token, method, template, **more)
        assert answer.status_code < 500, (method, template, answer.content)
        if answer.status_code >= 400:
            assert answer["Content-Type"].startswith("application/problem+json"), (method, template)
            assert answer.wrote == 0, (method, template, "wrote although it refused")
        yield method, template, answer


def test_without_a_token_nothing_is_said(house: House, operations: list[tuple[str, str]]) -> None:
    for method, template, answer in faults(house, "", operations):
        assert answer.status_code == 401, (method, template, answer.status_code)


def test_an_unknown_token_is_nobody(house: House, operations: list[tuple[str, str]]) -> None:
    for method, template, answer in faults(house, "tcs_made-up", operations):
        assert answer.status_code == 401, (method, template, answer.status_code)


@pytest.mark.parametrize("role", ["stakeholder", "responder", "member", "manager", "administrator"])
def test_a_token_that_reads_changes_nothing(house: House, operations: list[tuple[str, str]], role: str) -> None:
    token = objects.tokens(house, *READ)[role]
    for method, template, answer in faults(house, token, operations):
        if method == "GET":
            assert answer.status_code in (200, 403, 404), (method, template, answer.status_code, answer.content)
        else:
            assert answer.status_code in (403, 404, 422), (method, template, answer.status_code)
        assert answer.wrote == 0, (method, template)


@pytest.mark.parametrize("role", ["stakeholder", "responder"])
def test_whoever_is_not_in_charge_changes_nothing_of_another_team(
    house: House, operations: list[tuple[str, str]], role: str
) -> None:
    token = objects.tokens(house, *ALL)[role]
    owned = [
        one
        for one in operations
        if one[0] != "GET"
        and "{" in one[1]
        and one[1].split("/")[3] in ("services", "teams", "people", "schedules", "policies", "webhooks", "products", "gateways")
        and not (role == "stakeholder" and any(part in one[1] for part in THEIR_OWN))
    ]
    assert owned
    for method, template, answer in faults(house, token, owned):
        assert answer.status_code >= 400, (method, template, answer.status_code)


def test_a_stakeholder_runs_no_incident(house: House, operations: list[tuple[str, str]]) -> None:
    token = objects.tokens(house, *ALL)["stakeholder"]
    running = [one for one in operations if one[0] != "GET" and "/incidents/" in one[1] and one[1] not in REPORTS]
    assert running
    for method, template, answer in faults(house, token, running):
        assert answer.status_code in (403, 422, 428), (method, template, answer.status_code)


@pytest.mark.parametrize("role", ["stakeholder", "responder", "member"])
def test_a_private_incident_does_not_exist_for_others(house: House, operations: list[tuple[str, str]], role: str) -> None:
    token = objects.tokens(house, *ALL)[role]
    about = [one for one in operations if "{" in one[1] and one[1].split("/")[3] in ("incidents", "postmortems", "actions")]
    assert about
    for method, template, answer in faults(house, token, about, private=True):
        assert answer.status_code in (403, 404, 422), (method, template, answer.status_code)
        assert b"Breach" not in answer.content, (method, template)


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b'{"a": NaN}', b'{"a": "\\ud800"}', b'{"a":' * 70 + b"1" + b"}" * 70])
def test_an_odd_body_is_a_4xx_that_says_what_is_wrong(house: House, operations: list[tuple[str, str]], body: bytes) -> None:
    token = objects.tokens(house, *ALL)["administrator"]
    for method, template in operations:
        if method == "GET":
            continue
        path = house.path(template.strip("/").replace("{", "<").replace("}", ">"))
        answer = house.client("signed-out").generic(
            method, path, body, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
        )
        assert 400 <= answer.status_code < 500 or body == b"[]", (method, template, answer.status_code)
        assert answer.status_code < 500, (method, template)
