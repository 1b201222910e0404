"""How often short links are followed: counted in memory, written by a thread of its own.

Whoever follows a link waits for no write and fails with none: while the store is busy the counts wait here. A process that is
killed loses what it counted in the last moments, which is what a counter of a link may cost.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter

import structlog
from django.db import close_old_connections, connection

from tocsin.collab import commands

log = structlog.get_logger(__name__)
PAUSE = 2.0
"""Seconds that counts are gathered before they are written together."""
MOST_NAMES = 10_000


class Hits:
    """Counts by name. `follow` is for whoever answers a request; the rest is the life of the thread."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._counts: Counter[str] = Counter()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def follow(self, name: str) -> None:
        """Count one; never waits for the store."""
        with self._wake:
            if name in self._counts or len(self._counts) < MOST_NAMES:
                self._counts[name] += 1
            self._wake.notify()

    def start(self) -> None:
        """Write from now on what is counted."""
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="short-link-hits", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 4.0) -> None:
        """Write what waits, once, then end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout)

    def write(self) -> bool:
        """Write what is counted; what the store did not take waits for the next time. Whether it took everything."""
        with self._wake:
            taken, self._counts = self._counts, Counter()
        try:
            if taken:
                commands.count_hits(taken)
        except Exception as error:
            log.warning("hits of short links could not be written yet", names=len(taken), error=type(error).__name__)
            with self._wake:
                self._counts.update(taken)
            return False
        return True

    def _run(self) -> None:
        while not self._stopping:
            with self._wake:
                self._wake.wait_for(lambda: self._counts or self._stopping)
                self._wake.wait_for(lambda: self._stopping, PAUSE)
            close_old_connections()
            if not self.write():
                with contextlib.suppress(Exception):  # a connection that cannot even be closed must not end the thread
                    connection.close()
        self.write()
        connection.close()


hits = Hits()
"""Of this process."""
