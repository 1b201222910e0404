"""All doors of a process: five bare ones, a few words about health, and Django on a fixed thread pool for the rest."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from tocsin.core import clock
from tocsin.core.work.engine import Engine
from tocsin.statuspages.outside import queries as outside
from tocsin.web import health, uploads
from tocsin.web import intake as intake_door
from tocsin.web.hits import hits
from tocsin.web.kept.door import FILE, Kept
from tocsin.web.kept.renewal import Renewal
from tocsin.web.kept.shelf import shelf
from tocsin.web.live import Documents, Live, Refreshes, documents
from tocsin.web.mail_in import MailIn
from tocsin.web.plain import Door, Receive, Scope, Send, answer, hang_up, reads_pages, refuse, refuse_page
from tocsin.web.public import documents as public
from tocsin.web.uploads import Gone

WORKERS = 16
BODY_LIMIT = 1024 * 1024
BODY_SECONDS = 30.0
OF_READERS = ("/subscribe", "/subscription/", "/unsubscribe/")
"""Paths at the host of a page that are answered by Django, below the path of the first page."""
DRAINED = 8 * 1024 * 1024
"""Of a body that is too large so much is read and thrown away, so that its sender hears the answer."""


def build_pages() -> Door:
    """Django with every route and its policy. Takes about a second; raises when a route has no policy."""
    door = cast(Door, WSGIMiddleware(cast(Any, WSGIHandler()), workers=WORKERS))
    gc.collect()
    gc.freeze()
    return door


class Doors:
    """Sends each request to its door. `engine` is the one of this process, None where another process runs it.

    Intake, live streams and the engine do not wait for Django: it is built in a thread while they work already, and a request
    for one of its pages waits until it is there. `give_up(fault)` is called when it cannot be built.
    """

    def __init__(self, engine: Engine | None, give_up: Callable[[BaseException], None]) -> None:
        self.engine = engine
        self._give_up = give_up
        self._pages: asyncio.Future[Door] | None = None
        self._live = Live()
        self._uploads = uploads.Uploads()
        self._documents = Documents()
        self._kept = Kept(shelf)
        self._renewal = Renewal(shelf, settings.TOCSIN.data / FILE, outside.standing, public.render)
        self._refreshes = Refreshes()
        self._mail_in = MailIn(settings.TOCSIN)
        self._prober = ThreadPoolExecutor(1, thread_name_prefix="readyz")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = self._kept.own_host(scope)
        if scope["type"] == "websocket" and host:
            await hang_up(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await (self._documents if scope["path"].startswith(documents.PATH) else hang_up)(scope, receive, send)
            return
        ready = self._kept.find_at(host, scope)
        if ready is not None:
            await self._kept.send(ready, scope, send)
        elif host:
            await self._at_own_host(scope, receive, send)
        else:
            await self._door(scope["path"])(scope, receive, send)

    async def _at_own_host(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What readers of the one page do there; nothing else of the house is behind this name."""
        if not scope["path"].startswith(OF_READERS):
            await refuse(send, 404, "not_found", "Nothing on the status page has this address.")
            return
        path = f"{public.ROOT}{scope['path']}"
        await self._page({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    def _door(self, path: str) -> Door:
        if path.startswith("/in/"):
            return intake_door.intake
        if path == "/live":
            return self._live
        if path == "/readyz":
            return self._readyz
        return self._page

    async def start(self) -> None:
        """Open intake and live, begin to build the pages."""
        intake_door.start()
        hits.start()
        await self._live.start()
        await self._documents.start()
        await self._mail_in.start()
        self._pages = asyncio.get_running_loop().run_in_executor(None, build_pages)
        self._pages.add_done_callback(self._built)

    def close(self) -> None:
        """End the streams, which would else be waited for."""
        self._live.close()
        self._documents.close()

    async def stop(self) -> None:
        """Everything in hand is answered first."""
        await self._live.stop()
        await self._documents.stop()
        await self._mail_in.stop()
        await asyncio.to_thread(intake_door.stop)
        await asyncio.to_thread(hits.stop)
        await asyncio.to_thread(self._renewal.stop)
        self._prober.submit(connection.close)
        self._prober.shutdown()

    def _built(self, pages: asyncio.Future[Door]) -> None:
        fault = None if pages.cancelled() else pages.exception()
        if fault is not None:
            self._give_up(fault)
        elif not pages.cancelled():
            self._renewal.start()

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Django, handed a body that is already here and within its limit: no thread ever waits for a slow sender."""
        if not scope["query_string"].isascii():
            await refuse(send, 400, "malformed", "The query string must be percent-encoded.")
            return
        try:
            again = await self._whole_body(scope, receive)
        except uploads.Refusal as refusal:
            await _refuse(scope, send, refusal)
            return
        except Gone:
            return
        pages = await self._there()
        if pages is None:
            await refuse(send, 503, "unavailable", "The pages could not be built; the log says why.")
        else:
            await self._refreshes.through(pages, scope, again, send)

    async def _whole_body(self, scope: Scope, receive: Receive) -> Receive:
        """The body, read to its end, to be received again. Raises Refusal, Gone."""
        if uploads.takes_files(scope):
            return uploads.replay(await self._uploads.read(receive), receive)
        try:
            body = await asyncio.wait_for(read_body(receive), BODY_SECONDS)
        except TimeoutError:
            words = f"The body did not arrive within {BODY_SECONDS:.0f} seconds."
            raise uploads.Refusal(408, "too_slow", words) from None
        if body is None:
            raise uploads.Refusal(413, "too_large", f"A request may hold {BODY_LIMIT // 1024} KiB at most. Nothing was stored.")
        return _replay(body, receive)

    async def _there(self) -> Door | None:
        if self._pages is None:
            return None
        await asyncio.wait({self._pages})
        return None if self._pages.cancelled() or self._pages.exception() else self._pages.result()

    async def _readyz(self, scope: Scope, receive: Receive, send: Send) -> None:
        """200 when the store answers and paging is proven, else 503 with the reasons in words."""
        stale = self.engine.stale() if self.engine else []
        reasons = await asyncio.get_running_loop().run_in_executor(self._prober, health.reasons, clock.now(), stale)
        await answer(send, 503 if reasons else 200, {"ready": not reasons, "reasons": reasons})


async def _refuse(scope: Scope, send: Send, refusal: uploads.Refusal) -> None:
    if reads_pages(scope):
        await refuse_page(scope, send, refusal.status, refusal.words)
    else:
        field = "body" if refusal.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else ""
        await refuse(send, refusal.status, refusal.code, refusal.words, field)


async def read_body(receive: Receive) -> bytes | None:
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
