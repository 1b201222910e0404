"""Lists that are read page by page: an opaque cursor names the last object seen, nothing is counted."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import IntegerField, Model, QuerySet
from ninja import Query, Schema
from pydantic import Field

from tocsin.core.errors import Invalid

M = TypeVar("M", bound=Model)
T = TypeVar("T")

Limit = Annotated[int, Query(50, ge=1, le=200, description="How many at most.")]
Cursor = Annotated[str, Query("", max_length=400, description="`next` of the answer before; empty for the first.")]


class Page(Schema, Generic[T]):
    """Part of a list. `next` is the cursor of the following part, null at the end."""

    items: list[T]
    next: str | None = Field(None, description="Cursor of the following part; null at the end.")


def page(rows: QuerySet[M], order: str, *, limit: int, cursor: str, show: Callable[[Iterable[M]], list[Any]]) -> dict[str, Any]:
    """One part of `rows` by the unique field `order` (`-number`: newest first)."""
    field = order.removeprefix("-")
    if cursor:
        side = "lt" if order.startswith("-") else "gt"
        kind = int if isinstance(rows.model._meta.get_field(field), IntegerField) else str
        rows = rows.filter(**{f"{field}__{side}": _open(cursor, order, kind)})
    found = list(rows.order_by(order)[: limit + 1])
    more = len(found) > limit
    return {"items": show(found[:limit]), "next": _seal(order, getattr(found[limit - 1], field)) if more else None}


def _seal(order: str, value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([order, value]).encode()).decode().rstrip("=")


def _open(cursor: str, order: str, kind: type[str] | type[int]) -> Any:
    wrong = Invalid("This is not a cursor of this list; leave it out for the beginning.", field="cursor")
    try:
        made_for, value = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise wrong from None
    if made_for != order or type(value) is not kind:
        raise wrong
    if not (value.isprintable() if isinstance(value, str) else abs(int(value)) < 2**62):
        raise wrong
    return value
