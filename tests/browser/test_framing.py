"""A wiki of another house: a real browser shows the list that it may frame, fresh within seconds, and nothing else of ours."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import Site


class Wiki:
    """One page with one frame, on an origin of its own."""

    def __init__(self) -> None:
        self.framed = ""
        there = self

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(f'<h1>Wiki</h1><iframe src="{there.framed}" title="list"></iframe>'.encode())

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def wiki() -> Iterator[Wiki]:
    made = Wiki()
    yield made
    made.server.shutdown()
    made.server.server_close()


def address(site: Site, dashboard: str, *origins: str) -> str:
    made = site.api("POST", f"/dashboards/{dashboard}/embeds", {"origins": list(origins)})
    assert made.status == 201, made
    return str(made.json["address"]).replace(site.tocsin.environment["TOCSIN_BASE_URL"], site.url)


@pytest.fixture
def incident(site: Site) -> Iterator[Callable[[str], str]]:
    """Declares what wakes nobody, and ends it, so that later tests find the demo as it was."""
    site.api("POST", "/dashboards", {"name": "Everything", "team": "payments"})
    keys = []

    def declare(summary: str) -> str:
        keys.append(site.api("POST", "/incidents", {"summary": summary, "severity": 3}).json["key"])
        return str(keys[-1])

    yield declare
    site.api("POST", "/dashboards/everything/remove")
    for key in keys:
        site.api("POST", f"/incidents/{key}/take-command")
        times = ["impact_started_at", "impact_ended_at"]
        done = site.api("POST", f"/incidents/{key}/resolve", {"impact_over": True, "none_about_to_follow": True, "unknown": times})
        assert done.status == 200, done


@pytest.mark.req("DET-10")
def test_a_wiki_shows_an_incident_that_begins_while_somebody_reads(
    browser: Browser, site: Site, wiki: Wiki, incident: Callable[[str], str]
) -> None:
    wiki.framed = address(site, "everything", wiki.origin)
    page = browser.new_page()
    page.goto(wiki.origin)
    inside = page.frame_locator("iframe")
    expect(inside.locator("h1")).to_contain_text("in progress")
    key = incident("Boarding passes are blank")
    expect(inside.locator("#list")).to_contain_text(f"{key} Boarding passes are blank")
    page.close()


@pytest.mark.req("DET-10")
def test_a_wiki_that_was_not_named_sees_nothing(browser: Browser, site: Site, wiki: Wiki) -> None:
    for framed in (
        address(site, "support", "https://other.example"),
        address(site, "support"),
        f"{site.url}/dash/support",
        f"{site.url}/status",
    ):
        wiki.framed = framed
        page = browser.new_page()
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(wiki.origin)
        assert "progress" not in page.frames[-1].locator("body").inner_text()
        page.close()
