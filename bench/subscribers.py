"""One update to everybody outside: when it begins, how fast it goes, that nobody hears twice, and that pages do not wait for it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.dwell import company, send
from bench.figures import Figure, percentile
from tests.acceptance.installation import Installation
from tests.acceptance.outside import World
from tests.acceptance.shelf import settings_for
from tests.waiting import until

SUBSCRIBERS = int(os.environ.get("TOCSIN_BENCH_SUBSCRIBERS", "50000"))
"""A quick run sets the variable to fewer."""
AT_ONCE = 10_000
KILLED_AT = 0.3
"""Share of the second update after which the process is killed."""
RATE = 200
LEASED = 80
"""Mails that are claimed at a time: `WORKERS` × `EACH` of `statuspages.subscribers.jobs.delivering`."""
_pause = threading.Event()


def measure(folder: Path) -> Iterator[Figure]:
    world = World(folder / "world")
    tocsin = Installation(folder, **settings_for(world))
    made = tocsin.seed({**company(), "gateway": f"{world.http_url}/messages"})
    tocsin.start()
    token, door = made["tokens"]["Root"], f"{tocsin.url}/in/{next(iter(made['keys'].values()))['generic']}/generic"
    try:
        _subscribe(tocsin, token)
        words = {"summary": "Cards fail", "severity": 3}
        key = _ask(tocsin, token, "/incidents", words)["key"]
        yield from _first(world, tocsin, token, key, door)
        yield from _killed(world, tocsin, token, key)
    finally:
        tocsin.stop()
        world.stop()


def _subscribe(tocsin: Installation, token: str) -> None:
    for first in range(0, SUBSCRIBERS, AT_ONCE):
        lines = "\n".join(f"r{number:06}@example.net" for number in range(first, min(first + AT_ONCE, SUBSCRIBERS)))
        _ask(tocsin, token, "/subscribers/import", {"text": lines, "consent": True})


def _first(world: World, tocsin: Installation, token: str, key: str, door: str) -> Iterator[Figure]:
    published = time.time()
    _publish(tocsin, token, key, "investigating")
    pages = _Pages(door)
    pages.start()
    mails = until(lambda: _all(world, "investigating"), SUBSCRIBERS / RATE * 3 + 60, "mails are missing", every=0.5)
    pages.stop()
    begun, last = min(one["begun"] for one in mails), max(one["at"] for one in mails)
    yield Figure(f"update published to the first of {SUBSCRIBERS:,} mails", begun - published, "s", 1.0)
    yield Figure(f"milliseconds a mail (at least {RATE} a second)", (last - begun) / len(mails) * 1000, "ms", 1000 / RATE)
    yield Figure("mails a second", len(mails) / (last - begun), "/s")
    yield Figure("heard twice", _doubles(mails), "", 0)
    waits = pages.waits(world)
    yield Figure("a page meanwhile: alert accepted to SMTP begun, p50", percentile(waits, 50), "s", 0.5)
    yield Figure("the longest of them", max(waits), "s", 1.5)


def _killed(world: World, tocsin: Installation, token: str, key: str) -> Iterator[Figure]:
    _publish(tocsin, token, key, "identified")
    until(lambda: len(_told(world, "identified")) >= SUBSCRIBERS * KILLED_AT, 300, "the second update goes nowhere", every=0.1)
    tocsin.kill9()
    tocsin.start()
    mails = until(lambda: _all(world, "identified"), SUBSCRIBERS / RATE * 3 + 120, "mails are missing after the kill", every=0.5)
    yield Figure("forgotten after kill -9 in the middle", SUBSCRIBERS - len({one["to"][0] for one in mails}), "", 0)
    yield Figure("heard twice after it (a batch of leases)", _doubles(_told(world, "identified")), "", LEASED)


def _publish(tocsin: Installation, token: str, key: str, status: str) -> None:
    words = {"status": status, "external": {"title": "Some payments fail", "body": f"We have {status} it."}}
    _ask(tocsin, token, f"/incidents/{key}/post-update", {**words, "next_update_at": "2099-01-01T00:00:00Z"})


def _ask(tocsin: Installation, token: str, path: str, document: dict[str, Any]) -> Any:
    answer = tocsin.api(token, "POST", path, document)
    if answer.status >= 400:
        raise RuntimeError(f"{path}: {answer}")
    return json.loads(answer.text)


def _told(world: World, status: str) -> list[dict[str, Any]]:
    return [line for line in world.lines() if line["kind"] == "mail" and f"We have {status} it." in line["body"]]


def _all(world: World, status: str) -> list[dict[str, Any]]:
    found = _told(world, status)
    return found if len({line["to"][0] for line in found}) == SUBSCRIBERS else []


def _doubles(mails: list[dict[str, Any]]) -> int:
    return sum(many - 1 for many in Counter(one["message_id"] for one in mails).values())


class _Pages(threading.Thread):
    """An alert each second while the mails go out."""

    def __init__(self, door: str) -> None:
        super().__init__()
        self._door, self._over = door, threading.Event()
        self._accepted: dict[str, float] = {}

    def run(self) -> None:
        while not self._over.is_set():
            event = f"e{len(self._accepted):05}"
            send(self._door, event)
            self._accepted[event] = time.time()
            _pause.wait(1.0)

    def stop(self) -> None:
        self._over.set()
        self.join()

    def waits(self, world: World) -> list[float]:
        """Seconds from each accepted alert to the beginning of its mail."""
        until(lambda: len(self._begun(world)) == len(self._accepted), 60, "pages are missing", every=0.5)
        begun = self._begun(world)
        return [begun[event] - at for event, at in self._accepted.items()]

    def _begun(self, world: World) -> dict[str, float]:
        found: dict[str, float] = {}
        for line in world.lines():
            event = next((one for one in self._accepted if f"Disk {one} " in line.get("subject", "")), "")
            if event:
                found[event] = min(line["begun"], found.get(event, float("inf")))
        return found
