"""Reading documents of strangers: whatever stands where a text, an object or an instant should, nothing breaks."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from tocsin.core import clock

_OLDEST = dt.datetime(1971, 1, 1, tzinfo=dt.UTC)


def text(value: Any) -> str:
    """A text or number as text, an object or list as JSON, nothing as the empty text."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return ""
    return str(value) if isinstance(value, int | float) else json.dumps(value)


def mapping(value: Any) -> dict[str, str]:
    """An object as names and texts; anything else as nothing."""
    return {name: text(item) for name, item in value.items()} if isinstance(value, dict) else {}


def instant(value: Any) -> dt.datetime | None:
    """An RFC 3339 instant; None for anything else and for zero times such as `0001-01-01T00:00:00Z`."""
    try:
        at = clock.parse(text(value))
    except (ValueError, OverflowError):
        return None
    return at if at > _OLDEST else None
