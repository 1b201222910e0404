"""A thread that makes the documents anew when a page reads differently, and goes on asking while the store is away."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from tocsin.core import clock
from tocsin.core.work import hints
from tocsin.web.kept.shelf import Document, Shelf

log = structlog.get_logger(__name__)

PAUSE = 0.2
"""Seconds between two looks at the store, however much is going on."""
POLL = 1.0
"""Seconds after which it looks without a hint: a hint may be lost."""
ANEW = dt.timedelta(seconds=30)
"""Time passes on a page too: its days, its lengths, its own time."""
HINT = "seal"
"""Given on every node as soon as a transaction with news is committed."""


class Renewal:
    """`standing` is compared; `render` is called when it moved. An object with a life: `start`, `stop`."""

    def __init__(
        self, shelf: Shelf, file: Path, standing: Callable[[], Any], render: Callable[[dt.datetime], Mapping[str, Document]]
    ):
        self._shelf, self._file = shelf, file
        self._standing, self._render = standing, render
        self._known: Any = None
        self._made: dt.datetime | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Keep the documents fresh from now on."""
        self._thread = threading.Thread(target=self._run, name="kept-pages", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 3.0) -> None:
        """No more looks; what is on disk stays."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def turn(self, now: dt.datetime) -> bool:
        """One look. Whether the documents were made anew. Raises DatabaseError, InterfaceError while the store is away."""
        standing = self._standing()
        old = self._made is None or not dt.timedelta(0) <= now - self._made < ANEW
        if standing == self._known and not old:
            self._shelf.confirm(now)
            return False
        self._shelf.put(self._render(now), now)
        self._known, self._made = standing, now
        self._save()
        return True

    def _save(self) -> None:
        """A full disk takes nothing from readers now; it costs the page that a restart without the store would show."""
        try:
            self._shelf.save(self._file)
        except OSError as error:
            log.warning("the status pages could not be kept on disk", error=str(error))

    def _run(self) -> None:
        while not self._stopping.is_set():
            since = hints.seen(HINT)
            self._try()
            self._stopping.wait(PAUSE)
            if not self._stopping.is_set():
                hints.wait(HINT, since, POLL - PAUSE)
        connection.close()

    def _try(self) -> None:
        try:
            close_old_connections()
            self.turn(clock.now())
        except (DatabaseError, InterfaceError) as error:
            log.warning("the status pages stand as they are: the store does not answer", error=type(error).__name__)
            connection.close()
        except Exception:
            log.exception("the status pages could not be made anew")
            connection.close()
