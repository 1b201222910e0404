"""The room through a real browser: two people at once, a lost connection, a phone, no script, words that would like to be code."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.site import DESK, PHONE, Site, Visit
from tests.browser.test_axe import findings
from tests.hostile import GRAPH, NASTY
from tests.waiting import until
from tocsin.web.pages.room import log


@pytest.fixture
def key(site: Site) -> str:
    """An incident of its own for each test."""
    made = site.api("POST", "/incidents", {"summary": "Seats are sold twice", "severity": 3})
    assert made.status == 201, made
    return str(made.json["key"])


@pytest.fixture
def pair(browser: Browser, site: Site) -> Iterator[tuple[Visit, Visit]]:
    """Two windows of two browsers on the same room."""
    one, two = Visit(browser, site, signed_in=True), Visit(browser, site, signed_in=True, size=PHONE, theme="dark")
    yield one, two
    one.close()
    two.close()


def say(page: Page, text: str) -> None:
    page.get_by_label("Write to the room").fill(text)
    page.get_by_role("button", name="Send").click()


def tag(site: Site, key: str) -> str:
    headers = site.api("GET", f"/incidents/{key}").headers
    return next(value for name, value in headers.items() if name.lower() == "etag")


def test_news_never_take_a_button_from_under_a_finger(visit: Visit, site: Site, key: str) -> None:
    """What is pressed while its part of the page would change stays until it is let go; then the change is there."""
    page = visit.go(f"/{key}")
    expect(page.locator("#as-of-how")).to_have_text(", live")
    heading, button = page.locator("#wr h1"), page.locator("#wr").get_by_role("button", name="Take command")
    for words, pressed in (("Seats are sold thrice", heading), ("Seats are sold four times", button)):
        pressed.hover()
        with page.expect_response(lambda answer: "x-live" in answer.request.headers):
            page.mouse.down()
            assert site.api("PATCH", f"/incidents/{key}", {"summary": words}, If_Match=tag(site, key)).status == 200
        page.evaluate("new Promise(requestAnimationFrame)")
        assert words not in heading.inner_text()
        page.mouse.up()
        expect(heading).to_contain_text(words)
    expect(page.get_by_role("main")).to_contain_text("Fixing")


@pytest.mark.req("OPN-05", "OPN-09")
def test_what_one_says_the_other_reads_and_answers_at_once(pair: tuple[Visit, Visit], key: str) -> None:
    desk, phone = (visit.go(f"/{key}") for visit in pair)
    expect(phone.locator("#as-of-how")).to_have_text(", live")
    say(desk, "Is *payment* hit?")
    message = phone.locator("#log .said", has_text="Is payment hit?")
    expect(message).to_be_visible()
    message.locator(".acts").click()
    message.get_by_role("button", name="Looking").click()
    expect(desk.get_by_role("button", name="Looking 1")).to_be_visible()
    expect(message.locator(".menu")).to_have_count(0)
    message.locator(".acts").click()
    message.get_by_role("link", name="Reply").click()
    expect(phone.locator("#reply")).to_contain_text("Is *payment* hit?")
    say(phone, "no, only seats")
    answer = desk.locator("#log .said", has_text="no, only seats")
    expect(answer.locator(".quote")).to_contain_text("Is *payment* hit?")
    say(desk, "/decide stop the sale")
    expect(phone.locator("#log .event", has_text="Decision: stop the sale")).to_be_visible()
    expect(phone.get_by_label("Write to the room")).to_have_value("")


def test_a_picture_is_chosen_sent_and_seen(visit: Visit, key: str, tmp_path: Path) -> None:
    graph, log = tmp_path / "<b>graph.png", tmp_path / "error.log"
    graph.write_bytes(GRAPH)
    log.write_text("line")
    page = visit.go(f"/{key}")
    page.locator("input[type=file]").set_input_files([graph, log])
    expect(page.locator("#chosen")).to_have_text("<b>graph.png, error.log")
    say(page, "lag")
    picture = page.locator("#log img")
    expect(picture).to_be_visible()
    until(lambda: picture.evaluate("one => one.complete && one.naturalWidth") == 560, 10, "the picture is not drawn")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="error.log").click()
    assert Path(fetched.value.path()).read_text() == "line"


@pytest.mark.req("OPN-05", "U11")
def test_nothing_typed_is_lost_when_the_line_is(visit: Visit, key: str) -> None:
    visit.expected_faults = ["ERR_INTERNET_DISCONNECTED", "Failed to load resource"]
    page = visit.go(f"/{key}")
    visit.context.set_offline(True)
    for text in ("host 3 is through", "starting host 4"):
        say(page, text)
    page.get_by_label("Write to the room").fill("half a sent")
    waiting = page.get_by_role("list", name="Not sent yet").locator(".pending")
    expect(waiting).to_have_count(2)
    expect(waiting.first).to_contain_text("not sent yet, trying")
    visit.context.set_offline(False)
    expect(waiting).to_have_count(0)
    for text in ("host 3 is through", "starting host 4"):
        expect(page.locator("#log .said", has_text=text)).to_have_count(1)
    expect(page.get_by_label("Write to the room")).to_have_value("half a sent")
    page.reload()
    expect(page.get_by_label("Write to the room")).to_have_value("half a sent")


def test_what_was_sent_stays_in_sight_until_the_log_shows_it(visit: Visit, key: str) -> None:
    """Neither the stream, which would bring the line, nor the page comes through."""
    visit.expected_faults = ["ERR_FAILED", "Failed to load resource"]
    visit.page.route("**/live?*", lambda route: route.abort())
    page = visit.go(f"/{key}")
    page.route(f"**/{key}", lambda route: route.abort())
    say(page, "still in sight")
    waiting = page.get_by_role("list", name="Not sent yet").locator(".pending")
    expect(waiting.locator(".role")).to_have_text("sent")
    expect(waiting).to_contain_text("still in sight")
    page.unroute(f"**/{key}")
    page.evaluate("document.dispatchEvent(new Event('tocsin:refresh'))")
    expect(page.locator("#log .said", has_text="still in sight")).to_have_count(1)
    expect(waiting).to_have_count(0)


def test_an_answer_that_is_lost_on_the_way_back_makes_one_message(visit: Visit, key: str) -> None:
    visit.expected_faults = ["ERR_FAILED", "Failed to load resource"]
    page = visit.go(f"/{key}")
    lost = []

    def swallow(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())
            route.abort()

    page.route(f"**/{key}/say", swallow)
    say(page, "stored, but nobody heard so")
    expect(page.get_by_role("list", name="Not sent yet")).to_be_visible()
    expect(page.get_by_role("list", name="Not sent yet")).to_have_count(0)
    expect(page.locator("#log .said", has_text="stored, but nobody heard so")).to_have_count(1)


def test_what_waits_goes_out_after_the_page_was_closed(visit: Visit, key: str) -> None:
    visit.expected_faults = ["ERR_INTERNET_DISCONNECTED", "Failed to load resource"]
    page = visit.go(f"/{key}")
    visit.context.set_offline(True)
    say(page, "typed in a tunnel")
    expect(page.get_by_role("list", name="Not sent yet")).to_be_visible()
    page.goto("about:blank")
    visit.context.set_offline(False)
    page = visit.go(f"/{key}")
    expect(page.locator("#log .said", has_text="typed in a tunnel")).to_have_count(1)


def test_a_refused_line_comes_back_to_be_mended(any_visit: Visit, key: str) -> None:
    any_visit.expected_faults = ["422"]
    page = any_visit.go(f"/{key}")
    say(page, "/decission stop the sale")
    expect(page.get_by_text("the nearest is /decision").first).to_be_visible()
    expect(page.get_by_label("Write to the room")).to_have_value("/decission stop the sale")
    say(page, "/decision stop the sale")
    expect(page.locator("#log .event", has_text="Decision: stop the sale")).to_be_visible()


def test_everything_works_without_script_and_on_a_phone(browser: Browser, site: Site, key: str, tmp_path: Path) -> None:
    graph = tmp_path / "graph.png"
    graph.write_bytes(GRAPH)
    visit = Visit(browser, site, signed_in=True, javascript=False, size=PHONE)
    try:
        page = visit.go(f"/{key}")
        page.locator("input[type=file]").set_input_files(graph)
        say(page, "lag")
        message = page.locator("#log .said", has_text="lag")
        expect(message.locator("img")).to_be_visible()
        for button in ("Star for the timeline", "Seen"):
            message.locator(".acts").click()
            page.get_by_role("button", name=button, exact=True).click()
        expect(message.get_by_role("button", name="Seen 1")).to_be_visible()
        expect(message).to_contain_text("starred")
        message.locator(".acts").click()
        page.get_by_label("Words").fill("lag of the replica")
        page.get_by_role("button", name="Save").click()
        edited = page.locator("#log .said", has_text="lag of the replica")
        expect(edited).to_contain_text("edited")
        edited.locator(".acts").click()
        page.get_by_role("link", name="Reply").click()
        say(page, "since when?")
        expect(page.locator("#log .quote")).to_contain_text("lag of the replica")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    finally:
        visit.close()


def test_hostile_words_and_names_stay_words(visit: Visit, site: Site, key: str, tmp_path: Path) -> None:
    page = visit.go(f"/{key}")
    page.on("dialog", lambda dialog: pytest.fail(f"something ran: {dialog.message}"))
    for text in NASTY:
        assert site.api("POST", f"/incidents/{key}/say", {"text": text}).status == 201, text
    page.reload()
    expect(page.locator("#log .said")).to_have_count(len(NASTY))
    assert page.locator("#log script, #log iframe, #log style, #log img, #log svg[onload]").count() == 0
    for link in page.locator("#log .words a").all():
        assert str(link.get_attribute("href")).startswith(("http://", "https://", "/"))


def test_axe_finds_nothing_in_a_room_that_was_used(visit: Visit, site: Site) -> None:
    room = next(one for one in site.api("GET", "/incidents?state=fixing").json["items"] if one["summary"].startswith("Seat maps"))
    message = site.api("GET", f"/incidents/{room['key']}/messages?limit=1").json["items"][0]
    for path in ("", "/catch-up", "/verbs", "/transcript", f"/messages/{message['id']}"):
        page = visit.go(f"/{room['key']}{path}")
        for width, height in (PHONE, DESK):
            page.set_viewport_size({"width": width, "height": height})
            if not path and not page.locator(".menu").count():
                page.locator(".acts").first.click()
            assert findings(page) == [], f"{path} at {width}"
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{path}: {wide} pixels too wide at {width}"
        page.emulate_media(color_scheme="dark")
        assert findings(page, "color-contrast") == [], f"{path} in the dark"
        page.emulate_media(color_scheme="light")


@pytest.mark.req("U12")
def test_what_leads_to_earlier_lines_can_be_touched(browser: Browser, site: Site, key: str) -> None:
    for number in range(log.SHOWN + 1):
        assert site.api("POST", f"/incidents/{key}/say", {"text": f"line {number}"}).status == 201
    visit = Visit(browser, site, signed_in=True, size=PHONE)
    page = visit.go(f"/{key}")
    expect(page.get_by_role("link", name="Earlier")).to_have_count(1)
    assert findings(page, "target-size") == []
    visit.close()


def test_the_room_stays_light(visit: Visit, site: Site) -> None:
    """JavaScript below 50 KB as it is, everything below 70 KB as it travels."""
    room = site.api("GET", "/incidents?state=fixing").json["items"][0]["key"]
    page = visit.go(f"/{room}")
    linked = page.evaluate("[...document.querySelectorAll('link[rel=stylesheet], script[src]')].map((one) => one.href || one.src)")
    loaded = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name).filter((one) => one.includes('.js?'))")
    scripts = {address: site.size(address.removeprefix(site.url)) for address in loaded}
    assert 0 < sum(scripts.values()) < 50_000, scripts
    html = len(gzip.compress(page.content().encode()))
    assert html + sum(site.weight(address.removeprefix(site.url)) for address in linked) < 70_000


def test_the_room_is_photographed(visit: Visit, site: Site, pytestconfig: pytest.Config) -> None:
    room = next(one for one in site.api("GET", "/incidents?state=fixing").json["items"] if one["summary"].startswith("Seat maps"))
    page = visit.go(f"/{room['key']}/talk")
    page.set_viewport_size({"width": 1440, "height": 1180})
    picture = page.locator("#log img")
    picture.scroll_into_view_if_needed()
    until(lambda: picture.evaluate("one => one.complete && one.naturalWidth") == 560, 10, "the picture is not drawn")
    page.evaluate("window.scrollTo(0, 0)")
    folder = pytestconfig.getoption("--pictures")
    if folder:
        page.screenshot(path=Path(folder) / "room.png")


def test_the_assessment_is_photographed(visit: Visit, site: Site, pytestconfig: pytest.Config) -> None:
    room = next(one for one in site.api("GET", "/incidents?state=fixing").json["items"] if one["summary"].startswith("Seat maps"))
    page = visit.go(f"/{room['key']}/assess")
    button = page.get_by_role("button", name="Page the security team")
    assert not button.is_visible()
    page.get_by_label("Security may be concerned").check()
    assert button.is_visible()
    page.get_by_label("Security may be concerned").uncheck()
    assert "Suspected cause: Importer 88" in page.locator("#changes").inner_text()
    folder = pytestconfig.getoption("--pictures")
    if folder:
        page.screenshot(path=Path(folder) / "assess.png", full_page=True)


def test_the_board_is_photographed(visit: Visit, site: Site, pytestconfig: pytest.Config) -> None:
    room = next(one for one in site.api("GET", "/incidents?state=fixing").json["items"] if one["summary"].startswith("Seat maps"))
    page = visit.go(f"/{room['key']}/theories")
    assert page.locator("#board .theory").count() == 2
    folder = pytestconfig.getoption("--pictures")
    if folder:
        page.screenshot(path=Path(folder) / "theories.png", full_page=True)
