"""One connection to a live document: what waits to be sent to it, how fast it may speak, and why it ends."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from dataclasses import dataclass, field

from tocsin.core.actor import Actor
from tocsin.web.live import protocol
from tocsin.web.plain import Send

WAITING = 4 * 1024 * 1024
"""Bytes that may wait for one connection. A slower one is let go and comes back for all of it at once."""
MESSAGES, MESSAGES_AT_ONCE = 100.0, 400.0
BYTES, BYTES_AT_ONCE = 256 * 1024.0, 2.0 * 1024 * 1024
"""A second, and at once. Who speaks faster is read later."""

NOT_UNDERSTOOD, SIGNED_OUT, NOT_FOR_YOU, NOT_TAKEN, RESTARTING, LATER = 4400, 4401, 4403, 4409, 1012, 1013

_owners = itertools.count(1)


class Bucket:
    """So much a second, and so much at once."""

    def __init__(self, rate: float, most: float, now: float) -> None:
        self._rate, self._most, self._left, self._at = rate, most, most, now

    def take(self, amount: float, now: float) -> float:
        """Take it; the seconds to wait until it was there to be taken."""
        self._left = min(self._most, self._left + (now - self._at) * self._rate) - amount
        self._at = now
        return max(0.0, -self._left / self._rate)


@dataclass(eq=False, slots=True)
class Seat:
    """`send` never waits; `deliver` does, in a task of its own, until `end`."""

    session: str
    actor: Actor
    subject: str
    now: float
    owner: int = field(default_factory=lambda: next(_owners))
    code: int = 0
    """Why it ended, 0 while it has not."""
    _queue: deque[bytes] = field(default_factory=deque)
    _waiting: int = 0
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    doubted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when its person should be read again."""
    buckets: tuple[Bucket, Bucket] = field(init=False)

    def __post_init__(self) -> None:
        self.buckets = (Bucket(MESSAGES, MESSAGES_AT_ONCE, self.now), Bucket(BYTES, BYTES_AT_ONCE, self.now))

    def send(self, message: bytes) -> None:
        if self.code:
            return
        self._waiting += len(message)
        if self._waiting > WAITING:
            self.end(LATER)
            return
        self._queue.append(message)
        self._woken.set()

    def end(self, code: int) -> None:
        """The first reason counts. What waits already is still sent, within a moment."""
        self.code = self.code or code
        self.doubted.set()
        self._woken.set()

    async def deliver(self, send: Send) -> None:
        """Until the end: everything in its order."""
        while True:
            while self._queue:
                message = self._queue.popleft()
                self._waiting -= len(message)
                await send({"type": "websocket.send", "bytes": message})
            if self.code:
                return
            self._woken.clear()
            await self._woken.wait()

    async def pace(self, size: int) -> None:
        """Wait as long as this message came too early."""
        now = asyncio.get_running_loop().time()
        wait = max(self.buckets[0].take(1, now), self.buckets[1].take(size, now))
        if wait > 0:
            await asyncio.sleep(wait)

    def beat(self) -> None:
        self.send(protocol.stored(0))
