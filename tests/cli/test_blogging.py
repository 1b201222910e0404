"""The verbs of the company blog: where they go and what they send."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_catalogue import World, run, world

__all__ = ("world",)
POST = {"slug": "a-queue", "state": "draft", "publishes_at": None}


def test_a_post_is_drafted_from_a_file_published_and_taken_back(world: World, tmp_path: Path) -> None:
    words = tmp_path / "post.md"
    words.write_text("It was **full**.\n")
    world.answer = POST
    assert run("blog", "draft", "A queue", "--file", str(words), "--incident", "HOT-1").strip() == "a-queue is a draft"
    sent = {"title": "A queue", "text": "It was **full**.\n", "incident": "HOT-1"}
    assert world.sent[-1] == ("POST", "blog-posts", sent)
    run("blog", "edit", "a-queue", "--title", "The queue", "--author", "ana@example.com")
    assert world.sent[-1] == ("PATCH", "blog-posts/a-queue", {"title": "The queue", "authors": ["ana@example.com"]})
    world.answer = POST | {"state": "on_its_way", "publishes_at": "2026-11-20T09:00:05Z"}
    assert "until then: tocsin blog take-back a-queue" in run("blog", "publish", "a-queue", "--revision", "2")
    assert world.sent[-1] == ("POST", "blog-posts/a-queue/publish", {"revision": 2})
    run("blog", "take-back", "a-queue")
    assert world.sent[-1][:2] == ("POST", "blog-posts/a-queue/take-back")
    world.answer = {"sent": 3, "waiting": 0, "refused": 1}
    assert run("blog", "mailed", "a-queue").strip() == "3 sent, 0 on the way, 1 refused"
    run("blog", "draft", "A queue", "--file", str(words), "--text", "x", code=2)
    run("blog", "draft", "A queue", "--file", str(tmp_path / "none"), code=2)


def test_posts_are_listed_and_come_by_mail_and_in_a_feed_reader(world: World) -> None:
    run("blog", "list", "--drafts")
    assert world.sent[-1][2]["state"] == "draft"
    world.answer = {"subscribed": True}
    run("blog", "subscribe")
    assert world.sent[-1][:2] == ("POST", "blog-posts/subscribe")
    world.answer = {"address": "https://tocsin.example.com/feeds/x.atom", "hint": "xxxx"}
    assert run("blog", "create-feed").strip().endswith(".atom")
    run("blog", "revoke-feed", "blf_1")
    assert world.sent[-1][:2] == ("POST", "blog-posts/feeds/blf_1/revoke")
