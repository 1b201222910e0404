"""From an empty folder to the first real page acknowledged, in at most twelve interactions."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.installation import Installation, call
from tests.acceptance.outside import World
from tests.acceptance.shelf import make_database, settings_for
from tests.environment import STORE
from tests.waiting import until

INTERACTIONS = 12


class Hand:
    """A hand that counts what it does: each field filled, each press, each link opened from a mail."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def fill(self, label: str, text: str) -> None:
        self.count += 1
        self.page.get_by_label(label, exact=True).fill(text)

    def press(self, name: str | re.Pattern[str]) -> None:
        self.count += 1
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state()

    def follow(self, name: str | re.Pattern[str]) -> None:
        self.count += 1
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def open(self, address: str) -> None:
        self.count += 1
        self.page.goto(address)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "world")
    yield made
    made.stop()


@pytest.fixture
def empty(tmp_path: Path, world: World) -> Iterator[Installation]:
    """A server on nothing, with a mail server it may use."""
    url = make_database(f"empty_{uuid.uuid4().hex[:12]}") if STORE == "postgresql" else ""
    made = Installation(tmp_path, database_url=url, **settings_for(world))
    yield made.start()
    made.stop()


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def hand(request: pytest.FixtureRequest, browser: Browser, empty: Installation) -> Iterator[Hand]:
    context = browser.new_context(base_url=empty.url, java_script_enabled=request.param)
    context.set_default_timeout(30_000)
    yield Hand(context.new_page())
    context.close()


def link_in_mail(world: World, pattern: str, seen: int) -> str:
    """The first link of this kind in a mail that came after `seen` messages."""

    def find() -> str:
        for message in world.messages()[seen:]:
            found = re.search(pattern, message.text)
            if found:
                return found.group(0)
        return ""

    return until(find, 20, f"no mail with {pattern}")


def test_twelve_interactions_lead_to_the_first_acknowledged_page(hand: Hand, empty: Installation, world: World) -> None:
    door = until(lambda: _door(empty), 10, "no set-up link was printed")
    hand.page.goto(door)
    hand.fill("Your mail address", "ada@example.com")
    hand.fill("A password", "correct horse battery")
    hand.press("Make me administrator")
    hand.open(link_in_mail(world, r"http\S+/start/mail/[\w-]+", 0))
    hand.press("Yes, it reached me")
    hand.follow(re.compile("team"))
    hand.press("Make the team")
    hand.fill("Service", "Checkout API")
    hand.press("Make the service and its key")
    expect(hand.page.get_by_role("main")).to_contain_text("/alertmanager")
    seen = len(world.messages())
    hand.press("Page me now")
    hand.open(link_in_mail(world, r"http\S+/ack/[\w-]+", seen))
    hand.press("Acknowledge")
    assert hand.count <= INTERACTIONS
    hand.page.goto("/start/page")
    expect(hand.page.get_by_role("heading", level=1)).to_contain_text("It works")
    hand.page.goto("/start/summary")
    expect(hand.page.get_by_role("main")).to_contain_text("one")


def test_the_door_is_gone_as_soon_as_an_administrator_exists(empty: Installation, hand: Hand) -> None:
    door = until(lambda: _door(empty), 10, "no set-up link was printed")
    assert call("GET", door).status == 200
    assert call("GET", re.sub(r"/setup/.*", "/setup/" + "x" * 43, door)).status == 404
    hand.page.goto(door)
    hand.fill("Your mail address", "ada@example.com")
    hand.fill("A password", "correct horse battery")
    hand.press("Make me administrator")
    assert call("GET", door).status == 404


def _door(empty: Installation) -> str:
    found = re.search(r"http\S+/setup/[\w-]+", empty.log_tail(20_000))
    return found.group(0) if found else ""
