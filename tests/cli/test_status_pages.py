"""The verbs of status pages: where they go and what they send."""

from __future__ import annotations

from tests.cli.test_catalogue import World, run, world

__all__ = ("world",)
PAGE = {"slug": "partner", "name": "Partner", "url": "https://tocsin.example.com/status/p/partner"}


def test_a_page_is_made_changed_and_put_away(world: World) -> None:
    world.answer = PAGE
    assert "partner: Partner, https://" in run("status", "create", "Partner", "--language", "de", "--zone", "Europe/Vienna")
    method, path, body = world.sent[-1]
    assert (method, path, body["language"], body["zone"]) == ("POST", "status-pages", "de", "Europe/Vienna")
    assert "theme" not in body
    run("status", "change", "partner", "--colour", "accent=#0a5a63", "--secret")
    method, path, body = world.sent[-1]
    assert (method, path) == ("PATCH", "status-pages/partner")
    assert body == {"theme": {"accent": "#0a5a63"}, "is_secret": True}
    assert "write colours as" in run("status", "change", "partner", "--colour", "accent", code=2)
    for verb in ("renew-address", "archive", "restore"):
        run("status", verb, "partner")
        assert world.sent[-1][:2] == ("POST", f"status-pages/partner/{verb}")


def test_groups_and_parts_are_arranged(world: World) -> None:
    world.answer = {"id": "cgr_1", "page": "partner", "name": "Shop", "state": "operational"}
    run("status", "add-group", "partner", "Shop")
    assert world.sent[-1] == ("POST", "status-pages/partner/groups", {"name": "Shop"})
    run("status", "change-group", "cgr_1", "--state", "major_outage")
    assert world.sent[-1] == ("POST", "status-pages/groups/cgr_1/change", {"state": "major_outage"})
    run("status", "change-part", "cmp_1", "--group", "Shop", "--position", "2")
    assert world.sent[-1] == ("POST", "status-pages/components/cmp_1/change", {"group": "Shop", "position": 2})
    run("status", "remove-group", "cgr_1")
    assert world.sent[-1][:2] == ("POST", "status-pages/groups/cgr_1/remove")


def test_an_update_names_the_pages_that_it_is_for(world: World) -> None:
    world.answer = {"updates": [{"page": "external", "slug": "partner"}], "already": False}
    assert "Published on partner." in run("update", "post", "HOT-1", "--external", "x", "--on", "partner", "--next", "20m")
    assert world.sent[-1][2]["pages"] == ["partner"]
