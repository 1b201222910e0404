"""Django's SQLite backend on `pysqlite3`, with a process-wide write lock.

SQLite 3.7.0 to 3.51.2 can corrupt a write-ahead log when several connections write and checkpoint at once, and the library
of many distributions is that old. `pysqlite3` carries a newer one in its wheel, so it takes the place of `sqlite3` before
Django's backend is imported. This is the one permitted module replacement.
"""

from __future__ import annotations

import functools
import sys
import threading
from typing import Any

import pysqlite3
from pysqlite3 import dbapi2

OLDEST = (3, 51, 3)
if pysqlite3.sqlite_version_info < OLDEST:
    raise RuntimeError(f"SQLite {pysqlite3.sqlite_version} can corrupt its log; 3.51.3 or newer is needed")

sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = dbapi2

from django.db.backends.sqlite3 import base  # noqa: E402  (must come after the replacement)
from django.db.utils import OperationalError  # noqa: E402

WAIT_SECONDS = 30
_writer = threading.Lock()


LONGEST_KEPT = 4_000
"""Characters of a question; a longer one (many rows put in at once) is not kept in memory."""


class Cursor(base.SQLiteCursorWrapper):
    """Puts the marks that SQLite reads into the words of a question once in a process, not each time it is asked."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        if param_names is None and len(query) <= LONGEST_KEPT:
            return _marked(query)
        return super().convert_query(query, param_names=param_names)  # type: ignore[misc, no-any-return]


@functools.lru_cache(maxsize=2_000)
def _marked(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    """Transactions queue inside the process before they queue at the file, so that nobody spins on SQLITE_BUSY."""

    _holds_writer = False

    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "wal_autocheckpoint=0"):
            connection.execute(f"PRAGMA {pragma}").close()
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        if not self._holds_writer:
            if not _writer.acquire(timeout=WAIT_SECONDS):
                raise OperationalError("the store is busy: another write has held it for 30 s")
            self._holds_writer = True
        try:
            self.cursor().execute("BEGIN IMMEDIATE")
        except BaseException:
            self._release()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            self._release()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._release()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._release()

    def _release(self) -> None:
        if self._holds_writer:
            self._holds_writer = False
            _writer.release()
