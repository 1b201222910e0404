"""What this room asks of a provider: somebody who writes calendars for other programs, and reads theirs; and of the rooms above:
what webhooks can hear.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_BYTES = 5 * 1024 * 1024
"""The largest calendar of absences, by address or as a file on a page."""


class Unreadable(Exception):
    """This is not a calendar, or not one that can be worked out; the sentence says why."""


class Unreached(Exception):
    """The calendar's address gave no calendar; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A shift in a feed. A calendar program knows it by `uid` and takes the one with the greater `sequence`."""

    uid: str
    sequence: int
    changed_at: dt.datetime
    start: dt.datetime
    end: dt.datetime
    summary: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar as other programs show it."""

    name: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class TimeAway:
    """One absence that a calendar holds, in UTC. `uid` is the calendar's own name for it, the same for each repetition."""

    start: dt.datetime
    end: dt.datetime
    summary: str
    uid: str


class Calendars(Protocol):
    """The format that calendar programs exchange."""

    def write(self, feed: Feed) -> bytes: ...

    def read(self, raw: bytes, *, zone: str, since: dt.datetime, until: dt.datetime) -> list[TimeAway]:
        """The absences that touch this time. Whole days, and times without a zone, are those of `zone`. Raises Unreadable."""

    def fetch(self, url: str) -> bytes:
        """What is at this address. Raises Unreached."""


class _Slot:
    """Asked anew at each use, so that wiring may come later."""

    def __init__(self) -> None:
        self._wired: Calendars | None = None

    def wire(self, calendars: Calendars) -> None:
        self._wired = calendars

    def __call__(self) -> Calendars:
        if self._wired is None:
            raise RuntimeError("no calendar format is wired")
        return self._wired


calendars = _Slot()
"""Filled by `wiring.py`."""

webhook_events: dict[str, str] = {}
"""What a webhook may be told of, by the `type` of the call, each with its words. Filled by `wiring.py`."""


def fill_webhook_events(found: Mapping[str, str]) -> None:
    """Replace them all; called once by `wiring.py`."""
    webhook_events.clear()
    webhook_events.update(found)
