"""The proof is asked every second, for years: it reads what is open, by its indexes, and not what ended long ago."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from tocsin.paging import auditing, queries
from tocsin.paging.jobs import expire

pytestmark = pytest.mark.django_db
LONG = ("paging_escalation", "paging_page", "paging_attempt")
"""Tables that grow with every page that was ever sent."""


def test_nothing_that_ended_is_read(now: dt.datetime) -> None:
    asked: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        auditing.problems(now)
        queries.is_page_due(now)
        expire.tick(now)
    assert {table for table in LONG if any(f'FROM "{table}"' in sql for sql, _ in asked)} == set(LONG)
    read = [line for sql, params in asked if sql.startswith("SELECT") for line in _plan(sql, params)]
    assert [line for line in read if any(table in line for table in LONG) and _is_whole(line)] == []


def _is_whole(line: str) -> bool:
    """A step that reads a table from its first row to its last."""
    return "Seq Scan on" in line or (line.startswith("SCAN") and "USING" not in line)


def _plan(sql: str, params: Any) -> list[str]:
    """How the store would answer, a step a line. Values stay apart from the words, as they are when it is asked."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # an empty table is read whole
            cursor.execute(f"EXPLAIN {sql}", params)
            return [line for (line,) in cursor.fetchall()]
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return [str(row[3]) for row in cursor.fetchall()]
