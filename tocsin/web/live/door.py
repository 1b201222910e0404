"""A bare ASGI door: one task reads the event log, every open page waits for a word that there is news for it.

What is sent is a position; the page then asks for itself again, through the gate that every request passes. A page that shows the
log of a room is sent its new lines at once, when its viewer may know of what they are about. There is no queue: a slow reader
just hears the latest, and the page has all.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar
from urllib.parse import parse_qs

import structlog
from django.conf import settings
from django.db import connection

from tocsin.core.models import Event
from tocsin.core.work import hints
from tocsin.web.live import lines, viewers
from tocsin.web.live.lines import Sight
from tocsin.web.live.streams import Stream

log = structlog.get_logger(__name__)
T = TypeVar("T")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

POLL, BEAT, RECHECK = 1.0, 15.0, 30.0
"""Seconds: the log is read at least so often, a silent stream sends a comment, its viewer is read again."""
STREAMS = 2
"""Open streams a session. One more closes the oldest."""
ABOUT = 50
_ACCESS = ("person.", "team.", "access.")
"""Events after which viewers are read again at once."""
_HEAD = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Live:
    """The door as an object with a life: `start` when the process starts, `close` when it stops, then `stop`."""

    def __init__(self) -> None:
        self.streams: dict[str, list[Stream]] = defaultdict(list)
        self.position = 0
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="live")
        self._hinted = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False

    async def start(self) -> None:
        """Begin to read the log in this event loop. Called by itself at the first stream when nobody did before."""
        if self._reader is not None:
            return
        self._loop = asyncio.get_running_loop()
        self._reader = self._loop.create_task(self._read())
        hints.listen(self._hint)

    def close(self) -> None:
        """End every stream now, so that the server can finish; safe to call from a signal handler of the loop."""
        self._closing = True
        for mine in list(self.streams.values()):
            for stream in mine:
                stream.end("closing")

    async def stop(self) -> None:
        """After `close`: stop reading and let go of threads and connections."""
        self.close()
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
            self._reader = None
        self._threads.submit(connection.close)
        self._threads.shutdown(wait=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`GET /live?after=<position>&about=<id>,<id>&room=<id>`"""
        if scope["method"] not in {"GET", "HEAD"}:
            return await _answer(send, 405, "Only GET.")
        if self._closing:
            return await _answer(send, 503, "This process stops.")
        session = session_of(scope)
        actor = await self._in_thread(viewers.viewer, session) if session else None
        if actor is None:
            return await _answer(send, 401, "Sign in first.")
        await self.start()
        after, about, room = _asked(scope)
        stream = Stream(session, actor, about, position=after, sent=after, room=room, checked=self._now())
        self._admit(stream)
        try:
            await self._catch_up(stream)
            await _send_head(send)
            await self._serve(stream, receive, send)
        finally:
            self._dismiss(stream)

    def _admit(self, stream: Stream) -> None:
        mine = self.streams[stream.session]
        mine.append(stream)
        for oldest in mine[:-STREAMS]:
            oldest.end("elsewhere")

    def _dismiss(self, stream: Stream) -> None:
        mine = self.streams[stream.session]
        mine.remove(stream)
        if not mine:
            del self.streams[stream.session]

    async def _serve(self, stream: Stream, receive: Receive, send: Send) -> None:
        """Until the reader leaves or must: news when there are any, a comment when there are none."""
        left = asyncio.ensure_future(_left(receive))
        try:
            while not left.done():
                await self._recheck(stream)
                if stream.over:
                    await send(_chunk(f"event: {'elsewhere' if stream.over == 'elsewhere' else 'over'}\ndata:\n\n", last=True))
                    return
                if stream.position > stream.sent:
                    await send(_chunk(stream.news()))
                stream.woken.clear()
                if stream.position > stream.sent or stream.over:
                    continue
                woken = asyncio.ensure_future(stream.woken.wait())
                await asyncio.wait({left, woken}, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
                if not woken.done():
                    woken.cancel()
                    if not left.done():
                        await send(_chunk(": still here\n\n"))
        finally:
            left.cancel()

    async def _recheck(self, stream: Stream) -> None:
        if self._now() - stream.checked < RECHECK:
            return
        stream.checked = self._now()
        actor = await self._in_thread(viewers.viewer, stream.session)
        if actor is None:
            stream.end("signed out")
        else:
            stream.actor = actor

    async def _catch_up(self, stream: Stream) -> None:
        """What happened between the page and its stream."""
        if stream.sent <= 0:
            stream.position = stream.sent = await self._in_thread(viewers.position)
            return
        await self._deliver(await self._in_thread(viewers.news, stream.sent), [stream])

    async def _read(self) -> None:
        """Forever: at each hint and at least once a second, tell the streams what concerns them."""
        self.position = await self._in_thread(viewers.position)
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hinted.wait(), POLL)
            self._hinted.clear()
            try:
                await self._round()
            except Exception as error:
                log.exception("the live door could not read the log", error=type(error).__name__)

    async def _round(self) -> None:
        if not self.streams:
            self.position = max(self.position, await self._in_thread(viewers.position))
            return
        found = await self._in_thread(viewers.news, self.position)
        if found:
            self.position = found[-1].position or self.position
            await self._deliver(found, [stream for mine in self.streams.values() for stream in mine])

    async def _deliver(self, found: Sequence[Event], streams: Sequence[Stream]) -> None:
        """Wake those streams that one of these events concerns and whose viewer may know of it."""
        private = await self._in_thread(viewers.private_among, found)
        access = any(event.name.startswith(_ACCESS) for event in found)
        rooms = {thing for event in found for thing in viewers.things(event)}
        concerned: list[tuple[Stream, int, Sight | None]] = []
        for stream in streams:
            if access:
                stream.checked = float("-inf")
                stream.woken.set()
            allowed = await self._in_thread(viewers.seen_by, stream.actor, private) if private else set()
            hidden = private - allowed
            for event in reversed(found):
                about = viewers.things(event)
                if not about & hidden and (not stream.about or about & stream.about):
                    sees = stream.room in rooms - hidden
                    concerned.append((stream, event.position or 0, lines.sight(stream.actor, stream.room) if sees else None))
                    break
        await self._tell(concerned, (found[0].position or 0) - 1 if found else 0)

    async def _tell(self, concerned: Sequence[tuple[Stream, int, Sight | None]], after: int) -> None:
        """Tell each how far the news goes, with the new lines of the room that it shows, drawn once for each way of seeing them."""
        drawn: dict[Sight, str] = {}
        for stream, _, sight in concerned:
            if sight is not None and sight not in drawn:
                drawn[sight] = await self._in_thread(lines.fresh, stream.actor, sight, after)
        for stream, position, sight in concerned:
            stream.tell(position, drawn[sight] if sight else "", len(concerned))

    def _hint(self, channel: str) -> None:
        """Called from any thread at every hint; the loop may be gone by then."""
        loop = self._loop
        if channel == "sealed" and loop is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._hinted.set)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _in_thread(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)


def session_of(scope: Scope) -> str:
    """The session's key from the cookies, empty without one."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            with contextlib.suppress(CookieError):
                morsel = SimpleCookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
                if morsel is not None:
                    return morsel.value
    return ""


def _asked(scope: Scope) -> tuple[int, frozenset[str], str]:
    """Position, ids and room that the page asked for. A reconnecting browser says itself how far it heard."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    heard = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"last-event-id"), "")
    after = heard or query.get("after", ["0"])[0]
    ids = [one for one in query.get("about", [""])[0].split(",") if one]
    position = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    return position, frozenset(ids[:ABOUT]), query.get("room", [""])[0]


async def _left(receive: Receive) -> None:
    """Returns when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_head(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _HEAD})
    await send(_chunk("retry: 3000\n\n"))


def _chunk(text: str, *, last: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": text.encode(), "more_body": not last}


async def _answer(send: Send, status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send(_chunk(words, last=True))
