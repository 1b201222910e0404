"""Numbers for people: gap-tolerant, never reused, given inside the transaction that uses them."""

from __future__ import annotations

from django.db.models import F

from tocsin.core import db
from tocsin.core.models import Counter


def next_number(name: str) -> int:
    """The next number of this kind, from 1. Must be called inside a transaction."""
    return next_numbers(name, 1)


def next_numbers(name: str, count: int) -> int:
    """The first of `count` numbers in a row. Must be called inside a transaction."""
    if not Counter.objects.filter(name=name).update(value=F("value") + count):
        Counter.objects.bulk_create([Counter(name=name, value=0)], ignore_conflicts=True)
        Counter.objects.filter(name=name).update(value=F("value") + count)
    return db.lock(Counter.objects.filter(name=name)).values_list("value", flat=True).get() - count + 1
