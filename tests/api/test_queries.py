"""What may be asked in a query: a name that the operation does not know is refused, in every operation."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests import company
from tests.api.caller import Api, refusal
from tocsin.web.api.urls import _document

OPERATIONS = sorted((method, path) for path, verbs in _document()["paths"].items() for method in verbs if method != "parameters")


@pytest.mark.django_db
def test_a_name_that_an_operation_does_not_know_is_refused_by_every_one() -> None:
    api, asked = Api(), []
    for method, path in OPERATIONS:
        where = re.sub(r"\{[^}]*\}", "x", path.removeprefix("/api/v1/"))
        problem = refusal(api.send(method.upper(), f"{where}?sicne=x"), 422)
        assert (problem["field"], "'sicne'" in problem["detail"]) == ("sicne", True), (method, path)
        asked.append(path)
    assert len(asked) > 100


@pytest.mark.django_db
def test_shifts_are_not_given_for_another_time_than_was_asked() -> None:
    company.schedule(company.team("Payments"), company.person("Ada"), name="Primary")
    api = Api()
    problem = refusal(api.get("schedules/primary/shifts?from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z"), 422)
    assert (problem["field"], "since, until" in problem["detail"]) == ("from", True)
    assert len(api.get("schedules/primary/shifts?since=2026-12-01T00:00:00Z&until=2026-12-02T00:00:00Z").json()) == 1
    assert api.post("schedules/primary/set-last-resort?dry_run=true").status_code == 200


@pytest.mark.django_db
def test_who_asks_is_known_before_what_is_asked() -> None:
    assert Client().get("/api/v1/schedules?sicne=x").status_code == 401
