"""A war room of 2,000 lines: what the server takes, what the browser shows when, what it weighs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Browser

from bench.figures import Figure, percentile
from bench.paint import PAINTED
from bench.weights import COMPRESSED, parts, size
from tests.acceptance.installation import call
from tests.acceptance.rig import COMPANY, Rig
from tests.acceptance.shelf import Shelf
from tests.browser.chromium import launched

LINES, ASKED, LOADS = 2_000, 100, 20
THROTTLE = 4
"""How many times slower the processor of the browser is made."""


def measure(folder: Path) -> Iterator[Figure]:
    shelf = Shelf(folder / "shelf")
    rig = shelf.rig(folder / "site", COMPANY)
    try:
        made = rig.api("POST", "/incidents", {"summary": "Nobody can pay", "severity": 3, "drill": True}).json
        assert rig.api("POST", f"/incidents/{made['key']}/set-up").status == 200
        _fill(rig, made["key"])
        cookie = {"Cookie": f"sessionid={rig.made['sessions']['Ada']}"}
        address = f"{rig.tocsin.url}/{made['key']}"
        yield from _served(rig, address, cookie)
        yield from _painted(rig, address)
    finally:
        rig.take_all()
        rig.close()
        shelf.stop()


def _fill(rig: Rig, key: str) -> None:
    def say(number: int) -> None:
        kind = ("observation", "decision", "status")[number % 3]
        note = {"kind": kind, "text": f"Line {number}: the queue of host {number % 97} grows, see **graph {number % 13}**"}
        answer = rig.api("POST", f"/incidents/{key}/note", note)
        assert answer.status in (200, 201), answer

    with ThreadPoolExecutor(4) as several:
        list(several.map(say, range(LINES)))


def _served(rig: Rig, address: str, cookie: dict[str, str]) -> Iterator[Figure]:
    call("GET", address, headers=cookie)
    taken = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        answer = call("GET", address, headers={**cookie, **COMPRESSED})
        taken.append((time.perf_counter() - begun) * 1000)
        assert answer.status == 200, answer
    bare = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        call("GET", rig.tocsin.url + "/healthz")
        bare.append((time.perf_counter() - begun) * 1000)
    peer = "a page that only says it lives"
    yield Figure(f"war room of {LINES:,} lines, answered, p95", percentile(taken, 95), "ms", 50, peer, percentile(bare, 95))
    yield Figure("  the same, median", statistics.median(taken), "ms")
    page = call("GET", address, headers={**cookie, **COMPRESSED})
    plain = call("GET", address, headers=cookie)
    yield Figure("  weight of the first load", (size(page) + sum(parts(rig, plain))) / 1024, "KiB", 70)


def _painted(rig: Rig, address: str) -> Iterator[Figure]:
    with launched() as browser:
        slow = [_paint(browser, rig, address, THROTTLE) for _ in range(LOADS)]
        fast = [_paint(browser, rig, address, 1) for _ in range(LOADS // 2)]
    peer = "the same with the whole processor"
    yield Figure(
        f"  largest paint, processor {THROTTLE} times slower, p75", percentile(slow, 75), "ms", 600, peer, percentile(fast, 75)
    )


def _paint(browser: Browser, rig: Rig, address: str, throttle: int) -> float:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": rig.made["sessions"]["Ada"], "url": rig.tocsin.url}])
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    page.goto(address, wait_until="load")
    painted = float(page.evaluate(PAINTED))
    context.close()
    return painted
