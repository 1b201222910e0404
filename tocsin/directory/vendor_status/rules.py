"""What a reading means for the reader of a page: never a state that is older than it looks. Plain values only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

EVERY = dt.timedelta(minutes=5)
"""How often a feed is read."""

STALE = dt.timedelta(minutes=20)
"""A reading older than this says nothing about now."""

INDICATORS: Mapping[str, str] = {
    "none": "no problem",
    "minor": "a minor problem",
    "major": "a major problem",
    "critical": "a critical problem",
    "maintenance": "maintenance",
}

UNREAD, BROKEN, OLD, TROUBLE, CALM = "unread", "broken", "stale", "trouble", "calm"
"""Not read yet; the last try failed; the last good reading is too old; something is reported; nothing is."""


def standing(indicator: str, reports: int, *, fault: str, good_at: dt.datetime | None, now: dt.datetime) -> str:
    """How much may be said. What is broken or stale is never calm, whatever it said before."""
    if fault:
        return BROKEN
    if good_at is None:
        return UNREAD
    if now - good_at > STALE:
        return OLD
    return TROUBLE if reports or indicator not in ("", "none") else CALM


def sentence(kind: str, indicator: str, reports: int, words: str) -> str:
    """What the vendor reports, or why that is not known; the age is told beside it."""
    if kind == UNREAD:
        return "Their feed has not been read yet."
    said = f"{reports} open problem" + ("" if reports == 1 else "s") if reports else INDICATORS.get(indicator, "nothing new")
    if kind == BROKEN:
        return f"Their feed cannot be read. At the last good reading they reported {said}."
    if kind == OLD:
        return f"Their feed has not been read for a while. Then they reported {said}."
    return f"They report {said}" + (f": {words}" if words and not reports else "") + "."
