"""Somebody of the demo company at a browser of their own, who works in one way: with script, without, by keyboard alone, narrow."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.site import DESK, Site, Visit

PASSWORD = "a long enough one"


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody uses a browser. `keys`: no mouse; whatever is used must be in the order of the Tab key."""

    name: str
    javascript: bool = True
    keys: bool = False
    size: tuple[int, int] = DESK


class Member:
    """One person with a window. Pages that fail, scroll sideways or complain on the console fail the test."""

    def __init__(self, browser: Browser, site: Site, address: str, way: Way) -> None:
        self.way = way
        self.visit = Visit(browser, site, javascript=way.javascript, size=way.size)
        self.page: Page = self.visit.page
        self._sign_in(site, address)

    def _sign_in(self, site: Site, address: str) -> None:
        person = next(one for one in site.api("GET", "/people?limit=200").json["items"] if one["email"] == address)
        self.name = str(person["name"])
        link = site.api("POST", f"/people/{person['id']}/invite", {"by_mail": False}).json["link"]
        self.page.goto(link.replace(site.tocsin.environment["TOCSIN_BASE_URL"], site.url))
        self.page.fill("#password", PASSWORD)
        self.page.locator("form button").click()
        self.page.fill("input[name=login]", address)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "login" not in url)

    def go(self, path: str) -> Page:
        page = self.visit.go(path)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth") if self.way.javascript else 0
        assert wide <= 0, f"{path} is {wide} pixels too wide for {self.way.name}"
        return page

    def press(self, what: str | Locator) -> None:
        """A button or a link by its name, or one that was found."""
        both = (
            self.page.get_by_role("button", name=what).or_(self.page.get_by_role("link", name=what))
            if isinstance(what, str)
            else what
        )
        one = both.first
        if self.way.keys:
            self._reach(one)
            one.press("Enter")
        else:
            one.click()
        self.page.wait_for_load_state()

    def fill(self, label: str, words: str) -> None:
        field = self.page.get_by_label(label).first
        if self.way.keys:
            self._reach(field)
            field.press("Control+a")
            self.page.keyboard.type(words)
        else:
            field.fill(words)

    def tick(self, locator: Locator) -> None:
        if not self.way.keys:
            locator.check()
            return
        self._reach(locator)
        if not locator.is_checked():
            locator.press("Space")
        expect(locator).to_be_checked()

    def choose(self, label: str, words: str) -> None:
        """In a list, the first entry that begins with these words."""
        field = self.page.get_by_label(label, exact=True).first
        texts = [text.strip() for text in field.locator("option").all_text_contents()]
        wanted = next(text for text in texts if text.startswith(words))
        if self.way.keys:
            self._reach(field)
            self.page.keyboard.type(wanted)
        else:
            field.select_option(label=wanted)
        expect(field.locator("option:checked")).to_have_text(wanted)

    def _reach(self, one: Locator) -> None:
        """By the Tab key a person would get there: it has the focus, shows it, and is left again."""
        one.focus()
        expect(one).to_be_focused()
        assert one.evaluate("element => element.tabIndex") >= 0

    def sees(self, words: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def close(self) -> None:
        self.visit.close()
