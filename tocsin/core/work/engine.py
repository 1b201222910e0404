"""The engine: small modules, each in a thread of its own, each with a time limit, a guard and a metric.

A module is a function `tick(now) -> number of things done`. It is called when its channel is hinted and at least once a second;
while it returns more than zero it is called again at once. An exception is logged, counted and never stops the loop.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from tocsin.core import clock
from tocsin.core.observe import metrics
from tocsin.core.store import db
from tocsin.core.work import hints, leases

log = structlog.get_logger(__name__)
OWNER = f"{socket.gethostname()}:{os.getpid()}"
MODULE_LEASE = dt.timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Module:
    """One part of the engine. `channel` is the hint that wakes it, `alone` whether one process at a time may run it.

    `drain` is called once when the engine stops, for a module that has work under way in other threads.
    """

    name: str
    tick: Callable[[dt.datetime], int]
    channel: str
    every: float = 1.0
    alone: bool = False
    drain: Callable[[dt.datetime], None] | None = None


class Engine:
    """An object with a life: `start`, then `stop`; may be started again afterwards."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self.modules = modules
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.last_ok: dict[str, float] = {}
        """Monotonic time of each module's last tick without an exception."""

    def start(self) -> None:
        self._stopping.clear()
        self._threads = [
            threading.Thread(target=self._run, args=(module,), name=f"engine-{module.name}", daemon=True) for module in self.modules
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 8.0) -> None:
        """Finish what is in hand and return; threads that hang are left behind, their leases run out."""
        self._stopping.set()
        for module in self.modules:
            hints.wake_here(module.channel)
        deadline = clock.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - clock.monotonic()))
        leases.release(OWNER)
        connection.close()

    def stale(self, limit: float = 15.0) -> list[str]:
        """Modules that have not completed a tick within `limit` seconds."""
        present = clock.monotonic()
        return [m.name for m in self.modules if present - self.last_ok.get(m.name, float("-inf")) > limit + m.every]

    def _run(self, module: Module) -> None:
        while not self._stopping.is_set():
            seen = hints.seen(module.channel)
            done = self._tick(module)
            if not done and not self._stopping.is_set():
                hints.wait(module.channel, seen, module.every)
        if module.drain is not None:
            module.drain(clock.now())
        connection.close()

    def _tick(self, module: Module) -> int:
        try:
            close_old_connections()
            now = clock.now()
            if module.alone and leases.hold(module.name, OWNER, now, MODULE_LEASE) is None:
                self.last_ok[module.name] = clock.monotonic()
                return 0
            done = module.tick(now)
            self.last_ok[module.name] = clock.monotonic()
            metrics.ENGINE_TICKS.labels(module.name).inc()
            return done
        except Exception as error:
            metrics.ENGINE_ERRORS.labels(module.name).inc()
            _tell(module, error)
            with contextlib.suppress(Exception):  # a connection that cannot even be closed must not end the thread
                connection.close()
            return 0


def _tell(module: Module, error: Exception) -> None:
    """While the store is away every module fails every second: a line each, for a traceback each would keep readers waiting."""
    if isinstance(error, (OperationalError, InterfaceError)):
        log.warning("engine module waits for the store", module=module.name, error=str(error).strip())
    else:
        log.exception("engine module failed", module=module.name, error=type(error).__name__)


def synchronise(now: dt.datetime) -> int:
    """Module: keep this process's clock with the database's."""
    db.synchronise_clock()
    return 0


def checkpoint(now: dt.datetime) -> int:
    """Module: fold SQLite's write-ahead log back into the file; commits never do it themselves."""
    db.checkpoint()
    return 0
