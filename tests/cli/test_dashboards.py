"""The verbs about dashboards: where they go and what they send."""

from __future__ import annotations

from tests.cli.test_catalogue import World, run, world

__all__ = ("world",)


def test_filters_are_sent_as_lists_and_what_is_not_said_is_left_out(world: World) -> None:
    world.answer = {"name": "Support", "url": "https://x/dash/support"}
    assert "https://x/dash/support" in run("dashboard", "create", "Support", "--team", "desk", "--sev", "1", "--sev", "2")
    assert world.sent[-1] == ("POST", "dashboards", {"name": "Support", "team": "desk", "severities": [1, 2]})


def test_a_secret_address_is_printed_once(world: World) -> None:
    world.answer = {"address": "https://x/embed/secret", "hint": "cret"}
    assert run("dashboard", "create-embed", "support", "--origin", "https://wiki.example.com").strip() == "https://x/embed/secret"
    assert world.sent[-1][1:] == ("dashboards/support/embeds", {"origins": ["https://wiki.example.com"]})
    run("dashboard", "revoke-embed", "support", "emb_1")
    assert world.sent[-1][1] == "dashboards/support/embeds/emb_1/revoke"


def test_the_board_says_what_it_leaves_out(world: World) -> None:
    incident = {"key": "HOT-1", "severity": 1, "state": "fixing", "summary": "Payments fail", "created_at": "2026-11-20T09:00:00Z"}
    world.answer = {"name": "Support", "incidents": [incident], "elsewhere": 2}
    said = run("dashboard", "incidents", "support")
    assert "HOT-1\t1\tfixing\tPayments fail" in said
    assert "2 more in progress" in said
