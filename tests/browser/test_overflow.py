"""Words as long as they may be, from right to left, in pictures, without a space: no page becomes wider than its window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.site import DESK, Site, Visit

PLACES = (*("", "/checklist", "/assess", "/roles", "/page", "/theories", "/changes", "/doc", "/update"), "/transcript", "/history")
LISTS = ("/", "/incidents", "/status/internal", "/dash/support", "/search?q=seats")
WORDS = {
    "three times as long": "Seats are sold twice in the night train " * 5,
    "without a space": "seats" * 40,
    "from right to left": "تُباع المقاعد مرتين في القطار الليلي " * 5,
    "pictures": "🚆👩‍🚒🔥" * 40,
}


@pytest.mark.req("U19")
@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())
def test_no_page_breaks(browser: Browser, site: Site, words: str) -> None:
    summary = words[:200].strip()
    visit = Visit(browser, site, signed_in=True, size=(320, 640))
    try:
        visit.go("/")
        made = site.api("POST", "/incidents", {"summary": summary, "severity": 3, "description": words})
        assert made.status == 201, made
        key = made.json["key"]
        assert site.api("POST", f"/incidents/{key}/set-up").status == 200
        assert site.api("POST", f"/incidents/{key}/say", {"text": words}).status == 201
        broken = []
        for path in (*(f"/{key}{place}" for place in PLACES), *LISTS):
            visit.go(path)
            for size in ((320, 640), DESK):
                visit.page.set_viewport_size({"width": size[0], "height": size[1]})
                wide = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                if wide > 0:
                    broken.append((path, size[0], wide))
        assert broken == []
    finally:
        visit.close()


@pytest.mark.req("U19")
def test_a_title_of_ten_thousand_letters_is_refused_by_name(visit: Visit, site: Site) -> None:
    visit.go("/")
    answer = site.api("POST", "/incidents", {"summary": "x" * 10_000, "severity": 3})
    assert answer.status == 422, answer
    assert "summary" in answer.text
