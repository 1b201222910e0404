"""What is done at night, with the keyboard alone on a narrow screen: every step is the Tab key, and what has the focus shows it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site, Visit
from tests.waiting import until

NARROW = (320, 640)
MOST = 120
_FOCUSED = """() => { const one = document.activeElement, style = getComputedStyle(one);
    return [one.labels?.length ? one.labels[0].textContent.trim() : one.textContent.trim(),
        style.outlineStyle !== 'none' || style.boxShadow !== 'none']; }"""


@pytest.fixture
def narrow(browser: Browser, site: Site) -> Iterator[Visit]:
    visit = Visit(browser, site, signed_in=True, size=NARROW)
    yield visit
    visit.close()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what bears this name has the focus."""
    passed = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        words, shown = page.evaluate(_FOCUSED)
        passed.append(words[:40])
        if words.startswith(name):
            assert shown, f"{name} has the focus and does not show it"
            return
    raise AssertionError(f"no Tab leads to {name}: {passed}")


@pytest.mark.req("U06")
def test_a_page_is_acknowledged_by_keyboard(narrow: Visit, site: Site) -> None:
    name = f"Keys {uuid.uuid4().hex[:6]}"
    site.send_alertmanager(name, uuid.uuid4().hex[:16])
    page = narrow.page

    def mail() -> str:
        link = narrow.go("/mailbox").get_by_role("link", name=name).first
        return str(link.get_attribute("href")) if link.count() else ""

    narrow.go(until(mail, 20, "the page is not in the mailbox"))
    path = re.search(r"/ack/[\w-]+", page.get_by_role("main").inner_text())
    assert path is not None
    narrow.go(path.group(0))
    tab_to(page, "Acknowledge")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)


@pytest.mark.req("U06")
def test_an_override_is_made_by_keyboard(narrow: Visit, site: Site) -> None:
    page = narrow.go("/schedules/data")
    tab_to(page, "Add override")
    page.keyboard.press("Enter")
    for label, words in (("From", "2031-04-30 01:30"), ("Until", "2031-04-30 05:00")):
        tab_to(page, label)
        page.keyboard.press("Control+a")
        page.keyboard.type(words)
    tab_to(page, "Add the override")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("is on call from")
    for entry in site.api("GET", "/schedules/data/overrides").json["items"]:
        site.api("POST", f"/schedules/data/overrides/{entry['id']}/remove", {})
