"""Planned work as a calendar that people subscribe to: `calendar.ics`, RFC 5545.

Written here and not by the library that reads other people's calendars: that one costs half a second at every start, and this is
made at every start. The same work gives the same bytes, so that readers who have it are told so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from tocsin.statuspages.maintenance.queries import Work
from tocsin.statuspages.outside.queries import Outside
from tocsin.statuspages.outside.rules import code
from tocsin.web.public.v2 import work_address

_OCTETS = 75
_SPECIAL = re.compile(r"([\\;,])")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f]")


def document(page: Outside, url: str) -> bytes:
    """One event for each time of work, under a name that stays, with a number that grows when it is moved or called off."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tocsin//Planned work//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(f'{page.page.name} - planned work')}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    for one in page.planned:
        lines += _event(one.work, url)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def _event(work: Work, url: str) -> Iterator[str]:
    planned = work.maintenance
    names = ", ".join(part.name for part in work.parts)
    words = f"{planned.body}\n\nConcerns {names}." if names else planned.body
    yield "BEGIN:VEVENT"
    yield f"UID:{code(planned.pk)}@{urlsplit(url).hostname}"
    yield f"SEQUENCE:{planned.sequence}"
    yield f"DTSTAMP:{_instant(work.updated_at)}"
    yield f"LAST-MODIFIED:{_instant(work.updated_at)}"
    yield f"CREATED:{_instant(planned.created_at)}"
    yield f"DTSTART:{_instant(planned.starts_at)}"
    yield f"DTEND:{_instant(planned.ends_at)}"
    yield f"STATUS:{'CANCELLED' if work.is_called_off else 'CONFIRMED'}"
    yield f"SUMMARY:{_text(planned.title)}"
    yield f"DESCRIPTION:{_text(words)}"
    yield f"URL:{work_address(url, work)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _instant(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", _CONTROL.sub(" ", text)).replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 octets a line, no letter cut in two."""
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    return "\r\n".join([*pieces, piece])
