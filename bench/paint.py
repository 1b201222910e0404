"""What a slow device shows when: the largest paint, how much the page jumps, and how soon a key is answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from bench.device import Device, slow_device
from bench.figures import Figure, percentile
from tests.browser.chromium import launched
from tests.browser.site import Site, Visit
from tests.waiting import until

LOADS, THROTTLE = 20, 4
"""`THROTTLE`: how many times slower the processor of the browser is made."""
_KEYS = """window.keys = []; new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    if (one.name === 'keydown') window.keys.push(one.duration); })).observe({type: 'event', durationThreshold: 16})"""
TYPED = "the importer is back"


def measure(folder: Path) -> Iterator[Figure]:
    site = Site(folder / "site", for_pictures=True)
    try:
        with launched() as browser, slow_device(folder / "device") as device:
            yield from _pages(browser, device, site)
    finally:
        site.stop()


def _pages(browser: Browser, device: Device, site: Site) -> Iterator[Figure]:
    room = next(one for one in site.api("GET", "/incidents?state=fixing").json["items"] if one["summary"].startswith("Seat maps"))
    site.send_alertmanager("A disk is full", "ab" * 8)
    Visit(browser, site, signed_in=True).close()  # somebody signs in, so that the mailbox can be read
    acknowledge = until(lambda: site.acknowledge_path("A disk is full"), 20, "no page in the mailbox")
    pages = (
        ("a line of text without style, what the browser itself takes", "/healthz", False, None),
        ("acknowledge", acknowledge, False, 300),
        ("status for customers", "/status", False, 300),
        ("home", "/", True, 800),
        ("alerts", "/alerts", True, 800),
        ("incidents", "/incidents", True, 800),
        ("on call", "/oncall", True, 800),
        ("war room of the demo", f"/{room['key']}", True, 600),
    )
    jumps: list[tuple[float, str]] = []
    for name, path, signed_in, limit in pages:
        kept = {one["name"]: one["value"] for one in site.signed_in()["cookies"]} if signed_in else {}
        slow = [device.load(site.url + path, slower=THROTTLE, cookies=kept) for _ in range(LOADS)]
        fast = [device.load(site.url + path, slower=1, cookies=kept).painted for _ in range(LOADS // 4)]
        jumps.append((max(one.jumped for one in slow), name))
        peer = "the same with the whole processor"
        yield Figure(
            f"{name}: largest paint, p75", percentile([one.painted for one in slow], 75), "ms", limit, peer, percentile(fast, 75)
        )
    most, where = max(jumps)
    yield Figure(f"layout shift, the most of all ({where})", most, "", 0.02)
    yield Figure("a key in the room is answered, p95", percentile(_keys(browser, site, f"/{room['key']}"), 95), "ms", 100)


def _keys(browser: Browser, site: Site, path: str) -> list[float]:
    """Milliseconds from each key until the next frame; a key that took less than 16 is not told and counts as 16."""
    visit = Visit(browser, site, signed_in=True)
    page = visit.page
    page.add_init_script(_KEYS)
    visit.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    page.goto(path, wait_until="load")
    page.get_by_label("Write to the room").click()
    page.keyboard.type(TYPED, delay=80)
    page.wait_for_timeout(500)
    told = [float(one) for one in page.evaluate("window.keys")]
    visit.context.close()
    return told + [16.0] * max(0, len(TYPED) - len(told))
