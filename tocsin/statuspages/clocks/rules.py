"""When words are due: the first ones, the next ones, and the steps of reminding. One clock for each page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

BEFORE, DUE, LATE = "before", "due", "late"

STEPS: Mapping[str, dt.timedelta] = {
    BEFORE: -dt.timedelta(minutes=10),
    DUE: dt.timedelta(0),
    LATE: dt.timedelta(minutes=5),
}
"""When each reminder comes, counted from the instant at which words are due."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a page may stay silent: before the first words of a major incident, and between two messages."""

    first: dt.timedelta
    silence: dt.timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """The next words on one page: when they are due, and when the last ones were said, None before the first."""

    audience: str
    due_at: dt.datetime
    said_at: dt.datetime | None

    def is_overdue(self, now: dt.datetime) -> bool:
        return self.due_at <= now

    def at(self, step: str) -> dt.datetime:
        """When this reminder comes."""
        return self.due_at + STEPS[step]


def first_due(began_at: dt.datetime, limits: Limits) -> dt.datetime:
    return began_at + limits.first


def next_due(said_at: dt.datetime, promised_at: dt.datetime | None, limits: Limits) -> dt.datetime:
    """As promised, but never later than the longest silence."""
    latest = said_at + limits.silence
    return min(promised_at, latest) if promised_at else latest


def steps_ahead(clock: Clock, now: dt.datetime) -> dict[str, dt.datetime]:
    """The reminders that are still to come, at once when their instant has passed; the first only before words are due."""
    return {step: max(clock.at(step), now) for step in STEPS if step != BEFORE or clock.at(step) > now}
