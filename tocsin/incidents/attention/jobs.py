"""The engine module that reads the feed of mentions, through the client that reads the feeds of vendors."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from tocsin.core.work.engine import Module
from tocsin.directory.vendor_status import ports as feeds
from tocsin.incidents.attention import queries
from tocsin.incidents.commands import attending


def read_mentions(now: dt.datetime) -> int:
    """Read the feed when it is due, with no transaction open; 0 when it is not, or where none is set."""
    if not queries.is_due(now):
        return 0
    url = settings.TOCSIN.mentions_feed
    try:
        reading = feeds.read(url, now)
    except feeds.Unread as error:
        attending.note_unread(str(error), url=url, now=now)
    else:
        attending.keep_mentions(reading, url=url, now=now)
    return 1


MODULES = (Module("mentions", read_mentions, "mentions", every=30.0, alone=True),)
