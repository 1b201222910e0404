"""A page that somebody looks at, without the browser: its live stream, when each piece of news came, and the lines in it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from urllib.parse import urlsplit

LIMIT = 20.0


class Watcher:
    """One live stream of one session. `position` is how far it has heard, `heard` when it heard of each position.

    `lines` are the drawn lines that came with the news, each with its moment; `within` over how many seconds to ask for the page.
    """

    def __init__(self, url: str, session: str, *, after: int, about: str) -> None:
        self.url, self.session, self.about = url, session, about
        self.position = after
        self.heard: dict[int, float] = {}
        self.lines: list[tuple[float, str]] = []
        self.within = 0.0
        self.status = 0
        self._changed = asyncio.Event()
        self._line: asyncio.StreamWriter | None = None
        self._reader: asyncio.Task[None] | None = None

    async def go_online(self) -> Watcher:
        """As a browser does, again too: it says how far it has heard."""
        lines, self._line = await self._ask(f"/live?after={self.position}&about={self.about}&room={self.about}")
        self.status = int((await lines.readline()).split()[1])
        assert self.status == 200, self.status
        self._reader = asyncio.create_task(self._read(lines))
        return self

    def cut(self) -> None:
        """The line is gone, and nobody says so."""
        if self._reader:
            self._reader.cancel()
        if self._line:
            self._line.transport.abort()

    async def news(self, after: int, within: float = LIMIT) -> float:
        """The moment in which it heard of anything beyond a position."""
        async with asyncio.timeout(within):
            while not (found := [at for position, at in self.heard.items() if position > after]):
                self._changed.clear()
                await self._changed.wait()
        return min(found)

    async def line(self, words: str, within: float = LIMIT) -> float:
        """The moment in which it was sent a line with these words."""
        async with asyncio.timeout(within):
            while not (found := [at for at, drawn in self.lines if words in drawn]):
                self._changed.clear()
                await self._changed.wait()
        return min(found)

    async def again(self, path: str, within: float = LIMIT) -> str:
        """The page as its script asks for it when there is news."""
        return await self.page(path, within, "X-Live: 1\r\n")

    async def page(self, path: str, within: float = LIMIT, more: str = "") -> str:
        """A page as a person opens it."""
        async with asyncio.timeout(within):
            lines, line = await self._ask(path, more)
            answer = await lines.read()
        line.close()
        return answer.decode()

    async def _ask(self, path: str, more: str = "") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        there = urlsplit(self.url)
        lines, line = await asyncio.open_connection(there.hostname, there.port)
        head = f"Host: {there.netloc}\r\nCookie: sessionid={self.session}\r\nConnection: close\r\n{more}"
        line.write(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
        return lines, line

    async def _read(self, lines: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            async for line in lines:
                if line.startswith(b"id: "):
                    self.position = int(line[4:])
                    self.heard[self.position] = time.perf_counter()
                    self._changed.set()
                elif line.startswith(b"data: {"):
                    news = json.loads(line[6:])
                    self.lines.append((time.perf_counter(), news["lines"]))
                    self.within = news["within"] / 1000
                    self._changed.set()
