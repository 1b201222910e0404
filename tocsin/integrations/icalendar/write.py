"""A feed as an iCalendar document. The same feed gives the same bytes."""

from __future__ import annotations

from tocsin.oncall.ports import Entry, Feed


def document(feed: Feed) -> bytes:
    """Lines folded and texts escaped by the library; every time in UTC."""
    import icalendar  # costs half a second; only whoever asks for a calendar pays

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Tocsin//On call//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", feed.name)
    calendar.add("x-published-ttl", "PT1H")
    for entry in feed.entries:
        event = icalendar.Event()
        for name, value in _fields(entry).items():
            event.add(name, value)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _fields(entry: Entry) -> dict[str, object]:
    """DTSTAMP is when the entry last changed and not the present time, or no answer would ever be like the one before."""
    return {
        "uid": entry.uid,
        "sequence": entry.sequence,
        "dtstamp": entry.changed_at,
        "last-modified": entry.changed_at,
        "dtstart": entry.start,
        "dtend": entry.end,
        "summary": entry.summary,
        "transp": "TRANSPARENT",
    }
