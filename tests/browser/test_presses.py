"""How many times one must press or type for what happens at night: counted, not estimated."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reader import Reader, taken_apart
from tests.browser.screens import SCREENS
from tests.browser.site import Site, Visit
from tests.waiting import until


class Hand:
    """Counts what a hand does. Reading and scrolling are free."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, one: Locator) -> None:
        self.count += 1
        one.first.click()
        self.page.wait_for_load_state()

    def choose(self, one: Locator, words: str) -> None:
        """The first entry of a list that begins with these words."""
        self.count += 1
        texts = one.first.locator("option").all_text_contents()
        one.first.select_option(label=next(text for text in texts if text.strip().startswith(words)))

    def fill(self, one: Locator, words: str) -> None:
        self.count += 1
        one.first.fill(words)


@pytest.fixture
def key(site: Site, visit: Visit) -> str:
    made = site.api("POST", "/incidents", {"summary": "Seats are sold twice", "severity": 3})
    assert site.api("POST", f"/incidents/{made.json['key']}/set-up").status == 200, made
    return str(made.json["key"])


@pytest.mark.req("U03")
def test_every_screen_of_somebody_signed_in_leads_to_declaring(visit: Visit, site: Site) -> None:
    visit.go("/")
    reader = Reader(site)
    for screen in SCREENS:
        if screen.signed_in:
            links = taken_apart(reader.get(screen.path(site)).text).links
            assert any(link.split("?")[0] == "/declare" for link in links), screen.name


@pytest.mark.req("U03")
def test_an_incident_is_declared_with_three_from_anywhere_and_two_from_an_alert(any_visit: Visit, site: Site) -> None:
    page = any_visit.go("/insights")
    hand = Hand(page)
    hand.press(page.get_by_role("banner").get_by_role("link", name="Declare"))
    hand.fill(page.get_by_label("Summary"), "Declared in three")
    hand.press(page.get_by_role("main").get_by_role("button", name=re.compile("^Declare")))
    expect(page).to_have_url(re.compile(r"/HOT-\d+"))
    assert hand.count <= 3
    name = f"Declared in two {uuid.uuid4().hex[:6]}"
    site.send_alertmanager(name, uuid.uuid4().hex[:16])
    alert = until(lambda: [one for one in site.api("GET", "/alerts?limit=5").json["items"] if one["title"] == name], 20, "no alert")
    page = any_visit.go(f"/a/{alert[0]['number']}")
    hand = Hand(page)
    hand.press(page.get_by_role("main").get_by_role("link", name="Declare incident"))
    hand.press(page.get_by_role("main").get_by_role("button", name=re.compile("^Declare")))
    expect(page).to_have_url(re.compile(r"/HOT-\d+"))
    assert hand.count <= 2


@pytest.mark.req("U04")
def test_a_team_is_paged_from_the_room_with_two(any_visit: Visit, site: Site, key: str) -> None:
    page = any_visit.go(f"/{key}")
    hand = Hand(page)
    hand.fill(page.get_by_label("Write to the room"), "/page data")
    hand.press(page.get_by_role("button", name="Send"))
    until(lambda: any(key in text for _, text in site.mails()), 20, "nobody is paged")
    assert hand.count <= 3


@pytest.mark.req("U04")
def test_a_team_is_paged_from_the_room_with_three_by_its_form(any_visit: Visit, site: Site, key: str) -> None:
    page = any_visit.go(f"/{key}")
    hand = Hand(page)
    hand.press(page.get_by_role("link", name="Page a team"))
    hand.choose(page.get_by_label("Whom", exact=True), "Data")
    hand.press(page.get_by_role("button", name="Page now"))
    until(lambda: any(key in text for _, text in site.mails()), 20, "nobody is paged")
    assert hand.count <= 3


@pytest.mark.req("U04")
def test_whoever_wants_to_see_first_who_is_woken_needs_three_in_the_form(any_visit: Visit, site: Site, key: str) -> None:
    page = any_visit.go(f"/{key}/page")
    hand = Hand(page)
    hand.choose(page.get_by_label("Whom", exact=True), "Data")
    hand.press(page.get_by_role("button", name="Show who is woken"))
    expect(page.locator("aside", has_text="Who will be woken").first).to_contain_text("there")
    assert not any(key in text for _, text in site.mails())
    hand.press(page.locator("button[name=do][value=page]"))
    until(lambda: any(key in text for _, text in site.mails()), 20, "nobody is paged")
    assert hand.count <= 3


@pytest.mark.req("U04")
def test_the_first_words_to_everybody_need_three(any_visit: Visit, site: Site, key: str) -> None:
    page = any_visit.go(f"/{key}")
    hand = Hand(page)
    hand.press(page.get_by_role("link", name="Post update"))
    hand.press(page.get_by_role("button", name="Review before publishing"))
    hand.press(page.locator("button[name=do][value=publish]"))
    expect(page).to_have_url(re.compile(rf"/{key}$"))

    def said() -> set[str]:
        return {one["page"] for one in site.api("GET", f"/incidents/{key}/updates").json["items"]}

    until(lambda: said() == {"internal", "external"}, 15, "the words did not go out")
    assert hand.count <= 4
