"""The page for customers while its store is stopped: 5,000 requests a second for ten seconds over 64 connections.

The PostgreSQL behind it is really stopped, in the middle the clock moves on by three minutes, and each answer is looked at: it is
the last good page, and it says its age once it has one. A store on SQLite is a file of the process itself and cannot be stopped
beside it. Whoever asks shares the two cores with whoever answers; what was reached stands beside what was offered.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, percentile
from bench.offered import CONNECTIONS, Offered, offer
from bench.pages import COMPANY, peer, waits
from tests.acceptance.installation import Installation, call
from tests.acceptance.outside import World
from tests.acceptance.shelf import settings_for
from tests.postgres import Postgres
from tests.waiting import until
from tocsin.web.kept.shelf import PLACE_OF_AGE

RATE, SECONDS, PAGE = 5_000, 10.0, "/status"
AWAY = 3
"""Minutes by which the clock is moved."""
OLD = f"This page is {AWAY} minutes old".encode()


def measure(folder: Path) -> Iterator[Figure]:
    world, database = World(folder / "world"), Postgres().start()
    tocsin = Installation(folder / "tocsin", database_url=database.url("tocsin"), **settings_for(world))
    made = tocsin.seed({**COMPANY, "gateway": f"{world.http_url}/messages"})
    tocsin.start()
    try:
        until(lambda: b"Everything works" in _page(tocsin), 20, "no page is kept")
        yield from _dwell(tocsin, world, f"{tocsin.url}/in/{made['keys']['checkout-api']['generic']}/generic")
        yield from _stopped(folder, tocsin, database)
        begun = time.monotonic()
        database.start()
        until(lambda: OLD not in _page(tocsin), 60, "the page does not recover")
        yield Figure("the store is started again: the page is fresh after", time.monotonic() - begun, "s")
    finally:
        tocsin.stop()
        world.stop()
        database.stop()


def _page(tocsin: Installation) -> bytes:
    return call("GET", tocsin.url + PAGE).body


def _stopped(folder: Path, tocsin: Installation, database: Postgres) -> Iterator[Figure]:
    before = offer(tocsin.url + PAGE, RATE, SECONDS)
    yield Figure(f"with its store, {RATE:,}/s offered: answers a second", before.reached, "/s")
    yield Figure("with its store: slowest hundredth", before.p99 * 1000, "ms", 50)
    database.crash()
    good = _page(tocsin)
    moving = threading.Timer(SECONDS / 2, tocsin.forward, kwargs={"minutes": AWAY})
    moving.start()
    ours = offer(tocsin.url + PAGE, RATE, SECONDS)
    moving.join()
    name, beside = peer(folder, good, lambda url: offer(url, RATE, SECONDS))
    yield Figure(f"store stopped, {RATE:,}/s offered, {CONNECTIONS} connections", ours.reached, "/s", None, name, beside.reached)
    yield Figure("store stopped: slowest hundredth", ours.p99 * 1000, "ms", 50, name, beside.p99 * 1000)
    yield Figure("store stopped: answers that are not the last good page", _strange(ours, good), "", 0)
    told = sum(count for body, count in ours.bodies.items() if OLD in body)
    yield Figure("store stopped: answers that say their age, for which half are asked", 100 * told / len(ours.waits), "%")


def _strange(ours: Offered, good: bytes) -> int:
    """Answers whose words are others than those of the page, its age apart."""
    before, _, after = good.partition(PLACE_OF_AGE)
    known = [body for body in ours.bodies if body == good or (OLD in body and body.startswith(before) and body.endswith(after))]
    return sum(ours.others.values()) + sum(ours.bodies.values()) - sum(ours.bodies[body] for body in known)


def _dwell(tocsin: Installation, world: World, door: str) -> Iterator[Figure]:
    """An alert on its way while readers come, for whom the store is not asked."""
    calm = waits(world, door, "c")
    command = [sys.executable, "-m", "bench.offered", tocsin.url + PAGE, str(RATE), "60"]
    coming = subprocess.Popen(command, cwd=Path(__file__).parents[1], stdout=subprocess.DEVNULL)
    try:
        beside = waits(world, door, "f")
    finally:
        coming.kill()
        coming.wait()
    yield Figure(f"accepted alert to SMTP begun, p99, {RATE:,}/s offered", percentile(beside, 99), "s", 1.5)
    yield Figure("the same without readers", percentile(calm, 99), "s")
