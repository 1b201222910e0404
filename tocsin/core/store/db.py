"""The only place that knows which database it is.

Two stores are supported, SQLite (our backend in `core/store/sqlite`) and PostgreSQL 15 or newer. Everything that differs between
them is a function here, tested on both.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from django.db import connection, models, transaction
from django.db.models import CharField, F, FloatField, Func, QuerySet

from tocsin.core import clock

M = TypeVar("M", bound=models.Model)


def is_postgresql() -> bool:
    """Whether the store is PostgreSQL."""
    return connection.vendor == "postgresql"


def lock_skipping(rows: QuerySet[M]) -> QuerySet[M]:
    """The same rows, locked for this transaction, rows locked by others left out.

    SQLite has one writer at a time and our transactions begin IMMEDIATE, so there the lock is already held.
    """
    return rows.select_for_update(skip_locked=True, no_key=True, of=("self",)) if is_postgresql() else rows


def lock(rows: QuerySet[M]) -> QuerySet[M]:
    """The same rows, locked for this transaction, waiting for others. Rows that only point at them may be added meanwhile."""
    return rows.select_for_update(no_key=True, of=("self",)) if is_postgresql() else rows


def after_commit_once(work: Callable[[], object]) -> None:
    """Call `work` after the commit of this transaction, once, however often it was asked for. Its failure harms nothing."""
    if all(entry[1] is not work for entry in connection.run_on_commit):
        transaction.on_commit(work, robust=True)


def serialise(names: Iterable[str]) -> None:
    """Until the end of this transaction, keep others that name one of these out. All at once, so that nobody waits in a ring.

    SQLite has one writer at a time anyway.
    """
    if not is_postgresql():
        return
    numbers = sorted({int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True) for name in names})
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def synchronise_clock() -> None:
    """Take the database's time as the truth where there is a database server; on SQLite the system clock is."""
    if not is_postgresql():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        clock.correct(cursor.fetchone()[0])


def notify(channel_payload: str) -> None:
    """Tell other processes on PostgreSQL that there is something to do. A hint only: it may be lost."""
    if not is_postgresql():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('tocsin', %s)", [channel_payload])


TELLING_LIMIT = 7_900
"""Bytes that PostgreSQL carries in one of `tell`'s words."""


def tell(words: Iterable[str]) -> None:
    """Say something to other processes on PostgreSQL, once and to whoever listens just now. Longer words are left out."""
    short = [one for one in words if len(one.encode()) < TELLING_LIMIT]
    if short and is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('tocsin_told', one) FROM unnest(%s::text[]) AS one", [short])


def checkpoint() -> None:
    """Fold SQLite's write-ahead log back into the file; the engine alone calls this. Nothing to do on PostgreSQL."""
    if is_postgresql():
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def utc_day(field: str) -> Func:
    """The day of an instant in UTC as text, `2026-11-20`; made by the store, because a report asks it of every row."""
    if is_postgresql():
        template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
        return Func(F(field), template=template, output_field=CharField())
    return Func(F(field), template="substr(%(expressions)s, 1, 10)", output_field=CharField())


def seconds_between(start: str, end: str) -> Func:
    """How many seconds lie between two instants, NULL while one is not known."""
    if is_postgresql():
        template = "EXTRACT(EPOCH FROM %(expressions)s)::double precision"
        return Func(F(end), F(start), template=template, arg_joiner=" - ", output_field=FloatField())
    template = "round((%(expressions)s) * 86400.0, 3)"
    parts = (Func(F(one), function="julianday") for one in (end, start))
    return Func(*parts, template=template, arg_joiner=" - ", output_field=FloatField())


def server_words() -> str:
    """The store and its version, for doctor: `SQLite 3.53.4` or `PostgreSQL 18.1`."""
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0]}"
        cursor.execute("SELECT sqlite_version()")
        return f"SQLite {cursor.fetchone()[0]}"


@contextlib.contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Run the block in one process at a time, others wait. On SQLite the lock of the data folder already sees to that."""
    if not is_postgresql():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])
