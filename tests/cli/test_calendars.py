"""The verbs of `calendar`: where they go and what they send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tocsin.cli.app import app
from tocsin.cli.remote.client import Remote

Sent = list[tuple[str, tuple[str, ...], dict[str, Any]]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What would be asked; nobody answers."""
    found: Sent = []

    def ask(self: Remote, method: str, path: tuple[str, ...], query: Any, body: Any = None, headers: Any = None) -> Any:
        found.append((method, path, {**query, **(body or {})}))
        return {
            "items": [],
            "id": "x",
            "hint": "abcd",
            "name": "Leave",
            "absences": 2,
            "address": "https://t/feeds/x.ics",
            "reminders": False,
        }, ""

    monkeypatch.setattr(Remote, "_ask", ask)
    return found


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["calendar", *words, "--url", "http://localhost", "--token", "tcs_x"])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_feed_is_made_for_me_or_a_team_and_revoked(sent: Sent) -> None:
    assert "https://t/feeds/x.ics" in run("create-feed")
    run("create-feed", "--team", "payments")
    run("revoke-feed", "fed_1", "--team", "payments")
    run("feeds")
    assert [(method, "/".join(path)) for method, path, _ in sent] == [
        ("POST", "people/me/calendar-feeds"),
        ("POST", "teams/payments/calendar-feeds"),
        ("POST", "teams/payments/calendar-feeds/fed_1/revoke"),
        ("GET", "people/me/calendar-feeds"),
    ]


def test_absences_are_brought_as_a_file_or_an_address(sent: Sent, tmp_path: Path) -> None:
    file = tmp_path / "leave.ics"
    file.write_text("BEGIN:VCALENDAR\n")
    run("add-away", "--file", str(file), "--name", "Leave")
    run("replace-away", "awc_1", "--address", "https://example.com/a.ics", "--team", "payments")
    run("remove-away", "awc_1")
    run("away", "--team", "payments")
    assert sent[0] == ("POST", ("people", "me", "away-calendars"), {"name": "Leave", "url": "", "file": "BEGIN:VCALENDAR\n"})
    assert sent[1][1:] == (("teams", "payments", "away-calendars", "awc_1", "replace"), {"url": "https://example.com/a.ics"})
    assert sent[2][1] == ("people", "me", "away-calendars", "awc_1", "remove")
    assert sent[3][1] == ("teams", "payments", "away-calendars")


def test_reminders_are_switched_off(sent: Sent) -> None:
    run("reminders", "--off")
    assert sent == [("POST", ("people", "me", "set-notices"), {"reminders": False})]


def test_a_file_that_no_request_can_hold_is_named_before_it_is_sent(sent: Sent, tmp_path: Path) -> None:
    file = tmp_path / "leave.ics"
    file.write_text("BEGIN:VCALENDAR\n" + "x" * 2_000_000)
    done = CliRunner().invoke(app, ["calendar", "add-away", "--file", str(file), "--url", "http://localhost", "--token", "tcs_x"])
    assert done.exit_code == 2
    assert "leave.ics has 1.9 MB, and a request may hold 1." in done.output
    assert not sent
