"""The palette through a real browser: by keyboard alone, read out as a list, and its twin where no script runs."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.site import PHONE, Site, Visit
from tests.browser.test_axe import findings


def test_three_keys_and_a_word_lead_anywhere(visit: Visit, site: Site) -> None:
    room = site.api("GET", "/incidents?state=fixing").json["items"][0]["key"]
    page = visit.go(f"/{room}")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="The whole house").or_(page.get_by_role("combobox"))
    expect(field).to_be_focused()
    expect(page.get_by_role("group", name=f"In {room}")).to_be_visible()
    page.keyboard.type("set or")
    first = page.get_by_role("option", name="Set or confirm the severity")
    expect(first).to_have_id("p-1-1")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    assert findings(page) == []
    page.emulate_media(color_scheme="dark")
    assert findings(page, "color-contrast") == []
    page.keyboard.press("Enter")
    expect(page.get_by_label("Write to the room")).to_have_value("/sev ")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.type("declare")
    expect(page.get_by_role("option", name="Declare an incident")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/declare")


def test_without_a_script_and_on_a_phone_the_search_does_the_same(browser: Browser, site: Site) -> None:
    visit = Visit(browser, site, signed_in=True, javascript=False, size=PHONE)
    try:
        page = visit.go("/search?q=declare")
        page.get_by_role("link", name="Declare an incident").click()
        page.wait_for_url("**/declare")
    finally:
        visit.close()
