"""Questions that pages ask all the time: Django puts them into SQL once in a process, and asks them again with other values.

Putting a question into SQL takes the processor several times as long as a small store takes to answer it, and the words of a
question do not change with its values (decision 19). What comes back is what the same QuerySet would have brought.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

T = TypeVar("T")
One = str | int | dt.datetime
Value = One | Sequence[str]
Shape = tuple[type | int, ...]
"""Per value its type, or how many a sequence holds. Each shape has words of its own."""

LONGEST = 300
"""Values; the words of a question with more are made each time and not kept."""
_FIRST_NUMBER, _FIRST_INSTANT = -2_000_000_000, dt.datetime(1801, 1, 1, tzinfo=dt.UTC)


class Unpreparable(TypeError):
    """A question whose SQL depends on more than the number of its values."""


class Prepared(Generic[T]):
    """`changes = Prepared(lambda incident: Change.objects.filter(incident=incident))`, then `changes(incident.id)`.

    A value is a text, a number, an instant, or a sequence of texts (for `__in`), compared as it stands; what never changes belongs
    into the question. Prefetching, and comparisons that rewrite their value (`contains`), raise Unpreparable at the first call.
    """

    def __init__(self, question: Callable[..., QuerySet[Any, T]]) -> None:
        self._question = question
        self._words: dict[Shape, _Words] = {}

    def __call__(self, *values: Value) -> list[T]:
        """The rows of the question with these values, read now."""
        shape = tuple(type(value) if isinstance(value, One) else len(value) for value in values)
        words = self._words.get(shape) or self._learn(shape, values)
        return list(_asked(words, values)) if words.sql else []

    def _learn(self, shape: Shape, values: Sequence[Value]) -> _Words:
        words = _put_into_words(self._question, values)
        if len(words.places) <= LONGEST:
            self._words[shape] = words
        return words

    def first(self, *values: Value) -> T | None:
        """The first row, None when there is none. A question for one row says so itself (`[:1]`)."""
        return next(iter(self(*values)), None)


@dataclass(frozen=True, slots=True)
class _Words:
    """What Django made of a question. `places`: by the mark that stands for a value its number among all single values."""

    rows: QuerySet[Any, Any]
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    places: dict[Any, int]


def _put_into_words(question: Callable[..., QuerySet[Any, T]], values: Sequence[Value]) -> _Words:
    """Ask with marks in the place of values, and find the marks again in what would be sent."""
    number = iter(range(10_000))
    marks: list[Value] = [_mark(value, number) if isinstance(value, One) else _marks(value, number) for value in values]
    rows: Any = question(*marks)
    if rows._prefetch_related_lookups or rows._known_related_objects:
        raise Unpreparable("A prepared question starts at a model and prefetches nothing.")
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return _Words(rows, compiler, "", (), {})
    places = {mark: place for place, mark in enumerate(_sent(marks))}
    if not set(places) <= set(filter(_is_one, params)):
        raise Unpreparable("A value does not reach the store as it was given.")
    return _Words(rows, compiler, sql, tuple(params), places)


def _mark(value: One, number: Iterator[int]) -> One:
    """Something of the same type that nobody else says."""
    place = next(number)
    if isinstance(value, str):
        return f"\x02{place}\x03"
    return _FIRST_NUMBER + place if isinstance(value, int) else _FIRST_INSTANT + dt.timedelta(microseconds=place)


def _marks(values: Sequence[str], number: Iterator[int]) -> list[str]:
    return [f"\x02{next(number)}\x03" for _ in values]


def _is_one(param: Any) -> bool:
    return isinstance(param, One)


def _sent(values: Sequence[Value]) -> list[Any]:
    """Every single value as the store takes it."""
    several = [one for value in values for one in ([value] if isinstance(value, One) else value)]
    adapt = connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value
    return [adapt(one) if isinstance(one, dt.datetime) else one for one in several]


def _asked(words: _Words, values: Sequence[Value]) -> QuerySet[Any, Any]:
    """The same question with a compiler whose work is done. Django's own code sends it and builds the rows."""
    compiler, query, sent = copy.copy(words.compiler), copy.copy(words.rows.query), _sent(values)
    compiler.connection = connections[DEFAULT_DB_ALIAS]
    places = words.places
    ready = words.sql, tuple(sent[places[one]] if _is_one(one) and one in places else one for one in words.params)
    compiler.as_sql = lambda *_, **__: ready
    query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
    made: Any = type(words.rows)(model=words.rows.model, query=query, using=DEFAULT_DB_ALIAS)
    made._iterable_class, made._fields = words.rows._iterable_class, words.rows._fields  # type: ignore[attr-defined]
    return made  # type: ignore[no-any-return]
