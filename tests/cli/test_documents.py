"""The verbs about the state document: where they go and how they answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tocsin.cli.app import app
from tocsin.cli.remote.client import Remote

SECTION = {"slug": "we_know", "heading": "What we know", "text": "5xx", "version": 3}
ROW = {"id": "row_1", "table": "timeline", "cells": {"when": "02:14", "what": "5xx"}}

CHANGE = {"number": 1, "what": "rolled back", "who": "Ana", "at": "02:31Z", "how": "", "why": "", "revert": ""}
STREAM = {"number": 2, "title": "Rollback", "lead": {"name": "Mei"}, "state": "open", "step": "on two hosts"}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was asked. The answer of the next one is put in front."""
    asked: list[Any] = []

    def ask(self: Remote, method: str, path: tuple[str, ...], query: Any, body: Any = None, headers: Any = None) -> Any:
        answer = asked.pop(0) if asked and isinstance(asked[0], dict) else {}
        asked.append((method, "/".join(path), {**query, **(body or {})}))
        return answer, "tag"

    monkeypatch.setattr(Remote, "_ask", ask)
    return asked


def run(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["document", *words, "--url", "http://localhost", "--token", "tcs_x"])
    assert done.exit_code == code, done.output
    return done.output


def test_a_row_is_given_by_columns(sent: list[Any]) -> None:
    sent.append(dict(ROW))
    assert "timeline row_1" in run("add-row", "HOT-1", "--cell", "who=Ana", "--cell", "what=a=b")
    assert sent[-1] == ("POST", "incidents/HOT-1/document/rows", {"cells": {"who": "Ana", "what": "a=b"}})
    run("add-row", "HOT-1", "--cell", "who", code=2)


def test_a_section_is_shown_written_and_restored(sent: list[Any], tmp_path: Path) -> None:
    sent.append({"sections": [SECTION], "changes": [CHANGE], "streams": [STREAM], "rows": [ROW]})
    said = run("show", "HOT-1")
    assert "What we know\n5xx" in said
    assert "change 1: rolled back (who Ana, at 02:31Z); revert: not said" in said
    assert "stream 2: Rollback, Mei, open: on two hosts" in said
    file = tmp_path / "facts.txt"
    file.write_text("from a file")
    sent[:] = [dict(SECTION), dict(SECTION)]
    run("write", "HOT-1", "we_know", f"@{file}")
    assert sent[-1] == ("PATCH", "incidents/HOT-1/document/sections/we_know", {"text": "from a file"})
    sent[:] = [dict(SECTION)]
    assert "version 3" in run("restore", "HOT-1", "we_know", "2")


def test_a_file_goes_out_and_in(sent: list[Any], tmp_path: Path) -> None:
    sent.append({"format": "markdown", "text": "# HOT-1\n"})
    assert run("export", "HOT-1") == "# HOT-1\n"
    file = tmp_path / "state.html"
    file.write_text("<p>")
    sent[:] = [{"sections": 1, "rows_added": 2, "rows_changed": 0}]
    assert "2 rows added" in run("import", "HOT-1", str(file))
    assert sent[-1][2] == {"format": "html", "text": "<p>"}
