"""A drill from its declaration to its end: the outside world hears nothing."""

from __future__ import annotations

import pytest

from tests.acceptance.rig import Rig
from tests.waiting import until


@pytest.mark.req("VAL-07")
def test_a_drill_leaves_the_ledger_of_the_outside_world_empty(rig: Rig) -> None:
    made = rig.api("POST", "/incidents", {"summary": "Fire on deck", "severity": 1, "service": None, "drill": True}).json
    key = made["key"]
    assert key == "DRILL-1"
    for verb, body in (
        ("take-command", {}),
        ("set-severity", {"severity": 3}),
        ("set-severity", {"severity": 1}),
        ("say", {"text": "I read this aloud."}),
        ("note", {"kind": "decision", "text": "We go back."}),
    ):
        assert rig.api("POST", f"/incidents/{key}/{verb}", body).status in (200, 201), verb
    person = rig.made["people"]["Ada"]
    assert rig.api("POST", f"/incidents/{key}/page", {"person": person}).status == 409
    words = {"title": "Fire", "body": "There is a fire on deck."}
    promise = {"status": "investigating", "confirmation": "c", "next_update_at": "2999-01-01T00:00:00Z"}
    for audience in ("internal", "external"):
        assert rig.api("POST", f"/incidents/{key}/post-update", {**promise, audience: words}).status == 409
    draft = rig.api("POST", f"/incidents/{key}/keep-draft", {"internal": words, "external": words})
    assert draft.status == 201, draft
    assert rig.api("POST", f"/incidents/{key}/drill-drafts/{draft.json['id']}/feedback", {"text": "Clear."}).status == 201
    rig.fast_forward(hours=3)
    rig.expect_silence()
    ending = {"impact_over": True, "none_about_to_follow": True, "unknown": ["impact_started_at", "impact_ended_at"]}
    assert rig.api("POST", f"/incidents/{key}/resolve", {**ending, "final": {}}).status == 200
    rig.fast_forward(hours=1)
    rig.expect_silence()
    assert rig.messages() == []
    assert rig.declare(severity=3)["key"] == "HOT-1"


@pytest.mark.req("CHS-10")
def test_the_engine_makes_the_kit_by_itself(rig: Rig) -> None:
    kit = until(lambda: answer if (answer := rig.api("GET", "/kit")).status == 200 else None, 30, "no kit was made")
    assert "Ada" in kit.json["files"]["contacts.csv"]
    assert (rig.tocsin.folder / "data" / "kit" / "tocsin-kit.html").exists()
