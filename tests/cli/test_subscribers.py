"""The verbs of subscribers: where they go and what they send."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_catalogue import World, run, world

__all__ = ("world",)


def test_subscribers_are_added_and_removed(world: World) -> None:
    world.answer = {"address": "rita@example.net"}
    assert "rita@example.net is told from now on" in run("subscribers", "add", "rita@example.net", "--part", "cmp_1")
    assert world.sent[-1] == ("POST", "subscribers", {"address": "rita@example.net", "channel": "mail", "parts": ["cmp_1"]})
    run("subscribers", "remove", "rita@example.net")
    assert world.sent[-1][:2] == ("POST", "subscribers/rita@example.net/remove")


def test_a_file_is_checked_unless_everybody_agreed(world: World, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_text("a@example.net\nno\n")
    world.answer = {
        "added": 1,
        "known": 0,
        "stopped": 0,
        "wrong": [{"line": 2, "reason": "Write a mail address."}],
        "dry_run": True,
    }
    said = run("subscribers", "import", str(file))
    assert "line 2: Write a mail address." in said
    assert "1 would be added" in said
    assert world.sent[-1] == ("POST", "subscribers/import", {"text": "a@example.net\nno", "dry_run": True})
    assert "1 added" in run("subscribers", "import", str(file), "--consent")
    assert world.sent[-1][2] == {"text": "a@example.net\nno", "consent": True}
