"""The verbs of planned work and of past incidents: where they go and what they send."""

from __future__ import annotations

from tests.cli.test_catalogue import World, run, world

__all__ = ("world",)

PLAN = ("--body", "Short pauses.", "--from", "2026-12-05T22:00:00Z", "--until", "2026-12-05T23:00:00Z")
SENT = {
    "title": "Patches",
    "body": "Short pauses.",
    "starts_at": "2026-12-05T22:00:00Z",
    "ends_at": "2026-12-05T23:00:00Z",
    "page": "external",
    "begins_by_itself": True,
    "reminds": True,
}
ANSWER = {"id": "mnt_1", "state": "scheduled", "title": "Patches", "starts_at": "a", "ends_at": "b", "warnings": ["Two at once."]}


def test_work_is_planned_moved_and_ended(world: World) -> None:
    world.answer = ANSWER
    said = run("maintenance", "plan", "Patches", *PLAN, "--part", "cmp_1", "--ended-by-hand")
    assert "mnt_1 scheduled: Patches" in said
    assert "Beware: Two at once." in said
    assert world.sent[-1] == ("POST", "maintenances", {**SENT, "parts": ["cmp_1"]})
    run("maintenance", "move", "mnt_1", "--until", "2026-12-06T01:00:00Z")
    assert world.sent[-1] == ("POST", "maintenances/mnt_1/move", {"ends_at": "2026-12-06T01:00:00Z"})
    assert "--from" in run("maintenance", "move", "mnt_1", code=2)
    for verb in ("begin", "verify", "complete", "cancel"):
        run("maintenance", verb, "mnt_1", "--body", "Words.")
        assert world.sent[-1] == ("POST", f"maintenances/mnt_1/{verb}", {"body": "Words."})
    run("maintenance", "change", "mnt_1", "--title", "More", "--say", "We do more.")
    assert world.sent[-1] == ("POST", "maintenances/mnt_1/change", {"title": "More", "say": "We do more."})


def test_work_comes_again_until_somebody_ends_it(world: World) -> None:
    world.answer = {"id": "mns_1", "title": "Patches", "words": "every week", "next_at": "soon"}
    assert "mns_1: Patches, every week; next soon" in run(
        "maintenance", "repeat", "Patches", *PLAN, "--rule", "FREQ=WEEKLY;BYDAY=SA", "--zone", "Europe/Vienna"
    )
    again = {"ends_by_itself": True, "rule": "FREQ=WEEKLY;BYDAY=SA", "zone": "Europe/Vienna"}
    assert world.sent[-1] == ("POST", "maintenance-series", {**SENT, **again})
    run("maintenance", "end-series", "mns_1")
    assert world.sent[-1][:2] == ("POST", "maintenance-series/mns_1/end")


def test_a_past_incident_is_written_down(world: World) -> None:
    world.answer = {"id": "ent_1", "title": "Slow"}
    times = ("--from", "2026-11-18T14:00:00Z", "--until", "2026-11-18T15:00:00Z")
    run("status", "backfill", "Slow", "--body", "A queue.", *times, "--part", "cmp_1=partial_outage")
    assert world.sent[-1][2]["parts"] == {"cmp_1": "partial_outage"}
    run("status", "backfill", "Slow", "--body", "A queue.", *times, "--part", "cmp_1", code=2)
    run("status", "remove-backfilled", "ent_1")
    assert world.sent[-1][:2] == ("POST", "backfilled-entries/ent_1/remove")
