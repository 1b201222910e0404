"""Who reads this page: their zone, the instant the page is of, and the symbols the page has used so far.

Set once per request by the door, read by template filters, which get no request.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from contextvars import ContextVar
from dataclasses import dataclass, field

from tocsin.core import clock
from tocsin.core.text.calendars import ENGLISH, Calendar

UTC = zoneinfo.ZoneInfo("UTC")


@dataclass(slots=True)
class Reader:
    """`zone` the reader's own, `now` the instant of the request (UTC), `calendar` the names of days, `symbols` drawn so far."""

    zone: zoneinfo.ZoneInfo
    now: dt.datetime
    calendar: Calendar = ENGLISH
    symbols: set[str] = field(default_factory=set)


_reader: ContextVar[Reader | None] = ContextVar("reader", default=None)


def arrive(now: dt.datetime, zone: str = "UTC", calendar: Calendar = ENGLISH) -> Reader:
    """A request begins. Unknown zones are read as UTC."""
    reader = Reader(zone=known_zone(zone), now=now, calendar=calendar)
    _reader.set(reader)
    return reader


def present() -> Reader:
    """The reader of the request in hand; outside any request somebody in UTC who reads now."""
    return _reader.get() or arrive(clock.now())


def known_zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone of that name, UTC when there is none."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
