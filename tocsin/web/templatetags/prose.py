"""`{{ words|prose }}`: what people wrote, as safe HTML."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from tocsin.incidents.rules import duration_words
from tocsin.web.frame import reader, words
from tocsin.web.frame.prose import to_html, to_line

register = template.Library()


@register.filter
def prose(text: str | None) -> SafeString:
    """Paragraphs, lists, emphasis, code and links; everything else stays text."""
    return to_html(text or "")


@register.filter
def chat(text: str | None) -> SafeString:
    """As `prose`; a single paragraph stands in its line."""
    return to_line(text or "")


@register.filter
def lasted(length: dt.timedelta | float | None) -> str:
    """A length in its two largest units, `1 h 44 min`; `unknown` for None."""
    if length is None:
        return "unknown"
    return duration_words(length if isinstance(length, dt.timedelta) else dt.timedelta(seconds=float(length)))


@register.filter
def plain_time(instant: dt.datetime | None) -> str:
    """`Thu 19 Nov, 02:41` in the reader's zone, without mark-up, for text versions."""
    here = reader.present()
    return words.full(instant, here.zone, here.now) if instant else ""


@register.filter
def by_day(lines: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Lines that have an `at`, in runs of one day with its name; today has none, a log that is all of today needs no heading."""
    here = reader.present()
    today, yesterday = here.calendar.around[0], here.calendar.around[-1]
    runs = itertools.groupby(lines, key=lambda line: words.day(line.at, here.zone, here.now, here.calendar))
    return [("" if day == today else day.capitalize() if day == yesterday else day, list(run)) for day, run in runs]


@register.filter
def add_px(place: float, more: float) -> str:
    """A place in a drawing, moved on."""
    return f"{place + more:.1f}"
