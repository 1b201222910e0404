"""A war room of 2,000 lines: what the server takes, what the browser shows when, what it weighs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.device import slow_device
from bench.figures import Figure, percentile
from bench.weights import COMPRESSED, parts, size
from tests.acceptance.installation import call
from tests.acceptance.rig import COMPANY, Rig
from tests.acceptance.shelf import Shelf

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
        yield from _painted(folder / "device", rig, address)
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


def _painted(folder: Path, rig: Rig, address: str) -> Iterator[Figure]:
    cookies = {"sessionid": rig.made["sessions"]["Ada"]}
    with slow_device(folder) as device:
        slow = [device.load(address, slower=THROTTLE, cookies=cookies).painted for _ in range(LOADS)]
        fast = [device.load(address, slower=1, cookies=cookies).painted for _ in range(LOADS // 2)]
    peer = "the same with the whole processor"
    yield Figure(
        f"  largest paint, processor {THROTTLE} times slower, p75", percentile(slow, 75), "ms", 600, peer, percentile(fast, 75)
    )
