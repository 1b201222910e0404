"""Group commit by natural batching: one thread commits whatever arrived while its last commit ran, then answers all of it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from dataclasses import dataclass

import structlog
from django.db import close_old_connections, connection

from tocsin.alerts import commands
from tocsin.alerts.commands import Arrival
from tocsin.core.observe import metrics

log = structlog.get_logger(__name__)
BATCH = 500
ROOM_ROWS = 5000
ROOM_BYTES = 128 * 1024 * 1024


class Overloaded(Exception):
    """More is waiting than can be kept in memory."""


class NotKept(Exception):
    """The store did not take it, or did not say so."""


@dataclass(slots=True)
class _Waiting:
    arrival: Arrival
    answer: asyncio.Future[None]


class Writer:
    """The only thread that writes arrivals. `keep` is for the event loop, the rest for the thread."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._bytes = 0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="intake-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 8.0) -> None:
        """Commit and answer what waits, then end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout)

    async def keep(self, arrival: Arrival) -> None:
        """Return when the arrival is on disk. Raises Overloaded or NotKept."""
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._wake:
            if self._stopping or len(self._waiting) >= ROOM_ROWS or self._bytes >= ROOM_BYTES:
                raise Overloaded
            self._waiting.append(_Waiting(arrival, answer))
            self._bytes += len(arrival.body)
            self._wake.notify()
        await answer

    def _run(self) -> None:
        while batch := self._next():
            _answer(batch, _commit([waiting.arrival for waiting in batch]))
        connection.close()

    def _next(self) -> list[_Waiting]:
        """What waits, at most one batch; empty only at the end."""
        with self._wake:
            self._wake.wait_for(lambda: self._waiting or self._stopping)
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            self._bytes -= sum(len(waiting.arrival.body) for waiting in batch)
        return batch


def _commit(arrivals: list[Arrival]) -> bool:
    """Whether all of them are on disk. An error may hide a commit that happened, so the second try asks first."""
    metrics.INTAKE_BATCH.observe(len(arrivals))
    for again in (False, True):
        try:
            close_old_connections()
            commands.receive(arrivals, again=again)
        except Exception:
            log.exception("the store did not take a batch of events", rows=len(arrivals), again=again)
            with contextlib.suppress(Exception):  # a connection that cannot even be closed must not end the thread
                connection.close()
        else:
            return True
    return False


def _answer(batch: list[_Waiting], kept: bool) -> None:
    loops = {waiting.answer.get_loop() for waiting in batch}
    for loop in loops:
        mine = [waiting.answer for waiting in batch if waiting.answer.get_loop() is loop]
        try:
            loop.call_soon_threadsafe(_settle, mine, kept)
        except RuntimeError:
            log.warning("the event loop ended before its senders were answered", rows=len(mine))


def _settle(answers: list[asyncio.Future[None]], kept: bool) -> None:
    for answer in answers:
        if answer.done():
            continue
        if kept:
            answer.set_result(None)
        else:
            answer.set_exception(NotKept())
