"""The door of live documents: a WebSocket for each editor, with the messages of y-protocols.

Who comes in is decided by the session of the browser, for one incident, and asked again when something about access changes and
twice a minute. What comes in is limited in size and pace; who does not listen is let go and comes back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import connection

from tocsin.collab.documents import commands, queries
from tocsin.collab.documents.encoding import Unreadable
from tocsin.core.work import hints
from tocsin.web.live import neighbours, protocol, viewers
from tocsin.web.live.desks import Desk
from tocsin.web.live.door import session_of
from tocsin.web.live.neighbours import Neighbours
from tocsin.web.live.seats import LATER, NOT_FOR_YOU, NOT_UNDERSTOOD, RESTARTING, SIGNED_OUT, Seat
from tocsin.web.plain import Receive, Scope, Send

log = structlog.get_logger(__name__)
T = TypeVar("T")

PATH = "/live/document/"
POLL, BEAT, RECHECK, LAST_WORDS = 1.0, 10.0, 30.0, 1.0
"""Seconds: the store is asked at least so often, a silent line says something, its person is read again, a line that ends is
heard out."""
SEATS = 200
"""Connections to one document in one process."""
LINES = 8
"""Connections of one session; a person with more windows closes some."""
UNREAD = -1
"""The position in the log while nobody has a document open."""
_ACCESS = ("person.", "team.", "access.", "incident.")
"""Events after which people are read again at once."""


class Documents:
    """The door as an object with a life: `start`, `close` when the process stops, then `stop`."""

    def __init__(self) -> None:
        self.desks: dict[str, Desk] = {}
        self.seats: set[Seat] = set()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="documents")
        self._hinted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._neighbours = Neighbours()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._position = UNREAD
        self._closing = False

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._tasks = [self._loop.create_task(self._watch()), self._loop.create_task(self._tell())]
        hints.listen(self._hint)
        hints.hear(self._told)

    def close(self) -> None:
        """End every line now; safe to call from a signal handler of the loop."""
        self._closing = True
        for seat in list(self.seats):
            seat.end(RESTARTING)

    async def stop(self) -> None:
        self.close()
        for task in self._tasks:
            task.cancel()
        for document in list(self.desks):
            await self._clear(document)
        self._threads.submit(neighbours.tell, self._neighbours.words())
        self._threads.submit(connection.close)
        self._threads.shutdown(wait=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`/live/document/HOT-12`"""
        if (await receive())["type"] != "websocket.connect":
            return
        if self._closing or not _same_origin(scope):
            await send({"type": "websocket.close", "code": RESTARTING if self._closing else NOT_FOR_YOU})
            return
        await send({"type": "websocket.accept"})
        code = await self._sit(session_of(scope), scope["path"].removeprefix(PATH), receive, send)
        with contextlib.suppress(Exception):  # the other side may have hung up first
            await asyncio.wait_for(send({"type": "websocket.close", "code": code}), LAST_WORDS)

    async def _sit(self, session: str, key: str, receive: Receive, send: Send) -> int:
        """Until the end of the line; the code that it ends with."""
        if self._position == UNREAD:  # before access is asked, so that no change of it is missed
            self._position = await self._in_thread(viewers.position)
        found = await self._in_thread(viewers.typist, session, key) if session else None
        if found is None:
            return SIGNED_OUT
        if not found.document:
            return NOT_FOR_YOU
        seat = Seat(session, found.actor, found.subject, self._now())
        desk = self.desks.get(found.document)
        crowded = desk is not None and len(desk.seats) >= SEATS
        if crowded or sum(one.session == session for one in self.seats) >= LINES:
            return LATER
        desk = desk or self.desks.setdefault(found.document, Desk(found.document, self._in_thread, self._neighbours))
        self.seats.add(seat)
        try:
            await desk.join(seat)
            await self._serve(desk, seat, key, receive, send)
        finally:
            self.seats.discard(seat)
            await self._leave(desk, seat)
        return seat.code or 1000

    async def _serve(self, desk: Desk, seat: Seat, key: str, receive: Receive, send: Send) -> None:
        """Hear, deliver and check side by side; the first that ends ends all."""
        tasks = {
            asyncio.ensure_future(self._hear(desk, seat, receive)),
            asyncio.ensure_future(seat.deliver(send)),
            asyncio.ensure_future(self._check(seat, key)),
        }
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if task.exception() is not None and not isinstance(task.exception(), OSError):
                    log.info("a live line broke", error=type(task.exception()).__name__)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _hear(self, desk: Desk, seat: Seat, receive: Receive) -> None:
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return
            received = event.get("bytes") or b""
            await seat.pace(len(received))
            try:
                message = protocol.read(received)
                if message is not None:
                    await desk.hear(seat, message)
            except Unreadable:
                seat.end(NOT_UNDERSTOOD)
                await asyncio.Event().wait()  # the delivery ends the line, after what was said before

    async def _check(self, seat: Seat, key: str) -> None:
        """Say now and then that the line is alive, and that its person may still type."""
        checked = self._now()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(seat.doubted.wait(), BEAT)
            if seat.code:
                await asyncio.sleep(LAST_WORDS)  # for whoever does not listen: the delivery ends the line sooner
                return
            seat.beat()
            if not seat.doubted.is_set() and self._now() - checked < RECHECK:
                continue
            seat.doubted.clear()
            checked = self._now()
            found = await self._in_thread(viewers.typist, seat.session, key)
            if found is None or not found.document:
                seat.end(SIGNED_OUT if found is None else NOT_FOR_YOU)
            else:
                seat.actor = found.actor

    async def _leave(self, desk: Desk, seat: Seat) -> None:
        desk.leave(seat)
        if not desk.seats and self.desks.get(desk.document) is desk:
            await self._clear(desk.document)

    async def _clear(self, document: str) -> None:
        """Nobody has it open any more."""
        desk = self.desks.pop(document, None)
        if desk is not None:
            try:
                await desk.close()
            except Exception as error:
                log.exception("a live document could not be closed", document=document, error=type(error).__name__)

    async def _watch(self) -> None:
        """For ever: at each hint and once a second, look whether others wrote, and whether access changed."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hinted.wait(), POLL)
            self._hinted.clear()
            if not self.desks:
                self._position = UNREAD
                continue
            try:
                await self._look()
            except Exception as error:
                log.exception("the door of documents could not read the store", error=type(error).__name__)

    async def _look(self) -> None:
        numbers, position, changed = await self._in_thread(_news, list(self.desks), self._position)
        self._position = position
        for document, desk in self.desks.items():
            desk.lapse(self._now())
            if numbers.get(document, 0) > desk.number:
                desk.look()
        for seat in self.seats:
            if "" in changed or seat.subject in changed:
                seat.doubted.set()

    def _hint(self, channel: str) -> None:
        """Called from any thread at every hint; the loop may be gone by then."""
        loop = self._loop
        if channel in (commands.CHANNEL, "sealed") and loop is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._hinted.set)

    async def _tell(self) -> None:
        """For ever: tell other processes who is here, as soon as it changes."""
        while True:
            words = await self._neighbours.gathered()
            try:
                await self._in_thread(neighbours.tell, words)
            except Exception as error:
                log.info("other processes do not hear who is here", error=type(error).__name__)

    def _told(self, words: str) -> None:
        """Called from the thread that listens; the loop may be gone by then."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._hear_neighbour, words)

    def _hear_neighbour(self, words: str) -> None:
        try:
            self._neighbours.heard(words, self._answer, self._show)
        except (Unreadable, ValueError, KeyError, TypeError) as error:
            log.info("another process was not understood", error=type(error).__name__)

    def _answer(self, document: str) -> None:
        if document in self.desks:
            self.desks[document].answer()

    def _show(self, document: str, presence: bytes) -> None:
        if document in self.desks:
            self.desks[document].show(presence, self._now())

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _in_thread(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)


def _news(documents: list[str], position: int) -> tuple[dict[str, int], int, set[str]]:
    """How far each document goes, how far the log, and whose access may have changed since; the empty word means everybody's."""
    numbers = queries.numbers(documents)
    found = viewers.news(position)
    changed: set[str] = set()
    for event in found:
        if event.name.startswith(_ACCESS):
            changed |= viewers.things(event) if event.name.startswith("incident.") else {""}
    return numbers, (found[-1].position or position) if found else position, changed


def _same_origin(scope: Scope) -> bool:
    """Whether the page that opens the line is one of ours. Programs that are no browsers name no origin, and bring no session
    that somebody could borrow."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"] if name in (b"origin", b"host")}
    ours = {headers.get(b"host", ""), urlsplit(settings.TOCSIN.base_url).netloc}  # a proxy may call us by another name
    return b"origin" not in headers or urlsplit(headers[b"origin"]).netloc in ours
