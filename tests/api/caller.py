"""A program that calls the API: `Api(ana)` acts for Ana with a token of the scopes it is given."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests import company
from tocsin.core import clock
from tocsin.directory import commands, rules
from tocsin.directory.models import Person


class Api:
    """Every answer is checked to be JSON of the API; what is wrong is left to the test."""

    def __init__(self, person: Person | None = None, *, scopes: tuple[str, ...] = rules.SCOPES) -> None:
        self.person = person or company.administrator()
        _, self.token = commands.create_token(company.actor(self.person), self.person, name="test", scopes=scopes, now=clock.now())
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, None, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.send("PATCH", path, body, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            raw,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **names},
        )


def refusal(response: HttpResponse, status: int) -> dict[str, Any]:
    """The problem of a refusal with this status, checked for its shape."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert {"type", "title", "code", "detail"} <= problem.keys()
    return problem
