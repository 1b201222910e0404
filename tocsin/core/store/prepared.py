"""Questions that pages ask all the time: Django puts them into SQL once in a process, and asks them again with other values.

Putting a question into SQL takes the processor several times as long as a small store takes to answer it, and the words of a
question do not change with its values (decision 19). What comes back is what the same QuerySet would have brought.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesIterable,
    ValuesListIterable,
    get_related_populators,
)

T = TypeVar("T")
One = str | int | dt.datetime
Value = One | Sequence[str]
Shape = tuple[type | int, ...]
"""Per value its type, or how many a sequence holds. Each shape has words of its own."""

LONGEST = 300
"""Values; the words of a question with more are made each time and not kept."""
_LARGEST = 2**63 - 1
_NUMBERS = (30_000, 31_000)
"""Where marks begin: in the range of the smallest field, beyond which Django asks nothing and finds nothing."""
_FIRST_INSTANT = dt.datetime(1801, 1, 1, tzinfo=dt.UTC)


class Unpreparable(TypeError):
    """A question whose SQL depends on more than the number of its values."""


class Prepared(Generic[T]):
    """`changes = Prepared(lambda incident: Change.objects.filter(incident=incident))`, then `changes(incident.id)`.

    A value is a text, a number, an instant, or a sequence of texts (for `__in`), compared as it stands; what never changes belongs
    into the question. A number beyond 64 bits, which no store has, is left to Django. Prefetching, and comparisons that rewrite
    their value (`contains`), raise Unpreparable at the first call.
    """

    def __init__(self, question: Callable[..., QuerySet[Any, T]]) -> None:
        self._question = question
        self._words: dict[Shape, _Words] = {}

    def __call__(self, *values: Value) -> list[T]:
        """The rows of the question with these values, read now."""
        if any(isinstance(value, int) and abs(value) > _LARGEST for value in values):
            return list(self._question(*values))
        shape = tuple(type(value) if isinstance(value, One) else len(value) for value in values)
        words = self._words.get(shape) or self._learn(shape, values)
        return words.ask(values) if words.sql else []

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

    sql: str
    params: tuple[Any, ...]
    places: dict[Any, int]
    build: Callable[[list[Any]], list[Any]]
    """Of the store's rows what the QuerySet would have brought."""

    def ask(self, values: Sequence[Value]) -> list[Any]:
        sent, places = _sent(values), self.places
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(self.sql, tuple(sent[places[one]] if _is_one(one) and one in places else one for one in self.params))
            return self.build(cursor.fetchall())


def _put_into_words(question: Callable[..., QuerySet[Any, T]], values: Sequence[Value]) -> _Words:
    """Ask with marks in the place of values, and find the marks again in what would be sent."""
    marks = _marks(values, _NUMBERS[0])
    rows: Any = question(*marks)
    if rows._prefetch_related_lookups or rows._known_related_objects:
        raise Unpreparable("A prepared question starts at a model and prefetches nothing.")
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return _Words("", (), {}, list)
    places = {mark: place for place, mark in enumerate(_sent(marks))}
    if not set(places) <= set(filter(_is_one, params)):
        raise Unpreparable("A value does not reach the store as it was given.")
    if any(isinstance(value, int) for value in values) and set(places) & set(filter(_is_one, _params(question, values))):
        raise Unpreparable("A number of the question itself is one of those that stand for values.")
    return _Words(sql, tuple(params), places, _builder(rows, compiler))


def _params(question: Callable[..., QuerySet[Any, T]], values: Sequence[Value]) -> Sequence[Any]:
    """What would be sent with other marks."""
    sent: Sequence[Any] = question(*_marks(values, _NUMBERS[1])).query.get_compiler(DEFAULT_DB_ALIAS).as_sql()[1]
    return sent


def _marks(values: Sequence[Value], first: int) -> list[Value]:
    """For each value something of the same type that nobody else says."""
    return [_mark(value, first + number) for number, value in enumerate(values)]


def _mark(value: Value, place: int) -> Value:
    if isinstance(value, dt.datetime):
        return _FIRST_INSTANT + dt.timedelta(microseconds=place)
    if isinstance(value, int):
        return place
    return f"\x02{place}\x03" if isinstance(value, str) else [f"\x02{place} {number}\x03" for number in range(len(value))]


def _is_one(param: Any) -> bool:
    return isinstance(param, One)


def _sent(values: Sequence[Value]) -> list[Any]:
    """Every single value as the store takes it."""
    several = [one for value in values for one in ([value] if isinstance(value, One) else value)]
    adapt = connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value
    return [adapt(one) if isinstance(one, dt.datetime) else one for one in several]


def _builder(rows: Any, compiler: Any) -> Callable[[list[Any]], list[Any]]:
    """What Django's iterables do with each row; what depends on the columns alone is looked up here, once."""
    converters = compiler.get_converters([one for one, *_ in compiler.select])
    one = _one(rows, compiler)

    def build(fetched: list[Any]) -> list[Any]:
        return [one(row) for row in (compiler.apply_converters(fetched, converters) if converters else fetched)]

    return build


def _one(rows: Any, compiler: Any) -> Callable[[Any], Any]:
    kind, query, columns = rows._iterable_class, rows.query, compiler.col_count
    if kind is ModelIterable:
        return _model(compiler)
    if kind is FlatValuesListIterable:
        return operator.itemgetter(0)
    if kind is ValuesListIterable:
        return lambda row: tuple(row[:columns])
    if kind is ValuesIterable:
        names = query.selected or (*query.extra_select, *query.values_select, *query.annotation_select)
        return lambda row: dict(zip(names, row[:columns], strict=True))
    raise Unpreparable("A prepared question brings models, values or lists of values.")


def _model(compiler: Any) -> Callable[[Any], Any]:
    about, select = compiler.klass_info, compiler.select
    first, last = about["select_fields"][0], about["select_fields"][-1] + 1
    names = [column.target.attname for column, *_ in select[first:last]]
    related = get_related_populators(about, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # the stubs are a version ahead
    annotations = compiler.annotation_col_map or {}

    def build(row: Any) -> Any:
        made = about["model"].from_db(DEFAULT_DB_ALIAS, names, row[first:last])
        for populator in related:
            populator.populate(row, made)
        for name, place in annotations.items():
            setattr(made, name, row[place])
        return made

    return build
