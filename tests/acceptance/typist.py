"""A headless editor: the same library as the server's and the browser's twin, on a real line."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pycrdt import Decoder, Doc, Text, write_message
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

SLUGS = ("customers_see", "we_know", "we_try", "decisions", "open_questions")
TEXT, PRESENCE, STORED, REFUSED = 0, 1, 8, 9
ASKED, ANSWERED, TYPED = 0, 1, 2
LIMIT = 20.0


class Typist:
    """Types with or without a connection; `waiting` counts messages that are not stored yet."""

    def __init__(self, url: str, key: str, session: str, *, origin: str | None = None) -> None:
        self.address = f"{url.replace('http', 'ws', 1)}/live/document/{key}"
        self.headers = {"Cookie": f"sessionid={session}"}
        self.origin: Any = origin
        self.doc: Any = Doc()
        self.texts = {slug: self.doc.get(slug, type=Text) for slug in SLUGS}
        self.line: ClientConnection | None = None
        self.waiting = 0
        self.code = 0
        self.why = ""
        self.here: list[bytes] = []
        self.changed = asyncio.Event()
        self._theirs = b""
        self._reader: asyncio.Task[None] | None = None
        self._synced = asyncio.Event()
        self._taking = False
        self._watch = self.doc.observe(self._typed)

    async def go_online(self) -> Typist:
        """Connect, and hand over and take what was missed."""
        self._synced.clear()
        self.line = await connect(
            self.address, additional_headers=self.headers, origin=self.origin, max_size=None, compression=None
        )
        self._reader = asyncio.create_task(self._read(self.line))
        await self._send(ASKED, self.doc.get_state())
        await asyncio.wait_for(self._synced.wait(), LIMIT)
        return self

    async def knock(self) -> int:
        """Connect where one is not let in; the code that the line ends with."""
        self.line = await connect(self.address, additional_headers=self.headers, origin=self.origin, max_size=None)
        await self._read(self.line)
        return self.code

    async def go_offline(self) -> None:
        line, self.line = self.line, None
        self.waiting = 0
        if self._reader:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        if line:
            line.transport.abort()

    def type(self, slug: str, words: str, place: int | None = None) -> None:
        """Put words into a section, at its end unless a place (a count of characters) is named."""
        text = self.texts[slug]
        now = str(text)
        text.insert(len(now[: len(now) if place is None else place].encode()), words)

    def say(self, slug: str) -> str:
        return str(self.texts[slug])

    async def send(self, message: bytes) -> None:
        """Anything at all."""
        assert self.line
        await self.line.send(message)

    async def until(self, true: Any, what: str, within: float = LIMIT) -> None:
        async with asyncio.timeout(within):
            while not true():
                self.changed.clear()
                if not true():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self.changed.wait(), 0.5)
        assert true(), what

    async def stored(self) -> None:
        await self.until(lambda: self.waiting == 0, "not everything is stored")

    def _typed(self, event: Any) -> None:
        if self.line is not None and self._synced.is_set() and not self._taking:
            self._soon(TYPED, event.update)

    def _soon(self, about: int, data: bytes) -> None:
        """In the order of typing: each send is a task, and tasks begin in their order."""
        self.waiting += 1
        asyncio.get_running_loop().create_task(self._send(about, data))

    async def _send(self, about: int, data: bytes) -> None:
        if self.line is not None:
            with contextlib.suppress(ConnectionClosed):
                await self.line.send(bytes([TEXT, about]) + write_message(data))

    async def _read(self, line: ClientConnection) -> None:
        try:
            async for message in line:
                assert isinstance(message, bytes)
                self._hear(message)
                self.changed.set()
        except ConnectionClosed:
            pass
        self.code = line.close_code or 0
        self.changed.set()

    def _hear(self, message: bytes) -> None:
        reader = Decoder(message)
        kind = reader.read_var_uint()
        if kind == TEXT:
            self._hear_text(reader.read_var_uint(), reader.read_message() or b"")
        elif kind == PRESENCE:
            self.here.append(reader.read_message() or b"")
        elif kind == STORED:
            self.waiting -= reader.read_var_uint()
        elif kind == REFUSED:
            self.why = (reader.read_message() or b"").decode()

    def _hear_text(self, about: int, data: bytes) -> None:
        if about == ASKED:
            self._theirs = data
            return
        self._taking = True
        self.doc.apply_update(data)
        self._taking = False
        if about == ANSWERED:
            self._synced.set()
            self._soon(ANSWERED, self.doc.get_update(self._theirs))


def in_a_loop(story: Coroutine[Any, Any, None]) -> None:
    """Tell it in a thread of its own: a browser that was started in this one keeps a loop running here."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, story).result()
