"""The state document in real browsers: two write at once, one loses the connection, a window is closed, script is off."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.acceptance.installation import call
from tests.browser.site import DESK, PHONE, Site, Visit, sign_in_as
from tests.browser.test_axe import findings

pytestmark = pytest.mark.needs("editor")
OFFLINE = ["ERR_INTERNET_DISCONNECTED", "WebSocket connection to"]


@pytest.fixture
def key(site: Site) -> str:
    """An incident of its own, with an empty document."""
    made = site.api("POST", "/incidents", {"summary": "Seats are sold twice", "severity": 3, "drill": True})
    assert made.status == 201, made
    assert site.api("POST", f"/incidents/{made.json['key']}/set-up").status == 200
    return str(made.json["key"])


@pytest.fixture(scope="module")
def mei(browser: Browser, site: Site) -> Any:
    """Mei Tanaka, signed in."""
    return sign_in_as(browser, site, "Mei")


@contextlib.contextmanager
def window(browser: Browser, site: Site, key: str, **more: object) -> Iterator[Visit]:
    """Somebody with the document open, live."""
    visit = Visit(browser, site, signed_in=True, **more)  # type: ignore[arg-type]
    visit.expected_faults += OFFLINE
    try:
        visit.go(f"/{key}/doc")
        expect(visit.page.locator("[data-state]")).to_have_text("Saved")
        yield visit
    finally:
        visit.close()


def editor(page: Page, heading: str) -> Locator:
    return page.get_by_role("textbox", name=f"{heading}, written together")


def type_at_end(page: Page, heading: str, words: str, *, at: str = "End") -> None:
    editor(page, heading).click()
    page.keyboard.press(f"Control+{at}")
    page.keyboard.type(words, delay=5)


def typed(page: Page, heading: str) -> str:
    """An editor's text without the names at other people's cursors."""
    without_names = (
        "(one) => [...one.querySelectorAll('.peer')].reduce((text, peer) => text.replace(peer.textContent, ''), one.textContent)"
    )
    return str(editor(page, heading).evaluate(without_names))


def text_of(site: Site, key: str, slug: str) -> str:
    return str(site.api("GET", f"/incidents/{key}/document/sections/{slug}").json["text"])


@pytest.mark.req("OPN-08")
@pytest.mark.everywhere
def test_two_people_write_at_once_and_see_each_others_words(browser: Browser, site: Site, key: str, mei: Any) -> None:
    with window(browser, site, key) as ana, window(browser, site, key, somebody=mei) as bea:
        type_at_end(ana.page, "What we know", "middle ")
        expect(editor(bea.page, "What we know")).to_contain_text("middle ")  # an end that lies inside no word on its way
        for step in range(5):
            type_at_end(ana.page, "What we know", f"a{step} ", at="Home")
            type_at_end(bea.page, "What we know", f"b{step} ")
        for page in (ana.page, bea.page):
            for words in [f"{who}{step}" for who in "ab" for step in range(5)]:
                expect(editor(page, "What we know")).to_contain_text(words)
            expect(page.locator("[data-state]")).to_have_text("Saved")
        assert typed(ana.page, "What we know") == typed(bea.page, "What we know") == text_of(site, key, "we_know")
        expect(ana.page.locator("[data-people]")).to_have_text("Mei Tanaka in “What we know”")
        expect(bea.page.locator("[data-people]")).to_have_text("Robin Adler in “What we know”")
        assert len(text_of(site, key, "we_know").replace(" ", "")) == 20 + len("middle"), "nothing is there twice"


@pytest.mark.req("OPN-08")
def test_whoever_is_offline_writes_on_and_both_texts_are_there_afterwards(browser: Browser, site: Site, key: str) -> None:
    with window(browser, site, key) as ana, window(browser, site, key) as bea:
        ana.context.set_offline(True)
        type_at_end(ana.page, "What we try", "abc")
        expect(ana.page.locator("[data-state]")).to_have_text("Offline: 3 changes wait")
        type_at_end(bea.page, "What we try", "from Bea ")
        expect(bea.page.locator("[data-state]")).to_have_text("Saved")
        ana.context.set_offline(False)
        expect(ana.page.locator("[data-state]")).to_have_text("Saved")
        for page in (ana.page, bea.page):
            expect(editor(page, "What we try")).to_contain_text("from Bea")
            expect(editor(page, "What we try")).to_contain_text("abc")


@pytest.mark.req("OPN-08")
def test_a_window_that_is_closed_while_offline_loses_nothing(browser: Browser, site: Site, key: str) -> None:
    with window(browser, site, key) as ana:
        ana.context.set_offline(True)
        type_at_end(ana.page, "Decisions", "Roll back")
        expect(ana.page.locator("[data-state]")).to_have_text("Offline: 9 changes wait")
        ana.page.close()
        ana.context.set_offline(False)
        ana.page = ana.context.new_page()
        ana.go(f"/{key}/doc")
        expect(editor(ana.page, "Decisions")).to_have_text("Roll back")
        expect(ana.page.locator("[data-state]")).to_have_text("Saved")
        assert text_of(site, key, "decisions") == "Roll back"
        assert ana.page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('doc ')).length") == 0


@pytest.mark.req("OPN-08")
def test_a_form_that_is_saved_appears_in_the_editor_and_the_other_way_round(browser: Browser, site: Site, key: str) -> None:
    with window(browser, site, key) as ana:
        type_at_end(ana.page, "What we know", "typed\n")
        expect(ana.page.locator("[data-state]")).to_have_text("Saved")
        plain = Visit(browser, site, signed_in=True, javascript=False)
        page = plain.go(f"/{key}/doc")
        area = page.locator("form[data-section=we_know] textarea")
        expect(area).to_have_value("typed\n")
        area.fill("typed\nby form")
        page.get_by_role("button", name="Save what we know").click()
        expect(area).to_have_value("typed\nby form\n")
        expect(editor(ana.page, "What we know")).to_contain_text("by form")
        page.get_by_role("link", name="Versions of what we know").click()
        page.locator("summary").first.click()
        plain.close()


@pytest.mark.req("OPN-08")
def test_an_earlier_version_is_restored_without_script(browser: Browser, site: Site, key: str) -> None:
    visit = Visit(browser, site, signed_in=True, javascript=False)
    page = visit.go(f"/{key}/doc/decisions")
    for words in ("first", "second"):
        page.locator("#text").fill(words)
        page.get_by_role("button", name="Save").click()
        visit.go(f"/{key}/doc/decisions")
    page.locator("summary", has_text="Version 2").click()
    page.get_by_role("button", name="Restore version 2").click()
    expect(page.locator("#text")).to_have_value("first")
    expect(page.get_by_role("main")).to_contain_text("This is version 4")
    visit.close()


@pytest.mark.req("OPN-07")
def test_a_row_of_the_timeline_is_added_and_changed(any_visit: Visit, key: str) -> None:
    page = any_visit.go(f"/{key}/tables/timeline")
    for label, words in (("When", "02:14"), ("What happened", "5xx rises"), ("Who or what saw it", "a graph")):
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_role("button", name="Add row").click()
    page.get_by_role("link", name="Change row 1").click()
    page.get_by_label("What happened").fill("5xx fall again")
    page.get_by_role("button", name="Change row").click()
    expect(page.get_by_role("table")).to_contain_text("5xx fall again")


@pytest.mark.req("SYS-20")
def test_a_document_is_carried_out_and_brought_back_in(visit: Visit, site: Site, key: str, tmp_path: Path) -> None:
    made = site.api(
        "POST", f"/incidents/{key}/document/rows", {"table": "timeline", "cells": {"when": "02:14", "what": "5xx | rises"}}
    )
    assert made.status == 201, made
    page = visit.go(f"/{key}/doc")
    with page.expect_download() as loading:
        page.get_by_role("link", name="Carry out as Markdown").click()
    file = tmp_path / loading.value.suggested_filename
    file.write_text(Path(loading.value.path()).read_text().replace("## Decisions\n\n", "## Decisions\n\nRoll back\n"))
    page.get_by_role("link", name="Bring a file back in").click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_role("main")).to_contain_text("1 section has a new version, 0 rows added, 0 rows changed")
    assert text_of(site, key, "decisions") == "Roll back"


def test_the_keyboard_comes_in_and_out_and_no_shortcut_fires_while_typing(browser: Browser, site: Site, key: str) -> None:
    with window(browser, site, key) as ana:
        editor(ana.page, "What customers see").focus()
        ana.page.keyboard.type("jkd? gh")
        expect(editor(ana.page, "What customers see")).to_have_text("jkd? gh")
        ana.page.keyboard.press("Control+z")
        ana.page.keyboard.press("Tab")
        ana.page.keyboard.press("Tab")
        expect(editor(ana.page, "What we know")).to_be_focused()
        assert ana.page.url.endswith("/doc")


def test_it_fits_a_telephone(browser: Browser, site: Site, key: str) -> None:
    with window(browser, site, key, size=PHONE) as ana, window(browser, site, key) as bea:
        type_at_end(bea.page, "What we know", "a long line that somebody else writes " * 4)
        type_at_end(ana.page, "What we know", "from the train")
        expect(editor(ana.page, "What we know")).to_contain_text("from the train")
        assert ana.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.needs("axe-core")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_about_it_keeps_anybody_out(
    browser: Browser, site: Site, key: str, mei: Any, theme: str, size: tuple[int, int]
) -> None:
    with window(browser, site, key, theme=theme, size=size) as ana, window(browser, site, key, somebody=mei) as bea:
        type_at_end(bea.page, "What we know", "- Cards of two banks fail since 02:14\n- Wallets work")
        expect(editor(ana.page, "What we know")).to_contain_text("Wallets work")
        assert findings(ana.page) == []


@pytest.mark.req("OPN-08")
def test_the_document_is_photographed(browser: Browser, site: Site, mei: Any, pytestconfig: pytest.Config) -> None:
    key = site.api("GET", "/incidents?state=fixing&limit=1").json["items"][0]["key"]
    with window(browser, site, key) as robin, window(browser, site, key, somebody=mei) as other:
        type_at_end(other.page, "What we know", "\n- Freight trains are not affected")
        type_at_end(robin.page, "Open questions", "- Which carriers use the new carriage type?")
        expect(editor(robin.page, "What we know")).to_contain_text("Freight trains")
        expect(robin.page.locator("[data-state]")).to_have_text("Saved")
        other.page.keyboard.press("ArrowLeft")
        expect(robin.page.get_by_text("Mei Tanaka", exact=True).first).to_be_visible()
        folder = pytestconfig.getoption("--pictures")
        if folder:
            robin.page.screenshot(path=Path(folder) / "document.png")


def test_the_editor_weighs_what_it_may_and_only_where_it_is_used(visit: Visit, site: Site, key: str) -> None:
    loaded: list[str] = []
    visit.page.on("request", lambda request: loaded.append(request.url))
    visit.go(f"/{key}")
    assert not any("editor.js" in url for url in loaded)
    visit.go(f"/{key}/doc")
    address = next(url for url in loaded if "editor.js" in url)
    answer = call("GET", address, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.body)
    assert len(answer.body) <= 150 * 1024
