"""Pages that scripts ask for again take turns, and nobody else waits for them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tocsin.web.live import Refreshes

LIMIT = 5.0
NOTHING: Any = None


class Pages:
    """Pages that are answered when the test says so."""

    def __init__(self) -> None:
        self.under_way: list[str] = []
        self.answer = asyncio.Event()
        self._changed = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.under_way.append(scope["path"])
        self._changed.set()
        await self.answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def reach(self, count: int) -> None:
        async with asyncio.timeout(LIMIT):
            while len(self.under_way) < count:
                self._changed.clear()
                await self._changed.wait()


def asked(path: str, method: str = "GET", live: bytes = b"1") -> dict[str, Any]:
    return {"type": "http", "method": method, "path": path, "headers": [(b"x-live", live)] if live else []}


async def _heard(_: Any) -> None:
    """Somebody who reads at once."""


@pytest.mark.parametrize("other", [asked("/ack", live=b""), asked("/say", "POST")], ids=["a page", "what is typed"])
def test_a_person_passes_all_pages_that_are_asked_for_again(other: dict[str, Any]) -> None:
    async def story() -> None:
        pages, refreshes = Pages(), Refreshes(2)
        herd = [asyncio.ensure_future(refreshes.through(pages, asked("/HOT-1"), NOTHING, _heard)) for _ in range(5)]
        await pages.reach(2)
        person = asyncio.ensure_future(refreshes.through(pages, other, NOTHING, _heard))
        await pages.reach(3)
        assert pages.under_way == ["/HOT-1", "/HOT-1", other["path"]]
        pages.answer.set()
        async with asyncio.timeout(LIMIT):
            await asyncio.gather(person, *herd)
        assert len(pages.under_way) == 6

    asyncio.run(story())


def test_who_reads_slowly_keeps_nobody_waiting() -> None:
    async def story() -> None:
        pages, refreshes = Pages(), Refreshes(1)
        reads_on = asyncio.Event()

        async def slowly(_: Any) -> None:
            await reads_on.wait()

        pages.answer.set()
        slow = asyncio.ensure_future(refreshes.through(pages, asked("/slow"), NOTHING, slowly))
        await pages.reach(1)
        async with asyncio.timeout(LIMIT):
            await refreshes.through(pages, asked("/HOT-1"), NOTHING, _heard)
        reads_on.set()
        await slow

    asyncio.run(story())


def test_a_page_that_fails_gives_its_place_back_once() -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError

    async def story() -> None:
        pages, refreshes = Pages(), Refreshes(1)
        for _ in range(3):
            with pytest.raises(RuntimeError):
                await refreshes.through(broken, asked("/HOT-1"), NOTHING, _heard)
        herd = [asyncio.ensure_future(refreshes.through(pages, asked("/HOT-1"), NOTHING, _heard)) for _ in range(2)]
        await pages.reach(1)
        await asyncio.sleep(0)
        assert len(pages.under_way) == 1
        pages.answer.set()
        await asyncio.gather(*herd)

    asyncio.run(story())
