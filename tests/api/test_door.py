"""The door of the API: who may come in, what may be sent, and how a no looks."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests import company
from tests.api.caller import Api, refusal
from tocsin.web.api.urls import api as framework

pytestmark = pytest.mark.django_db


def test_without_a_token_nothing_is_said() -> None:
    response = Client().get("/api/v1/alerts")
    assert refusal(response, 401)["code"] == "unidentified"
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "Basic dXNlcjpwYXNz", "nonsense", "Bearer \x01"])
def test_a_wrong_token_is_refused(header: str) -> None:
    refusal(Client().get("/api/v1/alerts", headers={"Authorization": header}), 401)


def test_the_session_of_a_browser_opens_nothing() -> None:
    client = Client()
    client.force_login(company.administrator())
    refusal(client.get("/api/v1/alerts"), 401)


def test_a_token_that_only_reads_changes_nothing() -> None:
    reader = Api(scopes=("read",))
    shop = company.service()
    assert reader.get("services").status_code == 200
    problem = refusal(reader.post("alerts", {"service": shop.slug, "title": "down"}), 403)
    assert problem["code"] == "scope_missing"
    refusal(Api(company.person("Bo"), scopes=("respond",)).get("services"), 403)


def test_every_operation_names_its_scope() -> None:
    unscoped = [
        f"{method} {prefix}{path}"
        for prefix, router in framework._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
        if not operation.auth_callbacks or not hasattr(operation.auth_callbacks[0], "scope")
    ]
    assert unscoped == []


def test_no_operation_makes_its_shapes_ready_before_somebody_asks() -> None:
    operations = [one for _, router in framework._routers for view in router.path_operations.values() for one in view.operations]
    shapes = [shape for one in operations for shape in (*one.models, *one.response_models.values()) if isinstance(shape, type)]
    assert len(shapes) > len(operations)
    assert [shape for shape in shapes if not shape.model_config.get("defer_build")] == []


def test_what_is_not_there_and_what_is_not_done_are_problems_too() -> None:
    caller = Api()
    for path in ("nosuch", "alerts/4711", "alerts/alt_nonsense", "incidents/HOT-1", "incidents/%00", "actions/x", "people/nobody"):
        refusal(caller.get(path), 404)
    response = caller.send("DELETE", "alerts")
    assert refusal(response, 405)["code"] == "method_not_allowed"
    assert "POST" in response["Allow"]
    assert Client().get("/api/nowhere")["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"title": NaN}', "title"),
        (b'{"title": "\\ud800"}', "title"),
        (b'{"labels": {"a": ' + b"9" * 5000 + b"}}", "labels.a"),
        (b"[" * 5000 + b"]" * 5000, "body"),
        (b'{"title": 1e999}', "title"),
        (b"\xff\xfe", "body"),
        (b"{", "body"),
        (b'{"a"', "body"),
    ],
)
def test_a_body_that_is_not_proper_json_is_a_400_with_its_place(body: bytes, field: str) -> None:
    problem = refusal(Api().post("alerts", body), 400)
    assert problem["field"] == field


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "service"),
        ([], "body"),
        ("text", "body"),
        (None, "body"),
        ({"service": "shop", "title": 7}, "title"),
        ({"service": "shop", "title": "down", "nosuch": 1}, "nosuch"),
        ({"service": "shop", "title": "down", "urgency": "extreme"}, "urgency"),
        ({"service": "shop", "title": "down"}, "service"),
        ({"service": {"a": 1}, "title": "down"}, "service"),
        ({"service": "shop\x00", "title": "down"}, "service"),
    ],
)
def test_a_wrong_field_is_a_422_that_names_it(body: object, field: str) -> None:
    problem = refusal(Api().post("alerts", body), 422)
    assert problem["field"] == field


def test_odd_queries_are_refused_with_their_name() -> None:
    caller = Api()
    for query, field in {
        "limit=0": "limit",
        "limit=201": "limit",
        "limit=many": "limit",
        "cursor=zz": "cursor",
        "cursor=WyItbnVtYmVyIiwgMWU5OTld": "cursor",
        "cursor=WyItbnVtYmVyIiwgInRleHQiXQ": "cursor",
        "status=odd": "status",
    }.items():
        assert refusal(caller.get(f"alerts?{query}"), 422)["field"] == field, query


def test_the_description_is_for_token_holders_and_whoever_is_signed_in() -> None:
    refusal(Client().get("/api/v1/openapi.json"), 401)
    person = company.person("Bo")
    browser = Client()
    browser.force_login(person)
    document = browser.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document == Api(person).get("openapi.json").json()
    assert "/api/v1/incidents/{wanted}/take-command" in document["paths"]
    json.dumps(document)
