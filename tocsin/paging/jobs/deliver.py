"""Engine module: send the messages that are due. One sender per lane, one pool of threads per kind of channel.

A message is claimed and that is committed; a thread of the pool makes the network call and nothing else; the result is written
by the sender's own thread. Nothing is marked as sent before it was: a crash in between costs at most one repeat, which
carries the same key. A provider that hangs fills its own pool only.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import queue
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import structlog
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, connection
from django.db.models import Q

from tocsin.core import clock
from tocsin.core.observe import metrics
from tocsin.core.ports import Delivery
from tocsin.core.store import facts
from tocsin.core.work import hints, leases
from tocsin.core.work.engine import OWNER
from tocsin.paging import outgoing, ports
from tocsin.paging.commands import results
from tocsin.paging.commands.results import Result
from tocsin.paging.models import Attempt
from tocsin.paging.ports import PageMessage

log = structlog.get_logger(__name__)
_DRAIN_SECONDS = 8.0


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


class Sender:
    """Sends one lane. `width` is how many messages of one kind of channel may be on their way at a time."""

    def __init__(self, lane: str, *, width: int, owner: str = OWNER, pool: Callable[[int], Pool] = Threads) -> None:
        self.lane, self.width, self.owner = lane, width, owner
        self._make_pool = pool
        self._pools: dict[str, Pool] = {}
        self._on_the_way: Counter[str] = Counter()
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._landed = threading.Event()
        self._unwritten: list[Result] = []

    def tick(self, now: dt.datetime) -> int:
        """Write the results that came back, then send what is due; returns how much was done. On hold nothing is sent."""
        done = self._write_results()
        if not leases.any_due(Attempt, lane=self.lane, now=now) or facts.on_hold():
            return done
        for kind in sorted(ports.channels):
            done += self._send(kind, Q(channel=kind), now)
        return done + self._send("", ~Q(channel__in=list(ports.channels)), now)

    def drain(self, now: dt.datetime) -> None:
        """Wait for the messages on their way and write their results, before the process ends."""
        deadline = clock.monotonic() + _DRAIN_SECONDS
        while self._on_the_way.total() and clock.monotonic() < deadline:
            self._landed.wait(max(0.0, deadline - clock.monotonic()))
            self._landed.clear()
            self._write_results()

    def _send(self, kind: str, only: Q, now: dt.datetime) -> int:
        free = self.width - self._on_the_way[kind]
        if free <= 0:
            return 0
        claimed = leases.claim(Attempt, lane=self.lane, owner=self.owner, now=now, limit=free, only=only)
        for item in outgoing.prepare(claimed) if claimed else ():
            if item.message is None:
                self._withdraw(item.attempt, item.reason, now)
            else:
                self._on_the_way[kind] += 1
                self._hand_over(kind, item.attempt, item.message, now)
        return len(claimed)

    def _withdraw(self, attempt: Attempt, reason: str, now: dt.datetime) -> None:
        try:
            results.withdrawn(attempt, reason, now=now)
        except Exception as error:  # one bad row must not keep the others of its batch waiting
            log.exception("message could not be withdrawn", attempt=attempt.id)
            results.shelve(attempt, repr(error), sent=False, now=now)

    def _hand_over(self, kind: str, attempt: Attempt, message: PageMessage, now: dt.datetime) -> None:
        if attempt.tries == 1 and attempt.page.cycle == attempt.page.step == 0 and attempt.due_at == attempt.created_at:
            metrics.DWELL.observe((now - attempt.page.escalation.created_at).total_seconds())
        if kind not in self._pools:
            self._pools[kind] = self._make_pool(self.width)
        self._pools[kind].submit(lambda: self._carry(attempt, message, now))

    def _carry(self, attempt: Attempt, message: PageMessage, now: dt.datetime) -> None:
        """In a thread of the pool: the network call, and no database."""
        began, fault = clock.monotonic(), False
        try:
            delivery = ports.send(attempt.channel, message, now=now)
        except Exception as error:  # a fault of ours in a channel: tried three times, then another way
            log.exception("channel failed", channel=attempt.channel, attempt=attempt.id)
            delivery, fault = Delivery(ok=False, answer=f"fault in the channel: {type(error).__name__}"), True
        metrics.DELIVERIES.labels(attempt.channel, delivery.outcome).inc()
        took = dt.timedelta(seconds=clock.monotonic() - began)
        self._results.put(Result(attempt, delivery, now, now + took, fault))
        self._landed.set()
        hints.wake_here(self.lane)

    def _write_results(self) -> int:
        """Those first that the store could not take before; successes in one commit while all goes well."""
        came, self._unwritten = self._unwritten, []
        with contextlib.suppress(queue.Empty):
            while True:
                result = self._results.get_nowait()
                self._on_the_way[result.attempt.channel if result.attempt.channel in self._pools else ""] -= 1
                came.append(result)
        good = [result for result in came if result.delivery.ok]
        for result in came if not self._write_together(good) else [one for one in came if not one.delivery.ok]:
            self._write(result)
        return len(came) - len(self._unwritten)

    def _write_together(self, good: list[Result]) -> bool:
        """False when that did not work and nothing was written, or there is only one."""
        if len(good) < 2:
            return False
        try:
            lost = results.sent(good)
        except Exception as error:
            log.info("results are written one by one", error=repr(error))
            return False
        for attempt in lost:
            self._lost(attempt)
        return True

    def _write(self, result: Result) -> None:
        """A store that does not answer gets the result again at the next tick; any other fault shelves the row."""
        try:
            kept = self._keep(result)
        except (DatabaseError, InterfaceError):
            log.exception("result of a message waits for the store", attempt=result.attempt.id)
            self._unwritten.append(result)
            connection.close()
            return
        if not kept:
            self._lost(result.attempt)

    def _keep(self, result: Result) -> bool:
        """What the store refuses for good is as much a fault of ours as any other: trying again would send it again."""
        try:
            return self._record(result)
        except Exception as error:
            for_now = isinstance(error, DatabaseError | InterfaceError) and not isinstance(error, DataError | IntegrityError)
            if for_now:
                raise
            log.exception("result of a message could not be written", attempt=result.attempt.id)
            return results.shelve(result.attempt, type(error).__name__, sent=result.delivery.ok, now=result.ended_at)

    def _record(self, result: Result) -> bool:
        return not results.sent([result]) if result.delivery.ok else results.failed(result)

    def _lost(self, attempt: Attempt) -> None:
        log.warning("message was closed or taken over by another process", attempt=attempt.id)
