"""Pages that are asked for again because there is news: they take turns, so that whoever presses a button need not wait for them.

Two hundred viewers of one room ask within the same second. Taking every thread, they would keep an acknowledgement waiting for as
long as all of their pages take.
"""

from __future__ import annotations

import asyncio

from tocsin.web.plain import Door, Receive, Scope, Send

AT_ONCE = 4
"""Threads that may work on such pages; the others are for everybody else."""


class Refreshes:
    """A door before the pages. A place is free again when the answer begins, however slowly it is read."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = asyncio.Semaphore(at_once)

    async def through(self, pages: Door, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the pages, in its turn when a script asks for its page again."""
        if not _asks_again(scope):
            await pages(scope, receive, send)
            return
        await self._places.acquire()
        place = _Place(self._places)

        async def begin(message: Scope) -> None:
            place.leave()
            await send(message)

        try:
            await pages(scope, receive, begin)
        finally:
            place.leave()


class _Place:
    """Left once, however often that is said."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places: asyncio.Semaphore | None = places

    def leave(self) -> None:
        if self._places is not None:
            self._places.release()
            self._places = None


def _asks_again(scope: Scope) -> bool:
    return scope["method"] == "GET" and (b"x-live", b"1") in scope["headers"]
