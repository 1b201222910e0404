"""What `demo` prints: a command that works where it is typed, and a log without the same line again and again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tocsin.cli.inside import demo


def test_the_command_is_one_that_works_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv/bin/python"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo.shutil, "which", lambda name: None)
    assert demo._command() == ".venv/bin/tocsin"
    monkeypatch.setattr(demo.shutil, "which", lambda name: "/usr/bin/tocsin")
    assert demo._command() == "tocsin"


def test_a_log_file_gets_a_line_for_each_piece_of_work(capsys: pytest.CaptureFixture[str]) -> None:
    progress = demo._Progress()
    for what, share in (("people", 0.1), *[("sealing the event log", 0.99)] * 16, ("done", 1.0)):
        progress(what, share)
    assert capsys.readouterr().err.splitlines() == [f"demo company: {what}" for what in ("people", "sealing the event log", "done")]
