"""Which key opens the door. Remembered for a second, and forgotten at once when a key is revoked on this node."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import close_old_connections, connection

from tocsin.alerts import queries
from tocsin.alerts.commands.keys import CHANNEL
from tocsin.core import clock, secrets
from tocsin.core.work import hints

REMEMBERED = 1.0
"""Seconds. A key revoked on another node is refused here after this time at the latest."""
ROOM = 10_000
_SHAPE = re.compile(r"[A-Za-z0-9_-]{20,100}")


@dataclass(frozen=True, slots=True)
class Opened:
    """What is known of a valid key: its id and the kind of sender it is for."""

    id: str
    kind: str


class KeyRing:
    """Finds keys by their digest, in a thread of its own, so that the event loop never waits for the store."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Opened | None]] = {}
        self._asking: dict[str, asyncio.Future[Opened | None]] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="intake-key")
        hints.listen(self._hinted)

    async def find(self, plain: str) -> Opened | None:
        """The key with this plain text, or None. Raises what the store raises."""
        if not _SHAPE.fullmatch(plain):
            return None
        digest = secrets.digest(plain)
        until, key = self._known.get(digest, (0.0, None))
        if clock.monotonic() < until:
            return key
        asking = self._asking.get(digest)
        if asking is None:
            asking = asyncio.get_running_loop().run_in_executor(self._pool, _look_up, digest)
            self._asking[digest] = asking
            asking.add_done_callback(lambda done: self._asking.pop(digest, None))
        key = await asyncio.shield(asking)
        if len(self._known) >= ROOM:
            self._known.clear()
        self._known[digest] = (clock.monotonic() + REMEMBERED, key)
        return key

    def close(self) -> None:
        """Forget everything, close the thread's connection and let it end."""
        self._known.clear()
        self._pool.submit(connection.close)
        self._pool.shutdown(wait=False)

    def _hinted(self, channel: str) -> None:
        if channel == CHANNEL:
            self._known.clear()


def _look_up(digest: str) -> Opened | None:
    close_old_connections()
    key = queries.key_by_digest(digest)
    return Opened(key.id, key.kind) if key else None
