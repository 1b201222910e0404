"""The page for customers as files, opened from disk by a browser without a network: it says what the live page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.acceptance.installation import call
from tests.browser.site import Site, Visit

SEEN = "document.body.innerText"
SHAPE = "[...document.querySelectorAll('body *')].map(one => one.tagName + '.' + one.className).join(' ')"
FILES = ("api/v2/summary.json", "api/v2/incidents.json", "history.atom", "history.rss", "calendar.ics", "badge.svg")


@pytest.mark.req("ICO-01", "R26")
def test_it_opens_from_disk_without_a_network_and_reads_like_the_live_page(browser: Browser, site: Site, tmp_path: Path) -> None:
    live, told = Visit(browser, site), []
    assert site.tocsin.run("status", "export", str(tmp_path)).returncode == 0
    away = browser.new_context(offline=True, reduced_motion="reduce")
    page = away.new_page()
    page.on("request", lambda request: told.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    try:
        pages = [("/status", "index.html"), ("/status/history", "history.html")]
        pages += [(f"/status/incidents/{file.stem}", f"incidents/{file.name}") for file in tmp_path.glob("incidents/*.html")]
        assert len(pages) > 4
        for path, name in pages:
            live.go(path)
            page.goto((tmp_path / name).as_uri())
            assert _timeless(page.evaluate(SEEN)) == _timeless(live.page.evaluate(SEEN)), path
            assert page.evaluate(SHAPE) == live.page.evaluate(SHAPE), path
        page.goto((tmp_path / "index.html").as_uri())
        page.locator("a[href='history.html']").first.click()
        assert page.url == (tmp_path / "history.html").as_uri()
        assert [one for one in told if not one.startswith("file:")] == []
    finally:
        away.close()
        live.close()


@pytest.mark.req("ICO-01")
def test_what_programs_read_is_the_same_byte_for_byte(site: Site, tmp_path: Path) -> None:
    assert site.tocsin.run("status", "export", str(tmp_path)).returncode == 0
    for name in FILES:
        assert (tmp_path / name).read_bytes() == call("GET", f"{site.url}/status/{name}").body, name


def _timeless(words: str) -> str:
    """Without when it was made, how long ago things were, and hundredths of a share of time: the two are made at two instants."""
    return re.sub(r"\d\d:\d\d:\d\d|\d+ (?:min|h|hours?|minutes?)\b|(?<=\.\d)\d(?= %)", "#", words)
