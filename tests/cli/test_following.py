"""The verbs about what follows an incident: where they go and what they send."""

from __future__ import annotations

from tests.cli.test_catalogue import World, run, world

__all__ = ("world",)


def test_what_is_left_is_said_line_by_line(world: World) -> None:
    world.answer = {
        "incident": "HOT-1",
        "left": 1,
        "entries": [{"page": "external", "title": "Issues", "why": "banks catch up"}],
        "postmortem": {"state": "in_approval", "owner": {"name": "Ana"}},
        "actions": [],
        "tasks": [{"id": "tsk_1", "state": "done", "title": "Queue", "address": "https://x"}],
        "cases": [{"reference": "CS-1", "customer": "Aker", "followed_up_at": None}],
    }
    said = run("incident", "follow-up", "HOT-1")
    assert world.sent[-1][:2] == ("GET", "incidents/HOT-1/follow-up")
    for words in ("HOT-1: 1 left", "banks catch up", "in approval, Ana owns it", "tsk_1 done: Queue", "has not heard"):
        assert words in said


def test_tasks_elsewhere_are_linked_and_done(world: World) -> None:
    world.answer = {"title": "Queue", "state": "open", "address": "https://x"}
    run("incident", "link-task", "HOT-1", "https://x", "Queue")
    assert world.sent[-1] == ("POST", "incidents/HOT-1/link-task", {"address": "https://x", "title": "Queue"})
    run("incident", "complete-task", "HOT-1", "tsk_1")
    assert world.sent[-1][:2] == ("POST", "incidents/HOT-1/tasks/tsk_1/complete")


def test_a_page_is_left_open_for_a_reason(world: World) -> None:
    world.answer = {"updates": []}
    run("incident", "close-updates", "HOT-1", "--leave-open", "external=banks catch up")
    assert world.sent[-1] == ("POST", "incidents/HOT-1/close-updates", {"leave_open": {"external": "banks catch up"}})
    assert "PAGE=REASON" in run("incident", "close-updates", "HOT-1", "--leave-open", "external", code=2)
