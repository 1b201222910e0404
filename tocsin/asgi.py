"""The process as ASGI sees it: two bare doors, a few words about health, and Django on a fixed thread pool for the rest."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from tocsin.core import clock
from tocsin.core.work.engine import Engine
from tocsin.web import health
from tocsin.web import intake as intake_door
from tocsin.web.live import Live

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Door = Callable[[Scope, Receive, Send], Awaitable[None]]

WORKERS = 16
BODY_LIMIT = 1024 * 1024
BODY_SECONDS = 30.0
DRAINED = 8 * 1024 * 1024
"""Of a body that is too large so much is read and thrown away, so that its sender hears the answer."""


class Gone(Exception):
    """The client hung up before its body was complete."""


def build_pages() -> Door:
    """Django with every route and its policy. Takes about a second; raises when a route has no policy."""
    door = cast(Door, WSGIMiddleware(cast(Any, WSGIHandler()), workers=WORKERS))
    gc.collect()
    gc.freeze()
    return door


class Application:
    """Sends each request to its door. `engine` is the one of this process, None where another process runs it.

    The bare doors and the engine do not wait for Django: it is built in a thread while they work already, and a request for
    one of its pages waits until it is there. `give_up` is called when it cannot be built.
    """

    def __init__(self, engine: Engine | None = None) -> None:
        self.engine = engine
        self.give_up: Callable[[], None] = lambda: None
        self.fault: BaseException | None = None
        self._django: asyncio.Future[Door] | None = None
        self.live = Live()
        self.prober = ThreadPoolExecutor(1, thread_name_prefix="readyz")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
        elif scope["type"] == "http":
            await self.route(scope)(scope, receive, send)

    def route(self, scope: Scope) -> Door:
        """The door for this path. `/healthz` touches neither Django nor the store."""
        path: str = scope["path"]
        if path == "/healthz":
            return healthz
        if path.startswith("/in/"):
            return intake_door.intake
        if path == "/live":
            return self.live
        if path == "/readyz":
            return self.readyz
        return self.pages

    async def pages(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Django, handed a body that is already here and within its limit: no thread ever waits for a slow sender."""
        if not scope["query_string"].isascii():
            await refuse(send, 400, "malformed", "The query string must be percent-encoded.")
            return
        try:
            body = await asyncio.wait_for(read_body(scope, receive), BODY_SECONDS)
        except TimeoutError:
            await refuse(send, 408, "too_slow", f"The body did not arrive within {BODY_SECONDS:.0f} seconds.")
            return
        except Gone:
            return
        if body is None:
            await refuse(send, 413, "too_large", f"A request may hold {BODY_LIMIT // 1024} KiB at most.")
            return
        if self._django is None or (self._django.done() and self.fault):
            await refuse(send, 503, "unavailable", "This process starts or stops; try again.")
            return
        django = await asyncio.shield(self._django)
        await django(scope, _replay(body, receive), send)

    async def readyz(self, scope: Scope, receive: Receive, send: Send) -> None:
        """200 when the store answers and paging is proven, else 503 with the reasons in words."""
        stale = self.engine.stale() if self.engine else []
        reasons = await asyncio.get_running_loop().run_in_executor(self.prober, health.reasons, clock.now(), stale)
        await answer(send, 503 if reasons else 200, {"ready": not reasons, "reasons": reasons})

    def _built(self, pages: asyncio.Future[Door]) -> None:
        if not pages.cancelled() and pages.exception() is not None:
            self.fault = pages.exception()
            self.give_up()

    def close(self) -> None:
        """The process stops soon: end the streams, which would else be waited for."""
        self.live.close()

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """The life of the doors: started before the first request, stopped after the last."""
        await receive()
        self._django = asyncio.get_running_loop().run_in_executor(None, build_pages)
        self._django.add_done_callback(self._built)
        intake_door.start()
        await self.live.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.live.stop()
        await asyncio.to_thread(intake_door.stop)
        self.prober.submit(connection.close)
        self.prober.shutdown()
        await send({"type": "lifespan.shutdown.complete"})


async def healthz(scope: Scope, receive: Receive, send: Send) -> None:
    """The process answers; nothing more is said."""
    await answer(send, 200, {"alive": True})


async def read_body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body, or None when it is larger than the limit. Raises Gone. Memory never holds more than the limit."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= BODY_LIMIT:
            chunks.append(chunk)
        else:
            chunks.clear()
        if not message.get("more_body", False) or size > DRAINED:
            return b"".join(chunks) if size <= BODY_LIMIT else None


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def refuse(send: Send, status: int, code: str, detail: str) -> None:
    """A problem+json answer that closes the connection, since its body may not have been read."""
    problem = {
        "type": "about:blank",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": detail,
    }
    await answer(send, status, problem, b"application/problem+json", close=True)


async def answer(send: Send, status: int, document: Any, kind: bytes = b"application/json", *, close: bool = False) -> None:
    """One small JSON document."""
    body = json.dumps(document).encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    if close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
