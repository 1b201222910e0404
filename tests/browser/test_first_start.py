"""From an empty folder to the first real page that is acknowledged: at most twelve interactions, with and without script."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import axe, tables
from tests.acceptance.installation import Installation, call
from tests.acceptance.outside import World
from tests.browser.test_axe import findings
from tests.waiting import until

MOST = 12


class Hand:
    """Counts what a person does: a field filled, a button or link pressed, a link in a mail opened. Reading is free."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.interactions = 0

    def fill(self, label: str, words: str) -> None:
        self.page.get_by_label(label, exact=True).fill(words)
        self.interactions += 1

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first.click()
        self.interactions += 1

    def open(self, link: str) -> None:
        self.page.goto(link)
        self.interactions += 1


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "world")
    yield made
    made.stop()


@pytest.fixture
def fresh(tmp_path: Path, world: World) -> Iterator[Installation]:
    """A server with nothing but its tables, known as localhost as in the README."""
    url, _ = tables.fill(tmp_path / "fresh" / "data", tables.EMPTY, f"fresh_{uuid.uuid4().hex[:12]}")
    made = Installation(tmp_path / "fresh", database_url=url, TOCSIN_SMTP_URL=world.smtp_url)
    made.url = made.environment["TOCSIN_BASE_URL"] = f"http://localhost:{made.port}"
    made.start()
    yield made
    made.stop()


def link_in_mail(world: World, part: str) -> str:
    """The newest link with this part that was mailed."""

    def newest() -> str:
        links = [link for message in world.messages() for link in message.links if part in link]
        return links[-1] if links else ""

    return until(newest, 15, f"no mail with a link to {part}")


def checked(page: Page, javascript: bool = True) -> None:
    """Nobody who sets up is shut out. The checker itself is a script."""
    if not javascript:
        return
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if axe.script() is not None:
        assert findings(page) == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
def test_an_empty_folder_pages_its_installer(browser: Browser, fresh: Installation, world: World, javascript: bool) -> None:
    kept = Path(fresh.environment["TOCSIN_DATA"]) / "setup-link"
    link = kept.read_text().strip()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert link in fresh.log_tail(1_000_000)
    context = browser.new_context(java_script_enabled=javascript, timezone_id="Europe/Vienna")
    assert call("GET", link.rpartition("/")[0] + "/" + "x" * 43).status == 404
    page, hand = context.new_page(), Hand(context.pages[0])
    page.goto(link)
    checked(page, javascript)
    if javascript:
        expect(page.get_by_label("Time zone")).to_have_value("Europe/Vienna")
    hand.fill("Your mail address", "ina@example.com")
    hand.fill("A password", "a long enough one")
    hand.press("Make me administrator")
    checked(page, javascript)
    hand.open(link_in_mail(world, "/start/mail/"))
    checked(page, javascript)
    hand.press("Yes, it reached me")
    hand.press("Next: your team")
    checked(page, javascript)
    hand.press("Make the team")
    checked(page, javascript)
    hand.fill("Service", "Checkout API")
    hand.press("Make the service and its key")
    expect(page.get_by_text("webhook_configs")).to_be_visible()
    checked(page, javascript)
    hand.press("Page me now")
    checked(page, javascript)
    hand.open(link_in_mail(world, "/ack/"))
    hand.press("Acknowledge")
    assert hand.interactions <= MOST, hand.interactions
    page.goto(f"{fresh.url}/start/page")
    expect(page.get_by_role("heading", level=1)).to_contain_text("It works")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ready")
    expect(page.get_by_text("No outside watcher")).to_be_visible()
    checked(page, javascript)
    assert page.goto(link).status == 404
    context.close()


def test_a_passkey_is_made_and_signs_in_under_the_strict_content_policy(browser: Browser, fresh: Installation) -> None:
    link = (Path(fresh.environment["TOCSIN_DATA"]) / "setup-link").read_text().strip()
    context = browser.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**key, "isUserVerified": True}})
    page.goto(link)
    page.get_by_label("Your mail address").fill("ina@example.com")
    page.get_by_label("A password").fill("a long enough one")
    page.get_by_role("button", name="Make me administrator").click()
    page.goto(f"{fresh.url}/account/2fa/webauthn/add/")
    page.get_by_label("Password").fill("a long enough one")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Master key").or_(page.get_by_label("Name")).first.fill("Laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/account/2fa/**")
    expect(page.get_by_text("recovery").first).to_be_visible()
    context.clear_cookies()
    page.goto(f"{fresh.url}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{fresh.url}/")
    page.goto(f"{fresh.url}/account/2fa/webauthn/")
    expect(page.get_by_role("rowheader", name="Laptop")).to_be_visible()
    assert faults == []
    context.close()
