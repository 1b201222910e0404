"""Twenty people type in one document for a minute, one of them without a connection for ten seconds of it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figures import Figure, percentile
from tests.acceptance.rig import COMPANY, Rig
from tests.acceptance.shelf import Shelf
from tests.acceptance.typist import Typist

PEOPLE, SECONDS, AWAY, PACE = 20, 60.0, 10.0, 0.2
"""`PACE`: seconds between two strokes of one person, a fast typist's."""
NAMES = [f"Typist {chr(65 + number)}" for number in range(PEOPLE)]
SECTION = "we_know"


def measure(folder: Path) -> Iterator[Figure]:
    shelf = Shelf(folder / "shelf")
    company = {**COMPANY, "people": [*COMPANY["people"], *({"name": name} for name in NAMES)]}
    rig = shelf.rig(folder / "site", company)
    try:
        made = rig.api("POST", "/incidents", {"summary": "Nobody can pay", "severity": 3, "drill": True})
        key = str(made.json["key"])
        assert rig.api("POST", f"/incidents/{key}/set-up").status == 200
        minute = Minute(rig, key)
        asyncio.run(minute.run())
        stored = rig.api("GET", f"/incidents/{key}/document/sections/{SECTION}").json["text"]
        lost = [stroke for stroke in minute.typed if stroke not in stored]
        echoes = [seconds * 1000 for seconds in minute.echoes]
        yield Figure("strokes typed by 20 people in a minute", len(minute.typed), "")
        yield Figure("strokes that are lost", len(lost) + minute.differing, "", 0)
        yield Figure("another person sees a stroke, p50", percentile(echoes, 50), "ms")
        yield Figure("another person sees a stroke, p95", percentile(echoes, 95), "ms", 200)
        yield Figure("back after ten seconds away until all is stored", minute.back * 1000, "ms", 1000)
    finally:
        rig.take_all()
        rig.close()
        shelf.stop()


class Minute:
    """Everybody at once. A stroke is a word of its own, so that each can be looked for afterwards."""

    def __init__(self, rig: Rig, key: str) -> None:
        self.people = [Typist(rig.tocsin.url, key, rig.made["sessions"][name]) for name in NAMES]
        self.typed: dict[str, float] = {}
        self.echoes: list[float] = []
        self.back = 0.0
        self.differing = 0
        self._watched: list[Any] = []

    async def run(self) -> None:
        for one in self.people:
            await one.go_online()
        self._watched = [one.texts[SECTION].observe(self._seen) for one in self.people[:3]]
        await asyncio.gather(*(self._type(number, one) for number, one in enumerate(self.people)), self._leave(self.people[-1]))
        for one in self.people:
            await one.stored()
        length = sum(map(len, self.typed))
        for one in self.people:
            await one.until(lambda one=one: len(one.say(SECTION)) == length, "text is missing", within=30)
        self.differing = len({one.say(SECTION) for one in self.people}) - 1
        for one in self.people:
            await one.go_offline()

    async def _type(self, number: int, one: Typist) -> None:
        luck = random.Random(number)
        end = time.monotonic() + SECONDS
        step = 0
        while time.monotonic() < end:
            stroke, step = f"<{number}.{step}>", step + 1
            away = one.line is None
            self.typed[stroke] = float("inf") if away else time.monotonic()
            one.type(SECTION, stroke, place=0 if luck.random() < 0.5 else None)
            await asyncio.sleep(PACE * (0.5 + luck.random()))

    async def _leave(self, one: Typist) -> None:
        await asyncio.sleep(SECONDS / 3)
        await one.go_offline()
        await asyncio.sleep(AWAY)
        begun = time.monotonic()
        await one.go_online()
        await one.stored()
        self.back = time.monotonic() - begun

    def _seen(self, event: Any) -> None:
        """Strokes of others as they arrive; one's own are there at once."""
        now = time.monotonic()
        for change in event.delta:
            for stroke in str(change.get("insert", "")).replace(">", "> ").split():
                waited = now - self.typed.get(stroke, float("inf"))
                if waited > 0.0005:
                    self.echoes.append(waited)
