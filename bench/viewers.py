"""Two hundred people look at one war room: when a change reaches them, what they cost, and what a cut of half of them loses."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.figures import Figure, percentile
from bench.start import resident
from tests.acceptance.rig import COMPANY, Rig
from tests.acceptance.shelf import Shelf
from tests.acceptance.typist import Typist
from tests.acceptance.watcher import Watcher

VIEWERS, CUT, NOTES, RENDERED = 200, 100, 20, 3
"""`RENDERED`: changes after which every viewer asks for the whole page too, as its script does."""
PAGE_PAUSE, CUT_WITHIN = 0.15, 0.5
"""Seconds: how long the script of a page gathers news, and until when a request is cut."""
AT_ONCE, HALF_SENT = 8, 0.3
"""Requests under way when they are cut, and the share of them that never arrives whole."""
NAMES = [f"Viewer {number}" for number in range(VIEWERS)]
SECTION = "we_know"


def measure(folder: Path) -> Iterator[Figure]:
    shelf = Shelf(folder / "shelf")
    company = {**COMPANY, "people": [*COMPANY["people"], *({"name": name} for name in NAMES)]}
    rig = shelf.rig(folder / "site", company)
    try:
        made = rig.api("POST", "/incidents", {"summary": "Nobody can pay", "severity": 3, "drill": True}).json
        assert rig.api("POST", f"/incidents/{made['key']}/set-up").status == 200
        room = Room(rig, made)
        yield from asyncio.run(room.watched())
        yield from asyncio.run(room.cut_off())
    finally:
        rig.take_all()
        rig.close()
        shelf.stop()


class Room:
    """One incident and everybody who looks at it."""

    def __init__(self, rig: Rig, made: dict[str, Any]) -> None:
        self.rig, self.key, self.id = rig, str(made["key"]), str(made["id"])
        self.luck = random.Random(20261120)

    def viewers(self, count: int, position: int) -> list[Watcher]:
        sessions = [self.rig.made["sessions"][name] for name in NAMES[:count]]
        return [Watcher(self.rig.tocsin.url, session, after=position, about=self.id) for session in sessions]

    async def position(self) -> int:
        """How far a page goes that is loaded now; every thread of the pages has worked once, so that none begins later."""
        warm = self.viewers(64, 0)
        pages = await asyncio.gather(*(one.page(f"/{self.key}") for one in warm))
        return max(int(re.search(r'data-position="(\d+)"', page)[1]) for page in pages)  # type: ignore[index]

    async def note(self, words: str) -> float:
        """Somebody writes by the API; the moment in which they began to."""
        begun = time.perf_counter()
        document = {"kind": "observation", "text": words}
        answer = await asyncio.to_thread(self.rig.api, "POST", f"/incidents/{self.key}/note", document)
        assert answer.status == 200, answer
        return begun

    async def watched(self) -> list[Figure]:
        position = await self.position()
        memory, threads = resident(self.rig.tocsin.pid), threads_of(self.rig.tocsin.pid)
        viewers = self.viewers(VIEWERS, position)
        await asyncio.gather(*(one.go_online() for one in viewers))
        reached: list[float] = []
        for number in range(NOTES):
            reached += await self._told(viewers, f"Note {number}.")
        grown, more = resident(self.rig.tocsin.pid) - memory, threads_of(self.rig.tocsin.pid) - threads
        meanwhile: list[float] = []
        passer_by = asyncio.create_task(self._pass_by(meanwhile))
        seen = [waited for number in range(RENDERED) for waited in await self._seen(viewers, f"Seen {number}.")]
        passer_by.cancel()
        for one in viewers:
            one.cut()
        return [
            Figure(f"a change is seen by {VIEWERS} viewers, p95", percentile(reached, 95) * 1000, "ms", 1000),
            Figure("  the slowest of all", max(reached) * 1000, "ms"),
            Figure("  memory that they take", grown, "MiB", 100),
            Figure("  threads that they take", more, "", 0),
            Figure("  each has the rest of the page anew, p95", percentile(seen, 95) * 1000, "ms"),
            Figure("  a page that somebody else opens meanwhile, p95", percentile(meanwhile, 95) * 1000, "ms", 1000),
        ]

    async def _told(self, viewers: list[Watcher], words: str) -> list[float]:
        """Seconds until each viewer's page was sent the new line, as it is drawn."""
        begun = await self.note(words)
        return [moment - begun for moment in await asyncio.gather(*(one.line(words) for one in viewers))]

    async def _seen(self, viewers: list[Watcher], words: str) -> list[float]:
        """Seconds until each viewer has a page with these words."""
        before = max(one.position for one in viewers)
        begun = await self.note(words)

        async def look(one: Watcher) -> float:
            await one.news(before)
            await asyncio.sleep(PAGE_PAUSE + self.luck.random() * one.within)
            while words not in await one.again(f"/{self.key}", within=120):
                pass
            return time.perf_counter() - begun

        return await asyncio.gather(*(look(one) for one in viewers))

    async def _pass_by(self, waited: list[float]) -> None:
        """Somebody who has nothing to do with it opens a page, again and again."""
        somebody = self.viewers(1, 0)[0]
        while True:
            begun = time.perf_counter()
            await somebody.page("/account/login/", within=120)
            waited.append(time.perf_counter() - begun)
            await asyncio.sleep(PAGE_PAUSE)

    async def cut_off(self) -> list[Figure]:
        viewers = self.viewers(CUT, await self.position())
        await asyncio.gather(*(one.go_online() for one in viewers))
        typists = [Typist(self.rig.tocsin.url, self.key, self.rig.made["sessions"][name]) for name in NAMES[:CUT]]
        await asyncio.gather(*(one.go_online() for one in typists))
        for number, typist in enumerate(typists):
            typist.type(SECTION, f"<before {number}>")
        few = asyncio.Semaphore(AT_ONCE)
        answered = await asyncio.gather(*(self._say_and_be_cut(number, few) for number in range(CUT)))
        for number, (viewer, typist) in enumerate(zip(viewers, typists, strict=True)):
            viewer.cut()
            await typist.go_offline()
            typist.type(SECTION, f"<during {number}>")
        last = max(one.position for one in viewers)
        await self.note("While they were away.")
        begun = time.perf_counter()
        back = await asyncio.gather(*(self._come_back(*pair, last) for pair in zip(viewers, typists, strict=True)))
        await asyncio.gather(*(self._say(number) for number in range(CUT)))
        lost = await asyncio.to_thread(self._lost)
        for viewer, typist in zip(viewers, typists, strict=True):
            viewer.cut()
            await typist.go_offline()
        return [
            Figure(f"requests cut of {CUT} before their answer", CUT - sum(answered), ""),
            Figure(f"  lost or doubled after {CUT} cuts, in room and document", lost, "", 0),
            Figure("  all are back, up to date and stored", (max(back) - begun) * 1000, "ms", 3000),
        ]

    async def _say_and_be_cut(self, number: int, few: asyncio.Semaphore) -> bool:
        """Cut while it is sent, while it is worked on, or after the answer; whether the answer came."""
        there = urlsplit(self.rig.tocsin.url)
        request = self._request(number)
        async with few:
            lines, line = await asyncio.open_connection(there.hostname, there.port)
            line.write(request[: self.luck.randrange(len(request))] if self.luck.random() < HALF_SENT else request)
            try:
                return bool(await asyncio.wait_for(lines.readline(), self.luck.random() * CUT_WITHIN))
            except TimeoutError:
                return False
            finally:
                line.transport.abort()

    def _request(self, number: int) -> bytes:
        body = json.dumps({"text": self._words(number), "client_key": f"key-{number}"}).encode()
        token = self.rig.made["tokens"][NAMES[number]]
        head = f"Host: {urlsplit(self.rig.tocsin.url).netloc}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json"
        return f"POST /api/v1/incidents/{self.key}/say HTTP/1.1\r\n{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    @staticmethod
    def _words(number: int) -> str:
        return f"typed by viewer {number}."

    async def _say(self, number: int) -> None:
        """The same words with the same key, as the page tries again."""
        document = {"text": self._words(number), "client_key": f"key-{number}"}
        path, name = f"/incidents/{self.key}/say", NAMES[number]
        answer = await asyncio.to_thread(lambda: self.rig.api("POST", path, document, by=name))
        assert answer.status == 201, answer

    async def _come_back(self, viewer: Watcher, typist: Typist, last: int) -> float:
        """When both lines are back, know what happened meanwhile, and all that was typed is stored."""
        await asyncio.gather(viewer.go_online(), typist.go_online())
        await viewer.news(last)
        await typist.stored()
        return time.perf_counter()

    def _lost(self) -> int:
        """Words that are not there exactly once."""
        messages = self.rig.api("GET", f"/incidents/{self.key}/messages?limit=200").json["items"]
        said = Counter(one["text"] for one in messages)
        text = str(self.rig.api("GET", f"/incidents/{self.key}/document/sections/{SECTION}").json["text"])
        typed = [f"<{when} {number}>" for number in range(CUT) for when in ("before", "during")]
        return sum(said[self._words(number)] != 1 for number in range(CUT)) + sum(text.count(words) != 1 for words in typed)


def threads_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^Threads:\s+(\d+)", status, re.MULTILINE)[1])  # type: ignore[index]
