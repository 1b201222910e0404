"""The process as ASGI sees it: it answers `/healthz` at once and opens everything else beside that, in a thread.

Nothing heavy is imported here (a test lists what is), so that a process that starts is heard of within moments. A request that
comes while the house is being opened waits for its door; what is kept for everybody to read is sent at once, and goes on being
sent while the house cannot be opened because its store is away.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Protocol

from tocsin.web.plain import Receive, Scope, Send, answer, refuse

LOOK_UP = 0.5
"""Seconds."""


class Doors(Protocol):
    """Everything behind `/healthz`; `tocsin.web.doors` has them."""

    async def start(self) -> None:
        """Before the first request."""

    def close(self) -> None:
        """The process stops soon: end what would be waited for. Safe in a signal handler."""

    async def stop(self) -> None:
        """After the last request."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


class Kept(Protocol):
    """Documents that need no house; `tocsin.web.kept` has them."""

    def find(self, scope: Scope) -> Any:
        """The document that this request asks for, or None."""

    async def send(self, ready: Any, scope: Scope, send: Send) -> None: ...


class Application:
    """Answers for itself until the doors are there, then hands requests to them.

    `opening` runs once, in a thread, and returns the doors. When it raises, `fault` holds what, and `give_up` is called.
    """

    def __init__(self, opening: Callable[[], Doors], kept: Kept | None = None) -> None:
        self._opening = opening
        self._kept = kept
        self.waits_for = ""
        """What the opening waits for, in a sentence; so long nobody is kept waiting with it."""
        self.doors: Doors | None = None
        self.fault: BaseException | None = None
        self.give_up: Callable[[], None] = lambda: None
        self._settled = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._hand_over(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._opened()
            if self.doors is not None:
                await self.doors(scope, receive, send)

    async def _hand_over(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/healthz":
            await answer(send, 200, {"alive": True})
            return
        if self.doors is None and scope["path"] == "/readyz":
            await answer(send, 503, {"ready": False, "reasons": [self.waits_for or "Tocsin is starting."]})
            return
        if self.doors is None and self._kept is not None and (ready := self._kept.find(scope)) is not None:
            await self._kept.send(ready, scope, send)
            return
        await self._opened()
        if self.doors is None:
            await refuse(send, 503, "unavailable", self.waits_for or "This process could not start; its log says why.")
        else:
            await self.doors(scope, receive, send)

    async def _opened(self) -> None:
        """Until the house is open, could not be opened, or waits itself; that is said in another thread, so it is looked up."""
        while not self._settled.is_set() and not self.waits_for:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._settled.wait(), LOOK_UP)

    def close(self) -> None:
        """The process stops soon."""
        if self.doors is not None:
            self.doors.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._task = asyncio.create_task(self._open())
        await send({"type": "lifespan.startup.complete"})
        with contextlib.suppress(asyncio.CancelledError):  # somebody pressed Ctrl-C twice; what is in hand is still answered
            await receive()
        await self._task
        if self.doors is not None:
            await self.doors.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self) -> None:
        doors = await asyncio.get_running_loop().run_in_executor(None, self._attempt)
        if doors is not None:
            await doors.start()
            self.doors = doors
        self._settled.set()
        if self.fault is not None:
            self.give_up()

    def _attempt(self) -> Doors | None:
        try:
            return self._opening()
        except BaseException as fault:
            self.fault = fault
            return None
