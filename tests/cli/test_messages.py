"""The verbs of message templates, second readers and public posts: where they go and what they send."""

from __future__ import annotations

from tests.cli.test_catalogue import World, run, world

__all__ = ("world",)
FILLED = {"audience": "external", "title": "T", "body": "Cards fail.", "unknown": ["started"]} | {
    "opening": "",
    "current_status": [],
    "next_steps": [],
}


def test_templates_are_written_down_and_shown_filled_in(world: World) -> None:
    world.answer = {"slug": "looking", "name": "Looking", "audience": "external"}
    run("message-template", "create", "Looking", "--for", "external", "--body", "{{ products }} fail.")
    sent = {"name": "Looking", "audience": "external", "body": "{{ products }} fail."}
    assert world.sent[-1] == ("POST", "message-templates", sent)
    world.answer = FILLED
    assert "Not known yet: started." in run("message-template", "fill", "HOT-1", "looking")
    assert world.sent[-1][1].startswith("incidents/HOT-1/fill-template")


def test_a_template_for_the_team_is_not_published(world: World) -> None:
    world.answer = FILLED | {"audience": "team"}
    run("update", "post", "HOT-1", "--template", "join", code=2)


def test_a_draft_is_given_to_a_reader_answered_and_sent(world: World) -> None:
    world.answer = {"id": "srd_1", "reader": {"name": "Ana"}, "state": "asked"}
    said = run("update", "post", "HOT-1", "--external", "Cards fail.", "--next", "30m", "--ask-reader", "ana@example.com")
    assert said.strip() == "Ana is asked to read it; nothing is published: srd_1"
    assert world.sent[-1][:2] == ("POST", "incidents/HOT-1/ask-reader")
    assert world.sent[-1][2]["reader"] == "ana@example.com"
    run("update", "post", "HOT-1", "--external", "Cards fail.", "--next", "30m", "--ask-reader", "communications_manager")
    assert world.sent[-1][2]["role"] == "communications_manager"
    letters = {"external": {"title": "T", "body": "B"}}
    world.answer = {"letters": letters, "reader": {"name": "Ana"}, "state": "approved", "comment": ""}
    assert "Ana approved" in run("update", "approve", "HOT-1", "srd_1")
    assert world.sent[-1] == ("POST", "incidents/HOT-1/readings/srd_1/answer", {"verdict": "approved"})


def test_posts_are_counted_by_hand_and_from_the_feed(world: World) -> None:
    world.answer = {"id": "pst_1", "where": "social.example"}
    said = run("incident", "add-post", "HOT-1", "https://social.example/1", "--by", "@rita")
    assert "pst_1: the post on social.example is counted" in said
    assert world.sent[-1] == ("POST", "incidents/HOT-1/add-post", {"url": "https://social.example/1", "author": "@rita"})
    run("incident", "count-mention", "HOT-1", "mtn_1")
    assert world.sent[-1][:2] == ("POST", "incidents/HOT-1/mentions/mtn_1/count")
    run("incident", "remove-post", "HOT-1", "pst_1")
    assert world.sent[-1][:2] == ("POST", "incidents/HOT-1/posts/pst_1/remove")
