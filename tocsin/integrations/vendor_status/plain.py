"""Foreign words as plain text: short, on one line, without markup; addresses that begin like addresses."""

from __future__ import annotations

import datetime as dt
import html

from django.utils.html import strip_tags

from tocsin.core import clock


def words(value: object, most: int) -> str:
    """At most `most` characters of a text that may hold markup; nothing for what is no text."""
    if not isinstance(value, str):
        return ""
    text = strip_tags(html.unescape(value[: most * 8]).replace("<", " <"))  # what a tag parts stays apart
    text = " ".join("".join(char if char.isprintable() else " " for char in html.unescape(text)).split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def address(value: object) -> str:
    """An http(s) address, or nothing."""
    given = value.strip() if isinstance(value, str) else ""
    return given if given.startswith(("https://", "http://")) and len(given) <= 500 else ""


def instant(value: object) -> dt.datetime | None:
    """An RFC 3339 instant in UTC, None for anything else."""
    try:
        return clock.parse(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None
