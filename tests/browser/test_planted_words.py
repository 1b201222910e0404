"""Words of somebody hostile in every field of the API: no page runs, fetches or draws them, nothing else is broken by them."""

from __future__ import annotations

import email.utils
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import icalendar
import pytest
from playwright.sync_api import Browser

from tests.acceptance.installation import Answer
from tests.acceptance.outside import World
from tests.acceptance.shelf import settings_for
from tests.browser.reader import Reader
from tests.browser.screens import SCREENS
from tests.browser.site import Site, Visit
from tests.browser.test_crawl import crawled
from tests.planted import corpus
from tests.planted.fields import operations
from tests.planted.ground import Ground
from tests.planted.planting import ADDRESSES, Planted, Planter, header
from tests.planted.watching import LISTEN, Watch

CLASSES_A_ROUND = 6
OF_A_KIND = 2
PUBLIC = ("/status", "/status/history", "/status/widget", "/status/p/partner", "/status/p/partner/history")
FEEDS = ("history.atom", "history.rss", "calendar.ics", "badge.svg", "api/v2/summary.json", "api/v2/incidents.json")
REFUSED = {
    "POST /incidents/import source": "one of three words",
    "POST /incidents/{wanted}/assess internal_figure": "a number",
    "POST /incidents/{wanted}/assess external_figure": "a number",
    "POST /incidents/{wanted}/release-role about": "the name of something that is held",
    "POST /lists/{wanted}/add-member address": "a mail address",
    "POST /subscribers address": "a mail address",
    "POST /short-links name": "letters, digits and hyphens",
    "POST /people/{wanted}/set-notify-steps steps.[].method": "an id",
    "POST /people/{wanted}/away-calendars url": "the address of a calendar",
    "POST /teams/{wanted}/away-calendars url": "the address of a calendar",
    "POST /people/{wanted}/away-calendars/{calendar_id}/replace url": "the address of a calendar",
    "POST /teams/{wanted}/away-calendars/{calendar_id}/replace url": "the address of a calendar",
}
"""Fields that take no words at all, and what they take; beside them those that take addresses alone, whose words depend."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "world")
    yield made
    made.stop()


@pytest.fixture
def planted_site(tmp_path: Path, world: World) -> Iterator[Site]:
    """A demo of its own, whose mail arrives outside."""
    made = Site(tmp_path / "site", **settings_for(world))
    yield made
    made.stop()


@pytest.mark.soak
@pytest.mark.req("R21", "ICO-01")
@pytest.mark.parametrize("turn", range(0, len(corpus.CLASSES), CLASSES_A_ROUND))
def test_nothing_that_is_stored_anywhere_runs_anywhere(
    browser: Browser, planted_site: Site, world: World, tmp_path: Path, turn: int
) -> None:
    site, planted = planted_site, Planted()
    visit = Visit(browser, site, signed_in=True)
    watch, told = Watch(visit.page, site.url), Watch(visit.context.new_page(), site.url)
    ground = Ground(site, turn)
    told.visit(f"/{ground.incident}")
    _planted(Planter(ground, corpus.CLASSES[turn : turn + CLASSES_A_ROUND], turn, planted))
    told.look(f"/{ground.incident} while it was read")
    _tell(planted, watch)
    for path in _pages(site, planted):
        watch.visit(path)
    _mails(world, planted)
    _kept_offline(browser, site, planted, watch, tmp_path)
    _tell(planted, watch)
    assert (planted.faults, watch.faults + told.faults) == ([], [])
    left = {one for one in planted.asked - set(planted.taken) - set(REFUSED) if one.split(".")[-1].split(" ")[-1] not in ADDRESSES}
    assert left == set(), {one: planted.reasons.get(one) for one in left}
    assert (corpus.number() >= 200, planted.doors > CLASSES_A_ROUND) == (True, True)
    visit.context.close()


def _planted(planter: Planter) -> None:
    """Into every field; what could not even be asked is a fault, and the others go on."""
    for operation in operations(planter.ground.site.api("GET", "/openapi.json").json):
        try:
            planter.plant(operation)
        except AssertionError as missing:
            planter.planted.faults.append(f"{operation.name} could not be asked: {missing}")
    planter.knock()
    planter.ground.settle()


def _tell(planted: Planted, watch: Watch) -> None:
    taken = sum(map(len, planted.taken.values()))
    print(
        f"\n{len(planted.taken)} fields took {planted.stored} values, {taken} field-classes; {planted.refused} refused", flush=True
    )
    print(f"{planted.doors} through other doors; {watch.visited} pages, {planted.read} other answers", flush=True)
    print("\n".join([*planted.faults, *watch.faults][:20]), flush=True)


def _pages(site: Site, planted: Planted) -> Iterator[str]:
    """What is read on a screen; everything else is taken apart on the way."""
    starts = [screen.path(site) for screen in SCREENS if screen.name not in ("acknowledge",)]
    starts += [f"{page}/{feed}" for page in ("/status", "/status/p/partner") for feed in FEEDS]
    for _, path, answer in crawled(Reader(site), starts, OF_A_KIND):
        if answer.status >= 500:
            planted.faults.append(f"{path} {answer}")
        _headers(path, answer, planted)
        kind = header(answer, "Content-Type").partition(";")[0]
        if answer.status == 200 and kind == "text/html" and not header(answer, "Content-Disposition").startswith("attachment"):
            yield path
        else:
            planted.read += 1
            _parsed(path, kind, answer, planted)


def _headers(path: str, answer: Answer, planted: Planted) -> None:
    names = {name.lower() for name in answer.headers}
    if names & {"x-planted", "bcc"} or "planted" in header(answer, "Set-Cookie"):
        planted.faults.append(f"{path} has a planted header")


def _parsed(path: str, kind: str, answer: Answer, planted: Planted) -> None:
    """By readers that forgive nothing."""
    try:
        if "xml" in kind:
            ElementTree.fromstring(answer.body)
        elif "json" in kind:
            json.loads(answer.body)
        elif "calendar" in kind:
            _calendar(answer.body)
    except Exception as error:
        planted.faults.append(f"{path} cannot be read: {error!r}")


def _calendar(body: bytes) -> None:
    found = icalendar.Calendar.from_ical(body)
    words = [str(event.get("SUMMARY", "")) for event in found.walk("VEVENT")]
    assert "planted" not in words, "an event out of words"
    assert all(event.get("ATTENDEE") is None or "evil" not in str(event["ATTENDEE"]) for event in found.walk("VEVENT"))


def _mails(world: World, planted: Planted) -> None:
    """What arrived has no header and no reader out of words; what programs are told is JSON."""
    for line in world.lines():
        planted.read += 1
        if line["kind"] == "call":
            json.loads(line["body"])
            continue
        names = {name.lower() for name in line["headers"]}
        addresses = {address for _, address in email.utils.getaddresses([line["headers"].get("To", "")])}
        if names & {"bcc", "x-planted", "set-cookie"} or "evil.example" in " ".join([*line["to"], *addresses]):
            planted.faults.append(f"a mail to {line['to']} has {sorted(names)}")
        if set("\r\n\x00\x0b\x85\u2028") & set(line["subject"]):
            planted.faults.append(f"a subject of several lines: {line['subject']!r}")


def _kept_offline(browser: Browser, site: Site, planted: Planted, watch: Watch, folder: Path) -> None:
    """The kit and the copy of the page for customers, from disk and without a network."""
    assert site.tocsin.run("status", "export", str(folder / "copy")).returncode == 0
    site.api("POST", "/kit")
    files = [*(folder / "copy").rglob("*.html"), *(Path(site.tocsin.environment["TOCSIN_DATA"]) / "kit").glob("*.html")]
    assert len(files) > 3
    context = browser.new_context(offline=True)
    context.add_init_script(LISTEN)
    away = Watch(context.new_page(), "")
    for file in files:
        away.visit(file.as_uri())
    watch.visited += away.visited
    planted.faults += away.faults
    context.close()
