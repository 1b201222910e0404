"""The kit opens from a disk with no network, the checklist is ticked with and without script, the sheet is one printed page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import Site, Visit
from tests.browser.test_axe import findings
from tests.waiting import until

SIZES = ((1440, 900), (390, 844))


def fixing(site: Site) -> str:
    return str(site.api("GET", "/incidents?state=fixing&limit=1").json["items"][0]["key"])


def downloaded(site: Site, folder: Path) -> Path:
    kit = until(lambda: answer if (answer := site.api("GET", "/kit")).status == 200 else None, 60, "no kit was made")
    page = folder / "tocsin-kit.html"
    page.write_text(kit.json["files"]["tocsin-kit.html"])
    return page


@pytest.mark.req("CHS-10")
@pytest.mark.needs("axe-core")
def test_the_kit_opens_from_a_disk_with_no_network_and_says_how_old_it_is(browser: Browser, site: Site, tmp_path: Path) -> None:
    Visit(browser, site).close()
    file = downloaded(site, tmp_path)
    context = browser.new_context(offline=True, bypass_csp=True)
    faults: list[str] = []
    try:
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: faults.append(request.url) if not request.url.startswith("file:") else None)
        page.goto(file.as_uri())
        expect(page.locator("#age")).to_contain_text("ago")
        for heading in ("Open incidents", "Whom to call", "Rota", "Contacts", "Cheat sheet", "Severities", "Templates"):
            expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert findings(page) == [], width
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, width
        page.emulate_media(color_scheme="dark")
        assert findings(page, "color-contrast") == []
        assert faults == []
    finally:
        context.close()


@pytest.mark.req("CHS-10")
def test_the_kits_own_policy_lets_its_style_and_its_script_through(browser: Browser, site: Site, tmp_path: Path) -> None:
    Visit(browser, site).close()
    file = downloaded(site, tmp_path)
    for javascript in (True, False):
        context = browser.new_context(offline=True, java_script_enabled=javascript)
        faults: list[str] = []
        page = context.new_page()
        page.on("console", lambda message, kept=faults: kept.append(message.text))
        page.goto(file.as_uri())
        expect(page.locator("#made")).to_contain_text("UTC")
        assert page.locator(".sec").first.evaluate("one => getComputedStyle(one).display") == "grid" if javascript else True
        assert faults == []
        context.close()


@pytest.mark.req("CHS-02", "VAL-04")
def test_lines_are_ticked_and_skipped_with_and_without_script(any_visit: Visit, site: Site) -> None:
    key = fixing(site)
    page = any_visit.go(f"/{key}/checklist")
    row = page.locator("li", has_text="Customers say so too")
    row.get_by_role("button", name="Done").click()
    expect(row).to_contain_text("Robin Adler")
    row.get_by_role("button", name="Open again").click()
    expect(row.get_by_role("button", name="Done")).to_be_visible()
    row = page.locator("li", has_text="Nothing is about to follow")
    row.locator("summary").click()
    row.get_by_label("Reason").fill("We watch it until noon")
    row.get_by_role("button", name="Skip").click()
    expect(row).to_contain_text("Skipped: We watch it until noon")
    row.get_by_role("button", name="Open again").click()
    expect(row).not_to_contain_text("Skipped")


@pytest.mark.req("CHS-01")
@pytest.mark.parametrize("format", ["A4", "Letter"])
def test_the_cheat_sheet_prints_on_one_page(visit: Visit, format: str) -> None:
    visit.go("/cheatsheet")
    made = visit.page.pdf(format=format, margin=dict.fromkeys(("top", "bottom", "left", "right"), "10mm"))
    assert len(re.findall(rb"/Type\s*/Page\b", made)) == 1


@pytest.mark.req("VAL-07")
def test_a_trainee_drafts_and_hears_what_others_understood(any_visit: Visit, site: Site) -> None:
    made = site.api("POST", "/incidents", {"summary": "Exercise in the browser", "severity": 2, "drill": True}).json
    page = any_visit.go(f"/{made['key']}/update")
    expect(page.get_by_label("Drill")).to_contain_text("This is a drill")
    page.locator("#external_body").fill("Some of you cannot pay.")
    page.get_by_role("button", name="Keep the draft").click()
    expect(page.get_by_role("main")).to_contain_text("Some of you cannot pay.")
    page.get_by_label("Feedback").first.fill("Since when?")
    page.get_by_role("button", name="Say it").first.click()
    expect(page.get_by_role("main")).to_contain_text("Since when?")
    assert site.api("GET", f"/incidents/{made['key']}/updates").json["items"] == []
