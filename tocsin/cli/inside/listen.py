"""Hearing other processes' hints on PostgreSQL: a thread with a connection of its own that only listens."""

from __future__ import annotations

import importlib
import threading
from typing import Any

import structlog
from django.db import connection

from tocsin.core.work import hints

log = structlog.get_logger(__name__)


class Listener:
    """Passes every NOTIFY on as a local hint. While it is not connected the engine's poll takes over."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listen", daemon=True)
        self._psycopg: Any = importlib.import_module("psycopg")
        """Imported when it is needed: an installation on SQLite starts without it."""
        self._parameters = connection.get_connection_params()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(3)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except self._psycopg.Error as error:
                log.warning("hints from other processes are not heard, trying again", error=type(error).__name__)
                self._stopping.wait(1.0)

    def _listen(self) -> None:
        parameters = {name: value for name, value in self._parameters.items() if name not in {"cursor_factory", "context"}}
        with self._psycopg.connect(**parameters, autocommit=True) as heard:
            heard.execute("LISTEN tocsin")
            heard.execute("LISTEN tocsin_told")
            while not self._stopping.is_set():
                for notice in heard.notifies(timeout=1.0):
                    (hints.told if notice.channel == "tocsin_told" else hints.wake_here)(notice.payload)
