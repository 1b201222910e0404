"""Carrying due rows out of the house: what pages and calls of webhooks have in common.

A row is claimed and that is committed; a thread of a pool makes the network call and nothing else; the result is written by the
carrier's own thread. Nothing is marked as sent before it was: a crash in between costs at most one repeat, which carries the
same key. Whoever hangs fills their own share of the threads only.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import queue
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import structlog
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, connection
from django.db.models import Q

from tocsin.core import clock
from tocsin.core.models import DueRow
from tocsin.core.observe import metrics
from tocsin.core.ports import Delivery
from tocsin.core.store import facts
from tocsin.core.work import hints, leases
from tocsin.core.work.engine import OWNER
from tocsin.paging.commands import results
from tocsin.paging.ports import Result

log = structlog.get_logger(__name__)
_DRAIN_SECONDS = 8.0
R = TypeVar("R", bound=DueRow)


class Pool(Protocol):
    """Runs a function somewhere, some time."""

    def submit(self, work: Callable[[], None], /) -> object: ...


class Threads(ThreadPoolExecutor):
    """Threads that leave no database connection behind; a channel such as the demo's mailbox may have opened one."""

    def submit(self, work: Callable[[], None], /) -> object:  # type: ignore[override]
        return super().submit(self._run, work)

    @staticmethod
    def _run(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connection.close()


@dataclass(frozen=True, slots=True)
class Parcel(Generic[R]):
    """A claimed row and how it is sent; without a way to send it, the reason why it must not leave after all."""

    row: R
    send: Callable[[dt.datetime], Delivery] | None
    reason: str = ""


class Carrier(ABC, Generic[R]):
    """Carries one lane. `width` is how many rows of one share may be on their way at a time."""

    model: type[R]

    def __init__(self, lane: str, *, width: int, owner: str = OWNER, pool: Callable[[int], Pool] = Threads) -> None:
        self.lane, self.width, self.owner = lane, width, owner
        self._make_pool = pool
        self._pools: dict[str, Pool] = {}
        self._on_the_way: Counter[str] = Counter()
        self._results: queue.SimpleQueue[tuple[str, Result[R]]] = queue.SimpleQueue()
        self._landed = threading.Event()
        self._unwritten: list[Result[R]] = []

    @abstractmethod
    def shares(self, now: dt.datetime) -> Iterable[tuple[str, Q]]:
        """The shares of the lane that must not wait for each other, each with its rows."""

    @abstractmethod
    def prepare(self, claimed: Sequence[R], now: dt.datetime) -> Iterable[Parcel[R]]: ...

    @abstractmethod
    def keep_sent(self, good: Sequence[Result[R]]) -> list[R]:
        """Write several successes in one commit; returns the rows that another process took over."""

    @abstractmethod
    def keep_failed(self, result: Result[R]) -> bool:
        """False when another process took the row over."""

    @abstractmethod
    def withdraw(self, row: R, reason: str, now: dt.datetime) -> None: ...

    @abstractmethod
    def label(self, row: R) -> str:
        """What the metrics call this kind of message."""

    def leaving(self, row: R, now: dt.datetime) -> None:
        """A row is about to be handed to a thread."""

    def free(self, share: str) -> int:
        """How many more rows of a share may leave now."""
        return self.width - self._on_the_way[share]

    def pool_of(self, share: str) -> Pool:
        if share not in self._pools:
            self._pools[share] = self._make_pool(self.width)
        return self._pools[share]

    def tick(self, now: dt.datetime) -> int:
        """Write the results that came back, then send what is due; returns how much was done. On hold nothing is sent."""
        done = self._write_results()
        if not leases.any_due(self.model, lane=self.lane, now=now) or facts.on_hold():
            return done
        return done + sum(self._send(share, only, now) for share, only in self.shares(now))

    def drain(self, now: dt.datetime) -> None:
        """Wait for what is on its way and write the results, before the process ends."""
        deadline = clock.monotonic() + _DRAIN_SECONDS
        while self._on_the_way.total() and clock.monotonic() < deadline:
            self._landed.wait(max(0.0, deadline - clock.monotonic()))
            self._landed.clear()
            self._write_results()

    def _send(self, share: str, only: Q, now: dt.datetime) -> int:
        free = self.free(share)
        if free <= 0:
            return 0
        claimed = leases.claim(self.model, lane=self.lane, owner=self.owner, now=now, limit=free, only=only)
        for parcel in self.prepare(claimed, now) if claimed else ():
            if parcel.send is None:
                self._withdraw(parcel.row, parcel.reason, now)
            else:
                self._hand_over(share, parcel.row, parcel.send, now)
        return len(claimed)

    def _withdraw(self, row: R, reason: str, now: dt.datetime) -> None:
        try:
            self.withdraw(row, reason, now)
        except Exception as error:  # one bad row must not keep the others of its batch waiting
            log.exception("message could not be withdrawn", attempt=row.pk)
            results.shelve(row, repr(error), sent=False, now=now)

    def _hand_over(self, share: str, row: R, send: Callable[[dt.datetime], Delivery], now: dt.datetime) -> None:
        self._on_the_way[share] += 1
        self.leaving(row, now)
        self.pool_of(share).submit(lambda: self._carry(share, row, send, now))

    def _carry(self, share: str, row: R, send: Callable[[dt.datetime], Delivery], now: dt.datetime) -> None:
        """In a thread of the pool: the network call, and no database."""
        began, fault = clock.monotonic(), False
        try:
            delivery = send(now)
        except Exception as error:  # a fault of ours in a channel: tried three times, then another way
            log.exception("channel failed", channel=self.label(row), attempt=row.pk)
            delivery, fault = Delivery(ok=False, answer=f"fault in the channel: {type(error).__name__}"), True
        metrics.DELIVERIES.labels(self.label(row), delivery.outcome).inc()
        took = dt.timedelta(seconds=clock.monotonic() - began)
        self._results.put((share, Result(row, delivery, now, now + took, fault)))
        self._landed.set()
        hints.wake_here(self.lane)

    def _write_results(self) -> int:
        """Those first that the store could not take before; successes in one commit while all goes well."""
        came, self._unwritten = self._unwritten, []
        with contextlib.suppress(queue.Empty):
            while True:
                share, result = self._results.get_nowait()
                self._on_the_way[share] -= 1
                came.append(result)
        good = [result for result in came if result.delivery.ok]
        for result in came if not self._write_together(good) else [one for one in came if not one.delivery.ok]:
            self._write(result)
        return len(came) - len(self._unwritten)

    def _write_together(self, good: list[Result[R]]) -> bool:
        """False when that did not work and nothing was written, or there is only one."""
        if len(good) < 2:
            return False
        try:
            lost = self.keep_sent(good)
        except Exception as error:
            log.info("results are written one by one", error=repr(error))
            return False
        for row in lost:
            self._lost(row)
        return True

    def _write(self, result: Result[R]) -> None:
        """A store that does not answer gets the result again at the next tick; any other fault shelves the row."""
        try:
            kept = self._keep(result)
        except (DatabaseError, InterfaceError):
            log.exception("result of a message waits for the store", attempt=result.attempt.pk)
            self._unwritten.append(result)
            connection.close()
            return
        if not kept:
            self._lost(result.attempt)

    def _keep(self, result: Result[R]) -> bool:
        """What the store refuses for good is as much a fault of ours as any other: trying again would send it again."""
        try:
            return not self.keep_sent([result]) if result.delivery.ok else self.keep_failed(result)
        except Exception as error:
            for_now = isinstance(error, DatabaseError | InterfaceError) and not isinstance(error, DataError | IntegrityError)
            if for_now:
                raise
            log.exception("result of a message could not be written", attempt=result.attempt.pk)
            return results.shelve(result.attempt, type(error).__name__, sent=result.delivery.ok, now=result.ended_at)

    def _lost(self, row: R) -> None:
        log.warning("message was closed or taken over by another process", attempt=row.pk)
