"""What reads a vendor's feed: filled in `wiring.py`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

MOST_REPORTS = 30


class Unread(Exception):
    """The feed could not be read; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Report:
    """Something open that a vendor reports. Texts are plain and short, `url` is http(s) or empty."""

    uid: str
    title: str
    status: str = ""
    impact: str = ""
    text: str = ""
    url: str = ""
    began_at: dt.datetime | None = None
    said_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed as it is now: its indicator (empty when it says none), the vendor's own words for it, what is open."""

    indicator: str
    words: str
    reports: tuple[Report, ...]


class Reader(Protocol):
    """Asks one address, over the network."""

    def read(self, url: str, now: dt.datetime) -> Reading:
        """Raises Unread."""
        ...


_reader: list[Reader] = []


def fill_reader(reader: Reader) -> None:
    """Set by `wiring.py`."""
    _reader[:] = [reader]


def read(url: str, now: dt.datetime) -> Reading:
    """The feed at this address. Raises Unread."""
    if not _reader:
        raise Unread("nothing that reads feeds is wired")
    return _reader[0].read(url, now)
