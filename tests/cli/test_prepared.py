"""The verbs about the sheet, values, backups, changes, the kit, drills and imports: where they go and how they answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_catalogue import World, run, world

__all__ = ["world"]

LINE = {"item": "itm_1", "text": "VPN", "state": "done", "by": "Ana", "at": "x", "reason": "", "due": False, "due_at": None}


@pytest.mark.req("CHS-02")
def test_the_checklist_is_ticked_from_a_shell(world: World) -> None:
    world.answer = {"parts": [{"title": "Connect", "lines": [LINE, LINE | {"state": "skipped", "reason": "Here"}]}], "open": 3}
    said = run("incident", "checklist", "HOT-1")
    assert "[x] itm_1  VPN  Ana x" in said
    assert "[-] itm_1  VPN  Ana x  because: Here" in said
    run("incident", "tick", "HOT-1", "itm_1")
    run("incident", "skip", "HOT-1", "itm_1", "--reason", "Here")
    run("incident", "untick", "HOT-1", "itm_1")
    assert world.sent[1:] == [
        ("POST", "incidents/HOT-1/tick", {"item": "itm_1"}),
        ("POST", "incidents/HOT-1/skip", {"item": "itm_1", "reason": "Here"}),
        ("POST", "incidents/HOT-1/untick", {"item": "itm_1"}),
    ]


def test_the_sheet_and_what_was_agreed_on_are_kept(world: World) -> None:
    world.answer = {"id": "itm_1", "text": "VPN", "stage": "learn", "name": "N", "kind": "chat", "link": "L", "sections": []}
    run("sheet", "show")
    run("sheet", "add", "connect", "VPN", "--every", "30")
    run("sheet", "change", "itm_1", "--text", "Tunnel")
    run("sheet", "remove", "itm_1")
    run("value", "change", "learn", "--name", "No names")
    run("organisation", "change", "--name", "Larkfield")
    run("backup-system", "change", "chat", "--link", "https://irc.example.com", "--tested-on", "2026-01-02")
    assert [path for _, path, _ in world.sent] == [
        "cheat-sheet",
        "cheat-sheet/items",
        "cheat-sheet/items/itm_1/change",
        "cheat-sheet/items/itm_1/remove",
        "values/learn/change",
        "organisation/change",
        "backup-systems/chat/change",
    ]


@pytest.mark.req("CHS-10")
def test_the_kit_is_laid_into_a_folder_that_only_its_owner_reads(world: World, tmp_path: Path) -> None:
    world.answer = {"made_at": "2026-11-20T02:00:00Z", "age_seconds": 7, "files": {"tocsin-kit.html": "<p>", "../evil": "x"}}
    said = run("kit", "get", "--to", str(tmp_path / "kit"))
    assert "made 2026-11-20T02:00:00Z" in said
    assert sorted(path.name for path in (tmp_path / "kit").iterdir()) == ["evil", "tocsin-kit.html"]
    assert (tmp_path / "kit" / "tocsin-kit.html").stat().st_mode & 0o077 == 0
    run("kit", "get", "--to", str(tmp_path / "kit"), "--fresh")
    assert [path for _, path, _ in world.sent] == ["kit", "kit/make"]


@pytest.mark.req("CHS-11")
def test_a_file_is_brought_in(world: World, tmp_path: Path) -> None:
    file = tmp_path / "incident.json"
    file.write_text(json.dumps({"reference": "BCK-12"}))
    world.answer = {"key": "HOT-1", "state": "resolved", "reference": "BCK-12", "summary": "Cards"}
    assert "HOT-1 resolved, once BCK-12: Cards" in run("incident", "import", str(file))
    assert world.sent == [("POST", "incidents/import", {"reference": "BCK-12"})]
    file.write_text("[]")
    run("incident", "import", str(file), code=2)
    run("incident", "import", str(tmp_path / "nothing"), code=2)


@pytest.mark.req("VAL-12")
def test_readiness_leaves_with_one_while_something_is_missing(world: World) -> None:
    check = {"what": "Kit", "ok": False, "words": "None was made yet.", "url": None}
    world.answer = {"pillars": [{"name": "Respond", "checks": [check]}], "missing": 1}
    assert "MISSING Kit: None was made yet." in run("readiness", "show", code=1)
    world.answer = {"pillars": [], "missing": 0}
    run("readiness", "show")


@pytest.mark.req("VAL-07", "VAL-08", "CHS-05")
def test_changes_drafts_words_and_security_have_their_verbs(world: World) -> None:
    world.answer = {"items": [], "at": "x", "summary": "s", "id": "drf_1", "author": None, "text": "t", "key": "HOT-1"}
    run("change", "record", "Checkout 412", "--service", "checkout")
    run("change", "list", "--days", "1")
    run("glossary", "find", "PIR")
    run("security", "page", "A key leaked")
    run("update", "keep-draft", "DRILL-1", "--internal", "We are on it.")
    run("update", "drafts", "DRILL-1")
    run("update", "feedback", "DRILL-1", "drf_1", "Clear.")
    run("incident", "mark-down", "HOT-1", "video")
    assert [path for _, path, _ in world.sent] == [
        "changes",
        "changes",
        "glossary",
        "page-security",
        "incidents/DRILL-1/keep-draft",
        "incidents/DRILL-1/drill-drafts",
        "incidents/DRILL-1/drill-drafts/drf_1/feedback",
        "incidents/HOT-1/mark-down",
    ]
