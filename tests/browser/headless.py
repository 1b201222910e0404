"""An editor without a browser, beside browsers: on a thread of its own, for the browsers' driver has taken the loop of this one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

from tests.acceptance.typist import Typist
from tests.browser.site import Site

SECONDS = 30.0


class Headless:
    """The administrator of the demo types with the server's library."""

    def __init__(self, site: Site, key: str) -> None:
        session = next(one["value"] for one in site.signed_in()["cookies"] if one["name"] == "sessionid")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="headless", daemon=True)
        self._thread.start()
        self._typist: Typist = self._do(self._made(site.url, key, session))

    @staticmethod
    async def _made(url: str, key: str, session: str) -> Typist:
        return await Typist(url, key, session).go_online()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS)

    def type(self, slug: str, words: str, *, first: bool) -> None:
        async def work() -> None:
            self._typist.type(slug, words, place=0 if first else None)

        self._do(work())

    def wipe(self, slug: str, count: int) -> None:
        """The last characters; plain ones only."""

        async def work() -> None:
            text = self._typist.texts[slug]
            end = len(str(text))
            if end:
                del text[max(0, end - count) : end]

        self._do(work())

    def say(self, slug: str) -> str:
        async def work() -> str:
            return self._typist.say(slug)

        return str(self._do(work()))

    def set_offline(self, offline: bool) -> None:
        if offline == (self._typist.line is not None):
            self._do(self._typist.go_offline() if offline else self._typist.go_online())

    def stored(self) -> None:
        self._do(self._typist.stored())

    def close(self) -> None:
        self.set_offline(True)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS)
