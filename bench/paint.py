"""What a slow device shows when: the largest paint, how much the page jumps, and how soon a key is answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench.figures import Figure, percentile
from tests.browser.chromium import launched
from tests.browser.site import Site, Visit
from tests.waiting import until

LOADS, THROTTLE = 20, 4
"""`THROTTLE`: how many times slower the processor of the browser is made."""
_OBSERVED = """(() => { window.jumped = 0; window.keys = [];
    const watch = (type, more, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({type, ...more});
    watch('layout-shift', {buffered: true}, (one) => { if (!one.hadRecentInput) window.jumped += one.value; });
    watch('event', {durationThreshold: 16}, (one) => { if (one.name === 'keydown') window.keys.push(one.duration); }); })()"""
PAINTED = """new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({type: 'largest-contentful-paint', buffered: true}))"""
TYPED = "the importer is back"


def measure(folder: Path) -> Iterator[Figure]:
    site = Site(folder / "site")
    try:
        with launched() as browser:
            yield from _pages(browser, site)
    finally:
        site.stop()


def _pages(browser: Browser, site: Site) -> Iterator[Figure]:
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
    jumps: list[float] = []
    for name, path, signed_in, limit in pages:
        painted, fast = [], []
        for number in range(LOADS):
            painted.append(_load(browser, site, path, signed_in, THROTTLE, jumps))
            if number % 4 == 0:
                fast.append(_load(browser, site, path, signed_in, 1, jumps))
        peer = "the same with the whole processor"
        yield Figure(f"{name}: largest paint, p75", percentile(painted, 75), "ms", limit, peer, percentile(fast, 75))
    yield Figure("layout shift, the most of all", max(jumps), "", 0.02)
    yield Figure("a key in the room is answered, p95", percentile(_keys(browser, site, f"/{room['key']}"), 95), "ms", 100)


def _open(browser: Browser, site: Site, path: str, signed_in: bool, throttle: int) -> tuple[Visit, Page]:
    visit = Visit(browser, site, signed_in=signed_in)
    visit.page.add_init_script(_OBSERVED)
    visit.context.new_cdp_session(visit.page).send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    visit.page.goto(path, wait_until="load")
    return visit, visit.page


def _load(browser: Browser, site: Site, path: str, signed_in: bool, throttle: int, jumps: list[float]) -> float:
    visit, page = _open(browser, site, path, signed_in, throttle)
    painted = float(page.evaluate(PAINTED))
    jumps.append(float(page.evaluate("window.jumped")))
    visit.context.close()
    return painted


def _keys(browser: Browser, site: Site, path: str) -> list[float]:
    """Milliseconds from each key until the next frame; a key that took less than 16 is not told and counts as 16."""
    visit, page = _open(browser, site, path, True, THROTTLE)
    page.get_by_label("Write to the room").click()
    page.keyboard.type(TYPED, delay=80)
    page.wait_for_timeout(500)
    told = [float(one) for one in page.evaluate("window.keys")]
    visit.context.close()
    return told + [16.0] * max(0, len(TYPED) - len(told))
