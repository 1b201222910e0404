"""The verbs about colleagues, coverage, vendors and short links: where they go and how they answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tocsin.cli.app import app
from tocsin.cli.remote.client import Remote

Sent = list[tuple[str, str, dict[str, Any]]]
CARD = {
    "person": {"id": "per_1", "name": "Ada"},
    "email": "ada@example.com",
    "contact_methods": [
        {"name": "SMS", "kind": "gateway", "address": "+43 660 1"},
        {"name": "ntfy", "kind": "gateway", "address": None},
    ],
    "teams": ["payments"],
    "rosters": [{"schedule": "payments", "on_call": True, "since": None, "until": None}],
    "qualifications": [{"name": "database", "counts": True}, {"name": "network", "counts": False}],
}


class World:
    """What was asked, and what the next asker is told."""

    def __init__(self) -> None:
        self.sent: Sent = []
        self.answer: Any = {"items": [], "next": None}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    there = World()

    def ask(self: Remote, method: str, path: tuple[str, ...], query: Any, body: Any = None, headers: Any = None) -> Any:
        there.sent.append((method, "/".join(path), {name: value for name, value in {**query, **(body or {})}.items() if value}))
        return there.answer, ""

    monkeypatch.setattr(Remote, "_ask", ask)
    return there


def run(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, [*words, "--url", "http://localhost", "--token", "tcs_x"])
    assert done.exit_code == code, done.output
    return done.output


def test_a_colleague_is_found_with_everything_on_one_line(world: World) -> None:
    world.answer = {"items": [CARD], "next": None}
    said = run("person", "find", "database payments", "--can", "database", "--team", "payments")
    assert said.split("\t")[:4] == ["Ada", "+43 660 1, ntfy by a page", "payments", "payments now"]
    assert "database, network (expired)" in said
    assert world.sent[0][1:] == (
        "directory",
        {"q": "database payments", "team": "payments", "qualification": "database", "limit": 50},
    )


def test_qualifications_are_noted_and_taken_away(world: World) -> None:
    world.answer = {"name": "database"}
    run("person", "qualify", "ada@example.com", "database", "--trained-on", "2026-01-05")
    world.answer = CARD
    run("person", "disqualify", "ada@example.com", "database")
    assert world.sent == [
        ("POST", "people/ada@example.com/set-qualification", {"name": "database", "trained_on": "2026-01-05"}),
        ("POST", "people/ada@example.com/qualifications/database/remove", {}),
    ]


@pytest.mark.req("DET-13")
def test_coverage_leaves_with_one_when_something_is_missing(world: World) -> None:
    lack = {"part": "monitoring", "words": "No integration key.", "url": "x"}
    line = {"service": "checkout", "missing": [lack], "cautions": ["Nobody is on call now."], "complete": False}
    world.answer = {"services": [line], "complete": False}
    said = run("service", "coverage", code=1)
    assert "MISSING  checkout  monitoring: No integration key." in said
    assert "1 service: 1 lacks something." in said
    world.answer = {"services": [line | {"missing": [], "complete": True}], "complete": True}
    assert "1 service: all are covered." in run("service", "coverage")


def test_vendors_and_services_name_each_other(world: World, tmp_path: Path) -> None:
    procedure = tmp_path / "procedure.md"
    procedure.write_text("Ask for Ida.")
    world.answer = {"slug": "nordpay", "name": "Nordpay"}
    run("vendor", "create", "Nordpay", "--phone", "112", "--procedure", f"@{procedure}")
    run("vendor", "change", "nordpay", "--phone", "113")
    run("service", "change", "checkout", "--owner", "ada@example.com", "--needs", "ledger", "--vendor", "nordpay")
    assert world.sent[0] == ("POST", "vendors", {"name": "Nordpay", "phone": "112", "procedure": "Ask for Ida."})
    assert world.sent[2] == ("PATCH", "vendors/nordpay", {"phone": "113"})
    assert world.sent[4][2] == {"owner": "ada@example.com", "needs": ["ledger"], "vendors": ["nordpay"]}


@pytest.mark.req("CHS-04")
def test_short_links_have_their_verbs(world: World) -> None:
    world.answer = {"name": "test", "target": "/alerts", "items": [], "next": None}
    assert "go/test leads to /alerts" in run("link", "create", "test", "/alerts")
    run("link", "change", "test", "--target", "/oncall")
    run("link", "remove", "test")
    run("link", "list")
    assert [(method, path) for method, path, _ in world.sent] == [
        ("POST", "short-links"),
        ("GET", "short-links/test"),
        ("PATCH", "short-links/test"),
        ("POST", "short-links/test/remove"),
        ("GET", "short-links"),
    ]
