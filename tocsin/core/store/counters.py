"""Numbers for people: gap-tolerant, never reused, given inside the transaction that uses them."""

from __future__ import annotations

from django.db import connection

from tocsin.core.models import Counter

_ADVANCE = "UPDATE core_counter SET value = value + %s WHERE name = %s RETURNING value"


def next_number(name: str) -> int:
    """The next number of this kind, from 1. Must be called inside a transaction."""
    return next_numbers(name, 1)


def next_numbers(name: str, count: int) -> int:
    """The first of `count` numbers in a row. Must be called inside a transaction."""
    last = _advanced(name, count)
    if last is None:
        Counter.objects.bulk_create([Counter(name=name, value=0)], ignore_conflicts=True)
        last = _advanced(name, count)
    assert last is not None
    return last - count + 1


def _advanced(name: str, count: int) -> int | None:
    """The counter's new value; None when there is no such counter yet."""
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, [count, name])
        row = cursor.fetchone()
    return None if row is None else int(row[0])
