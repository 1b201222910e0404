"""The verbs of lists, questions and mail that arrived: where they go and what they send."""

from __future__ import annotations

from tests.cli.test_catalogue import World, run, world

__all__ = ("world",)


def test_lists_are_made_and_filled(world: World) -> None:
    world.answer = {"slug": "leadership", "name": "Leadership", "members": 0}
    run("list", "create", "Leadership", "--severity", "1", "--severity", "2", "--open")
    assert world.sent[-1] == ("POST", "lists", {"name": "Leadership", "severities": [1, 2], "is_open": True})
    world.answer = {"name": "NOC", "address": "noc@example.com"}
    run("list", "add-member", "leadership", "noc@example.com", "--name", "NOC")
    assert world.sent[-1] == ("POST", "lists/leadership/add-member", {"address": "noc@example.com", "name": "NOC"})
    run("list", "remove-member", "leadership", "noc@example.com")
    assert world.sent[-1] == ("POST", "lists/leadership/remove-member", {"member": "noc@example.com"})


def test_questions_are_read_and_answered(world: World) -> None:
    one = {"id": "qst_1", "state": "open", "name": "Sven", "text": "Hit?", "answer": "", "settled_by": None}
    world.answer = {"items": [one], "next": None}
    assert "qst_1 open: Sven asks: Hit?" in run("incident", "questions", "HOT-1")
    world.answer = one
    run("incident", "answer", "HOT-1", "qst_1", "No.")
    assert world.sent[-1] == ("POST", "incidents/HOT-1/questions/qst_1/answer", {"text": "No."})


def test_held_mail_is_admitted(world: World) -> None:
    world.answer = {"id": "eml_1", "outcome": "case", "incident": "HOT-1"}
    assert "it is a case of HOT-1" in run("mail", "admit", "eml_1", "HOT-1", "--case")
    assert world.sent[-1] == ("POST", "mail-in/eml_1/admit", {"incident": "HOT-1", "as": "case"})


def test_an_update_names_its_lists(world: World) -> None:
    world.answer = {"updates": [{"page": "internal", "slug": "internal"}], "already": False, "hints": []}
    run("update", "post", "HOT-1", "--internal", "We look", "--mail", "leadership", "--next", "30m")
    assert world.sent[-1][2]["lists"] == ["leadership"]
    run("update", "post", "HOT-1", "--internal", "We look", "--next", "30m")
    assert "lists" not in world.sent[-1][2]
