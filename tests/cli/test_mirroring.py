"""The verbs of pages elsewhere: where they go and what they send."""

from __future__ import annotations

from tests.cli.test_catalogue import World, run, world

__all__ = ("world",)


def test_a_page_elsewhere_is_registered_and_changed(world: World) -> None:
    world.answer = {"slug": "own", "name": "Own", "secret": "whsec_x"}
    done = run(
        "mirror", "create", "Own", "--kind", "signed", "--address", "https://own.example.com/x", "--part", "Tickets=Web shop"
    )
    assert "own: Own, secret whsec_x" in done
    method, path, body = world.sent[-1]
    assert (method, path, body["parts"], body["audience"]) == ("POST", "mirrors", {"Tickets": "Web shop"}, "external")
    run("mirror", "pause", "own")
    assert world.sent[-1][:2] == ("POST", "mirrors/own/pause")


def test_results_are_read_and_tried_again(world: World) -> None:
    copy = {"id": "mrc_1", "mirror": "own", "state": "failed", "answer": "HTTP 401"}
    result = {
        "at": "2026-11-20T09:00:00Z",
        "page": "external",
        "status": "investigating",
        "done": 2,
        "failed": 1,
        "unsent": 0,
        "waiting": 0,
    }
    world.answer = {"results": [{**result, "copies": [copy]}], "there": []}
    done = run("incident", "mirrored", "HOT-1")
    assert "external investigating: 2 done, 1 failed" in done
    assert "mrc_1 own failed: HTTP 401" in done
    world.answer = copy
    assert "own is told again" in run("incident", "retry-mirror", "HOT-1", "mrc_1")
    assert world.sent[-1][:2] == ("POST", "incidents/HOT-1/mirrored/mrc_1/retry")


def test_those_of_planned_work_too(world: World) -> None:
    copy = {
        "id": "mrc_1",
        "mirror": "own",
        "state": "failed",
        "answer": "HTTP 401",
        "tries": 1,
        "update": "mtu_1",
        "created_at": "x",
    }
    world.answer = {"items": [copy], "next": None}
    assert "HTTP 401" in run("maintenance", "mirrored", "mnt_1")
    world.answer = copy
    assert "own is told again" in run("maintenance", "retry-mirror", "mnt_1", "mrc_1")
    assert world.sent[-1][:2] == ("POST", "maintenances/mnt_1/mirrored/mrc_1/retry")
