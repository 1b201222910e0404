"""The verbs about incident templates: where they go and what they send."""

from __future__ import annotations

from tests.cli.test_catalogue import World, run, world

__all__ = ("world",)


def test_a_template_is_made_from_plain_words(world: World) -> None:
    world.answer = {"slug": "cards", "name": "Cards fail", "url": "https://x/declare?template=cards"}
    run(
        *("template", "create", "Cards fail", "--team", "payments", "--sev", "1", "--page", "team:search"),
        *("--offer", "incident_manager=schedule:managers", "--tell", "person:sven@example.com"),
    )
    assert world.sent[-1] == (
        "POST",
        "incident-templates",
        {
            "name": "Cards fail",
            "team": "payments",
            "severity": 1,
            "pages": [{"team": "search"}],
            "offers": [{"role": "incident_manager", "schedule": "managers"}],
            "told": [{"person": "sven@example.com"}],
        },
    )


def test_a_template_is_all_that_declaring_needs(world: World) -> None:
    world.answer = {"key": "HOT-1", "state": "pending", "severity": 1, "summary": "Cards fail"}
    run("incident", "declare", "--template", "cards")
    assert world.sent[-1] == ("POST", "incidents", {"template": "cards"})
    assert "say what is broken" in run("incident", "declare", "--sev", "2", code=2)


def test_what_cannot_be_read_is_a_usage_error(world: World) -> None:
    for option, value in (("--page", "search"), ("--page", "cat:search"), ("--offer", "person:x"), ("--tell", "x")):
        assert option in run("template", "create", "x", "--team", "y", option, value, code=2)
    assert world.sent == []
