"""iCalendar (RFC 5545): feeds out, calendars of absences in. Reads what Google Calendar, Outlook and Apple Calendar write."""

from __future__ import annotations

import datetime as dt

from tocsin.integrations.icalendar import fetch, read, write
from tocsin.oncall.ports import Feed, TimeAway


class Format:
    """What `oncall.ports` asks for."""

    def write(self, feed: Feed) -> bytes:
        return write.document(feed)

    def read(self, raw: bytes, *, zone: str, since: dt.datetime, until: dt.datetime) -> list[TimeAway]:
        return read.absences(raw, zone=zone, since=since, until=until)

    def fetch(self, url: str) -> bytes:
        return fetch.calendar(url)
