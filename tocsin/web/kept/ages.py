"""How a page says that it is old, in its language. Nothing here knows Django or the store."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple


class _Said(NamedTuple):
    minute: str
    minutes: str
    hours: str
    since: str
    some_time: str
    old: str


_SAID = {
    "en": _Said(
        "1 minute",
        "{} minutes",
        "{} hours",
        "since {}",
        "for some time",
        "<strong>This page is {} old.</strong> We could not renew it {}; things may have changed.",
    ),
    "de": _Said(
        "1 Minute",
        "{} Minuten",
        "{} Stunden",
        "seit {}",
        "seit einiger Zeit",
        "<strong>Diese Seite ist {} alt.</strong> Wir konnten sie {} nicht erneuern; es kann sich etwas geändert haben.",
    ),
    "fr": _Said(
        "1 minute",
        "{} minutes",
        "{} heures",
        "depuis {}",
        "depuis quelque temps",
        "<strong>Cette page date d’il y a {}.</strong> Nous n’avons pas pu la renouveler {} ; la situation a pu changer.",
    ),
}


def words(as_of: dt.datetime | None, minutes: int, language: str) -> str:
    """How old a page is that was good at `as_of`, in UTC for everybody: whoever reads it from disk knows no zone."""
    said = _SAID.get(language, _SAID["en"])
    since = said.since.format(f"{as_of:%Y-%m-%d %H:%M} UTC") if as_of else said.some_time
    long = said.minute if minutes == 1 else said.minutes.format(minutes) if minutes < 120 else said.hours.format(minutes // 60)
    return said.old.format(long, since)
