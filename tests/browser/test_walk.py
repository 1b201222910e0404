"""The walk of the README in a real browser, with and without JavaScript: from an alert to an action in the report.

With `--pictures FOLDER` the walk with JavaScript writes the documentation's pictures on its way.
"""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Visit
from tests.waiting import until


class Walk:
    """What the reader of the README does, step by step."""

    def __init__(self, visit: Visit, pictures: str | None) -> None:
        self.visit, self.page = visit, visit.page
        self.folder = Path(pictures) if pictures and visit.javascript else None
        self.mark = "" if self.folder else f" {uuid.uuid4().hex[:6]}"
        self.name = f"Checkout errors above 5 %{self.mark}"
        self.said = f"Payments by card fail{self.mark}"
        self.key = ""

    def picture(self, name: str) -> None:
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self.folder / f"{name}.png")

    def press(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state()

    def alert_arrives(self) -> None:
        self.visit.site.send_alertmanager(self.name, uuid.uuid4().hex[:16])
        mail = until(self._mail, 20, "the page is not in the mailbox")
        self.picture("01-mailbox")
        self.visit.go(mail)

    def _mail(self) -> str:
        page = self.visit.go("/mailbox")
        link = page.get_by_role("link", name=self.name).first
        return str(link.get_attribute("href")) if link.count() else ""

    def acknowledge(self) -> None:
        text = self.page.get_by_role("main").inner_text()
        path = re.search(r"/ack/[\w-]+", text)
        assert path is not None, text
        self.visit.go(path.group(0))
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(self.name)
        self.picture("02-acknowledge")
        self.press("Acknowledge")
        expect(self.page.get_by_role("button", name="Acknowledge")).to_have_count(0)
        self.picture("03-acknowledged")

    def declare(self) -> None:
        self.visit.go(f"/alerts?q={self.mark.strip()}")
        self.page.get_by_role("link", name=self.name).first.click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(self.name)
        self.picture("04-alert")
        self.page.get_by_role("link", name="Declare incident").first.click()
        self.page.get_by_label("Summary").fill("Nobody can pay")
        self.page.locator("input[name=severity][value='2']").check()
        self.picture("05-declare")
        self.press(re.compile("^Declare"))
        self.page.wait_for_url(re.compile(r"/HOT-\d+"))
        self.key = self.page.url.rsplit("/", 1)[1]

    def take_command(self) -> None:
        self.press("Take command")
        expect(self.page.get_by_role("main")).to_contain_text("Fixing")
        self.page.get_by_role("link", name="Confirm severity").first.click()
        self.press("Confirm severity")
        self.visit.go(f"/{self.key}")
        self.page.get_by_label("Write to the room").fill("The payment provider refuses our certificate")
        self.press("Send")
        expect(self.page.locator("#log .said", has_text="refuses our certificate")).to_be_visible()
        self.picture("06-war-room")

    def tell(self) -> None:
        self.page.get_by_role("link", name="Post update").first.click()
        self.page.get_by_label("Name").nth(1).fill(self.said)
        self.picture("07-update")
        self.press("Review before publishing")
        self.picture("08-review")
        self.page.locator("button[name=do][value=publish]").click()
        self.page.wait_for_load_state()
        self.visit.site.publishes(self.said)
        external = self.visit.go("/status")
        expect(external.get_by_role("main")).to_contain_text(self.said)
        assert external.locator("script").count() == 0
        self.picture("09-status")
        self.visit.go("/status/internal")
        expect(self.page.get_by_role("main")).to_contain_text(self.key)
        self.picture("10-status-internal")

    def resolve(self) -> None:
        self.visit.go(f"/{self.key}/resolve")
        self.page.locator("#impact_over").check()
        self.page.locator("#none_about_to_follow").check()
        for name, words in (("impact_started_at", "50 min ago"), ("detected_at", "40 min ago"), ("impact_ended_at", "5 min ago")):
            self.page.locator(f"#{name}").fill(words)
        self.page.locator("#owner").select_option(index=1)
        self.picture("11-resolve")
        self.press("Go on to the last words")
        assert self.page.locator(".err, .banner.bad:not(#problems *)").all_inner_texts() == []
        figures = self.page.locator("dl.figures")
        expect(figures).to_contain_text("10 min")
        expect(figures).to_contain_text("45 min")
        self.picture("12-last-words")
        self.press("Resolve and publish")
        self.visit.go("/status")
        expect(self.page.get_by_role("main")).to_contain_text(self.said)

    def learn(self) -> None:
        self.visit.go(f"/{self.key}/postmortem")
        expect(self.page.get_by_role("main")).to_contain_text("Nobody can pay")
        self.picture("13-postmortem")
        self.visit.go(f"/{self.key}/actions/new")
        self.page.get_by_label("What").fill(f"Alert two weeks before a certificate of {self.key} ends")
        self.page.locator("input[name=category][value=detect]").check()
        self.page.locator("input[name=link_type][value=priority]").check()
        self.page.locator("#owner").select_option(index=1)
        self.page.locator("#due_on").fill("2027-02-01")
        self.press("Add action")
        self.visit.go("/actions")
        expect(self.page.get_by_role("main")).to_contain_text(f"a certificate of {self.key} ends")
        self.picture("14-actions")
        self.visit.go("/insights")
        expect(self.page.get_by_role("main")).to_contain_text(self.key)
        self.picture("15-report")


@pytest.mark.everywhere
def test_the_walk_of_the_readme(any_visit: Visit, request: pytest.FixtureRequest) -> None:
    walk = Walk(any_visit, request.config.getoption("--pictures"))
    walk.alert_arrives()
    walk.acknowledge()
    walk.declare()
    walk.take_command()
    walk.tell()
    walk.resolve()
    walk.learn()


@pytest.mark.req("U02", "U07")
def test_the_acknowledge_page_is_one_round_trip_of_14_kilobytes(stranger: Visit) -> None:
    """Everything the page needs is in its own answer."""
    name = f"Weight {uuid.uuid4().hex[:6]}"
    stranger.site.send_alertmanager(name, uuid.uuid4().hex[:16])
    path = until(lambda: stranger.site.acknowledge_path(name), 20, "no page in the mailbox")
    requests: list[str] = []
    stranger.page.on("request", lambda request: requests.append(request.url))
    stranger.go(path)
    assert len([url for url in requests if not url.startswith("data:")]) == 1, requests
    assert stranger.site.weight(path) <= 14 * 1024


@pytest.mark.req("U07")
def test_the_war_room_weighs_70_kilobytes_at_most(visit: Visit) -> None:
    key = visit.site.api("GET", "/incidents?limit=1&state=fixing").json["items"][0]["key"]
    sizes: list[int] = []
    visit.page.on("response", lambda response: sizes.append(_on_the_wire(response)))
    visit.go(f"/{key}")
    visit.page.wait_for_load_state("load")
    assert sum(sizes) <= 70 * 1024, sizes


def _on_the_wire(response: object) -> int:
    request = response.request  # type: ignore[attr-defined]
    if "live" in request.url:
        return 0
    return int(request.sizes()["responseBodySize"])


def tab_to(page: Page, name: str, limit: int = 60) -> None:
    """Reach a control with the Tab key alone."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        words = page.evaluate("document.activeElement.innerText || document.activeElement.getAttribute('aria-label') || ''")
        if name.lower() in str(words).lower():
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_an_incident_is_declared_by_keyboard_alone(visit: Visit) -> None:
    page = visit.go("/")
    tab_to(page, "Declare")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/declare"))
    page.locator("#summary").focus()
    page.keyboard.type("Declared by keyboard")
    page.keyboard.press("Tab")
    page.locator("input[name=severity][value='3']").focus()
    page.keyboard.press("Space")
    tab_to(page, "Declare")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/HOT-\d+"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Declared by keyboard")
