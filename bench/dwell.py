"""From an accepted alert to the beginning of its SMTP conversation, at 20 alerts a second over many people."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figures import Figure, percentile
from tests.acceptance.installation import Installation, call
from tests.acceptance.outside import World
from tests.acceptance.shelf import settings_for
from tests.waiting import until

RATE, SECONDS, PEOPLE = 20, 30, 50
_pause = threading.Event()


def company() -> dict[str, Any]:
    names = [f"P{number:02}" for number in range(PEOPLE)]
    return {
        "people": [{"name": "Root", "role": "administrator"}, *({"name": name} for name in names)],
        "services": [{"name": f"Service {name}", "steps": [[name]], "wait": 600} for name in names],
        "last_resort": ["P00"],
    }


def measure(folder: Path) -> Iterator[Figure]:
    world = World(folder / "world")
    tocsin = Installation(folder, **settings_for(world))
    made = tocsin.seed({**company(), "gateway": f"{world.http_url}/messages"})
    tocsin.start()
    try:
        doors = [f"{tocsin.url}/in/{keys['generic']}/generic" for keys in made["keys"].values()]
        send(doors[0], "warm-up")
        until(lambda: world.messages(), 20, "no mail at all")
        accepted = at_rate(doors)
        until(lambda: len(begun_of(world)) >= len(accepted), 180, "mails are missing", every=0.2)
        waits = [begun - accepted[event] for event, begun in begun_of(world).items() if event in accepted]
    finally:
        tocsin.stop()
        world.stop()
    yield Figure(f"accepted alert to SMTP begun, p50 at {RATE}/s", percentile(waits, 50), "s", 0.3)
    yield Figure(f"accepted alert to SMTP begun, p99 at {RATE}/s", percentile(waits, 99), "s", 1.5)
    yield Figure("the longest of them", max(waits), "s")


def at_rate(doors: list[str]) -> dict[str, float]:
    """Send steadily; when each event was accepted (Unix seconds)."""
    accepted: dict[str, float] = {}
    begun = time.monotonic()
    for number in range(RATE * SECONDS):
        _pause.wait(max(0.0, begun + number / RATE - time.monotonic()))
        event = f"e{number:05}"
        threading.Thread(target=_send_and_note, args=(doors[number % len(doors)], event, accepted)).start()
    until(lambda: len(accepted) == RATE * SECONDS, 30, "not every event was accepted")
    return accepted


def _send_and_note(door: str, event: str, accepted: dict[str, float]) -> None:
    send(door, event)
    accepted[event] = time.time()


def send(door: str, event: str) -> None:
    body = json.dumps({"title": f"Disk {event} is full", "dedup_key": event}).encode()
    answer = call("POST", door, body, {"Content-Type": "application/json"})
    if answer.status != 202:
        raise RuntimeError(f"{event}: {answer}")


def begun_of(world: World) -> dict[str, float]:
    """When the mail about each event began to be spoken."""
    found: dict[str, float] = {}
    for line in world.lines():
        event = re.search(r"e\d{5}", line.get("subject", ""))
        if event:
            found.setdefault(event.group(0), line["begun"])
    return found
