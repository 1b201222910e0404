"""Two browsers and a program without one write in one document while their lines break at random: in the end all say the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.headless import Headless
from tests.browser.site import Site, Visit, sign_in_as
from tests.browser.test_document import OFFLINE, text_of, type_at_end, typed
from tests.waiting import until

pytestmark = [pytest.mark.needs("editor"), pytest.mark.req("OPN-08", "U11")]
HEADING, SLUG = "What we know", "we_know"
EVERY_DAY, WIDE = range(2), range(2, 22)
STEPS = 14


class Three:
    """Who writes, and whether they are connected."""

    def __init__(self, browser: Browser, site: Site, mei: Any) -> None:
        made = site.api("POST", "/incidents", {"summary": "Seats are sold twice", "severity": 3, "drill": True})
        self.site, self.key = site, str(made.json["key"])
        assert site.api("POST", f"/incidents/{self.key}/set-up").status == 200
        self.windows = [Visit(browser, site, signed_in=True, somebody=somebody) for somebody in (None, mei)]
        for visit in self.windows:
            visit.expected_faults += OFFLINE
            visit.go(f"/{self.key}/doc")
            expect(visit.page.locator("[data-state]")).to_have_text("Saved")
        self.headless = Headless(site, self.key)
        self.away: set[int] = set()

    def seen_by(self, who: int) -> str:
        return self.headless.say(SLUG) if who == len(self.windows) else typed(self.windows[who].page, HEADING)

    def sees_whole_words(self, who: int, kept: list[str]) -> None:
        """Letters travel one by one, and a caret that is put behind half a word splits it, in this editor as in any."""

        def whole() -> bool:
            text = self.seen_by(who)
            return set(text.split()) <= set(kept) and text[-1:] in ("", " ")

        until(whole, 20, f"half a word stays at {who}")

    def type(self, who: int, words: str, *, first: bool) -> None:
        if who == len(self.windows):
            self.headless.type(SLUG, words, first=first)
        else:
            type_at_end(self.windows[who].page, HEADING, words, at="Home" if first else "End")

    def wipe(self, who: int) -> None:
        """The last three letters."""
        if who == len(self.windows):
            self.headless.wipe(SLUG, 3)
            return
        type_at_end(self.windows[who].page, HEADING, "")
        for _ in range(3):
            self.windows[who].page.keyboard.press("Backspace")

    def is_quiet(self) -> bool:
        """Whether no letter is under way between those who are connected."""
        return len({self.seen_by(who) for who in range(3) if who not in self.away}) <= 1

    def set_offline(self, who: int, offline: bool) -> None:
        self.away = self.away | {who} if offline else self.away - {who}
        if who == len(self.windows):
            self.headless.set_offline(offline)
        else:
            self.windows[who].context.set_offline(offline)

    def all_say(self) -> str:
        """Once everybody is back and everything stored; what all of them say then."""
        for who in range(3):
            self.set_offline(who, False)
        for visit in self.windows:
            expect(visit.page.locator("[data-state]")).to_have_text("Saved")
        self.headless.stored()

        def said() -> set[str]:
            return {self.seen_by(who) for who in range(3)} | {text_of(self.site, self.key, SLUG)}

        until(lambda: len(said()) == 1, 20, "they do not say the same")
        return said().pop()

    def close(self) -> None:
        self.headless.close()
        for visit in self.windows:
            visit.close()


@pytest.fixture(scope="module")
def mei(browser: Browser, site: Site) -> Any:
    return sign_in_as(browser, site, "Mei")


@pytest.fixture
def three(browser: Browser, site: Site, mei: Any) -> Iterator[Three]:
    made = Three(browser, site, mei)
    yield made
    made.close()


@pytest.mark.parametrize("seed", [*EVERY_DAY, *(pytest.param(seed, marks=pytest.mark.soak) for seed in WIDE)])
def test_browsers_and_a_program_converge_however_their_lines_break(three: Three, seed: int) -> None:
    """Odd seeds write into words that are still arriving and wipe letters; whatever is there, all have it.

    Even ones write beside words and lose connections between them: then each word stays whole.
    """
    luck, kept = random.Random(seed), []
    for step in range(STEPS):
        who, act = luck.randrange(3), luck.choice(["type", "type", "cut", "back", "wipe" if seed % 2 else "type"])
        if not seed % 2 and act != "back":
            three.sees_whole_words(who, kept)
            if act == "cut":  # between the letters of a word the half of it would stay until the line is back
                until(three.is_quiet, 20, "letters are under way")
        if act == "type":
            kept.append(f"{'abc'[who]}{step}")
            three.type(who, f"{kept[-1]} ", first=luck.random() < 0.5)
        elif act == "wipe":
            three.wipe(who)
        else:
            three.set_offline(who, act == "cut")
    said = three.all_say()
    if not seed % 2:
        assert sorted(said.split()) == sorted(kept)
