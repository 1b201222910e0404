"""Dedup, urgency and order of arrival, as pure functions over plain values.

A source may repeat itself, and a resolve may overtake its trigger. So the state of a problem is two registers that only grow:
the latest start and the latest end that the source told. It is open while the start is later than the end. Whatever order the
same events come in, the registers end alike, and so does the alert.

Clocks of sources differ from ours, so a time told by the source is only ever compared with another one of the source. Events
that tell no time, or one that cannot be, are ordered by when we received them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

HIGH, LOW, NONE = "high", "low", "none"
REORDER_WINDOW = dt.timedelta(seconds=60)
UNREADABLE_PAGE_EVERY = dt.timedelta(hours=1)
MAX_TRIES = 3
MAX_BEGUN = 5
"""How often the process may end while a row is taken up alone, before the row is taken for what ends it. Rows that were only in
its company when the process died are not given up with it."""
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""The start of a problem whose end alone was heard."""

_LOW = {"warning", "minor"}
_NONE = {"info", "none"}
_WEIGHT = {NONE: 0, LOW: 1, HIGH: 2}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def urgency(severity: str) -> str:
    """How loud a severity label is. What we do not know, pages: silence is the worse mistake."""
    word = severity.strip().lower()
    if word in _NONE:
        return NONE
    return LOW if word in _LOW else HIGH


def louder(one: str, other: str) -> str:
    """The higher of two urgencies."""
    return max(one, other, key=_WEIGHT.__getitem__)


@dataclass(frozen=True, slots=True)
class Heard:
    """One event as the rules see it.

    `at` is the start or the end by the source's clock when it is `told`, else `received_at`, which is by ours.
    """

    firing: bool
    at: dt.datetime
    received_at: dt.datetime
    told: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the newest alert of the same problem.

    `fired_at` is the latest start heard and `cleared_at` the latest start or end that a resolve covers, both by the source's
    clock; `cleared_heard_at` is when the latest end was heard and `heard_at` when anything was, by ours.
    """

    open: bool
    fired_at: dt.datetime
    cleared_at: dt.datetime | None
    cleared_heard_at: dt.datetime | None
    heard_at: dt.datetime


Move = Literal["open", "refire", "late", "resolve", "turn_over", "clear_again", "record"]
"""What an event does: open a new alert; add to the open one; belong to a period that is over; resolve the open alert; end an
earlier period of an alert that fired again since; repeat an end; record a problem that was over before we heard of it."""


def move(event: Heard, known: Known | None) -> Move:
    """What to do with an event, given the newest alert with the same key, or None."""
    if known is None:
        return "open" if event.firing else "record"
    if event.firing:
        if _is_late(event, known):
            return "late"
        return "refire" if known.open else "open"
    if not known.open:
        return "clear_again"
    return "resolve" if _ends_what_is_open(event, known) else "turn_over"


def _ends_what_is_open(event: Heard, known: Known) -> bool:
    """Whether an end belongs to the open period, not to one before it.

    A resolve that was overtaken by the next trigger ends shortly before that one started. An end long before it was made up by
    whoever resolved, and means now.
    """
    if not event.told:
        return event.received_at >= known.heard_at
    return event.at >= known.fired_at or known.fired_at - event.at > REORDER_WINDOW


def _is_late(event: Heard, known: Known) -> bool:
    """Whether a trigger tells of a period whose end was already heard.

    By the source's time only within the reorder window of that end: a source that goes on after it should believe it still
    fires, and says so with the old start, must page.
    """
    if known.cleared_heard_at is None:
        return False
    if not event.told:
        return event.received_at < known.cleared_heard_at
    covered = known.cleared_at is not None and event.at <= known.cleared_at
    return covered and event.received_at < known.cleared_heard_at + REORDER_WINDOW


def heard(*, firing: bool, started_at: dt.datetime | None, ended_at: dt.datetime | None, received_at: dt.datetime) -> Heard:
    """The event on a time line.

    An end counts as told only together with a start before it: Alertmanager writes the end into both when whoever resolved did
    not know the start, and then the end can lie before the start that was told earlier.
    """
    if firing:
        return Heard(True, started_at or received_at, received_at, told=started_at is not None)
    if started_at is not None and ended_at is not None and started_at < ended_at:
        return Heard(False, ended_at, received_at)
    return Heard(False, received_at, received_at, told=False)


def untold(event: Heard) -> Heard:
    """The same event, counted from when it was heard."""
    return Heard(event.firing, event.received_at, event.received_at, told=False)


def shown(at: dt.datetime, received_at: dt.datetime) -> dt.datetime:
    """The instant to show people: the source's, unless its clock is ahead of ours."""
    return min(at, received_at)


def dedup_key(text: str, title: str) -> str:
    """The key of a problem, at most 255 characters. Without one, events with the same title are the same problem."""
    key = line(text, 4000) or line(title, 4000)
    return key if len(key) <= 255 else f"{key[:180]}…{hashlib.sha256(key.encode()).hexdigest()}"


def line(text: str, limit: int) -> str:
    """One line of text that every store and every mail takes: no control characters, no lone surrogates, blanks folded."""
    cleaned = " ".join(_FORBIDDEN.sub("", text[: limit * 4]).split())
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1] + "…"


def paragraph(text: str, limit: int = 8000) -> str:
    """Text of several lines, cleaned like `line`."""
    cleaned = _FORBIDDEN.sub("", text[:limit]).strip()
    return cleaned if len(text) <= limit else cleaned[: limit - 1] + "…"


def link(url: str) -> str:
    """The URL when a browser may safely follow it, else nothing."""
    url = line(url, 1000)
    try:
        parts = urlsplit(url)
        return url if parts.scheme in {"http", "https"} and parts.hostname else ""
    except ValueError:
        return ""


def labels(raw: Mapping[str, str]) -> dict[str, str]:
    """At most 64 labels with cleaned, short names and values."""
    return {line(name, 200): line(value, 1000) for name, value in list(raw.items())[:64]}


def may_page_unreadable(paged_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a refused body may page: at most once an hour a key."""
    return paged_at is None or now - paged_at >= UNREADABLE_PAGE_EVERY
