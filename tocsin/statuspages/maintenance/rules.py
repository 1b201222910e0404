"""What planned work may do when, how it is said, and where its next time lies. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tocsin.core.errors import Invalid
from tocsin.incidents.rules import duration_words

SCHEDULED, IN_PROGRESS, VERIFYING, COMPLETED, CANCELLED = "scheduled", "in_progress", "verifying", "completed", "cancelled"
STATES: Mapping[str, str] = {
    SCHEDULED: "Planned",
    IN_PROGRESS: "In progress",
    VERIFYING: "Verifying",
    COMPLETED: "Completed",
    CANCELLED: "Called off",
}
ACTIVE = frozenset({IN_PROGRESS, VERIFYING})
OPEN = frozenset({SCHEDULED, *ACTIVE})
NEXT: Mapping[str, frozenset[str]] = {
    IN_PROGRESS: frozenset({SCHEDULED}),
    VERIFYING: frozenset({IN_PROGRESS}),
    COMPLETED: ACTIVE,
    CANCELLED: OPEN,
}
"""From which states one gets into a state."""

LONGEST = dt.timedelta(days=31)
FURTHEST = dt.timedelta(days=1830)
BEGIN, END = "begin", "end"

AN_HOUR = dt.timedelta(hours=1)
"""So long before it begins subscribers are reminded."""


def check_times(starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> None:
    """Raises Invalid for times without a zone, in the past, the wrong way round, too long or too far ahead."""
    _check_aware(starts_at, "starts_at")
    if starts_at <= now:
        raise Invalid("Planned work begins in the future. What is past is written down as a past incident.", field="starts_at")
    if starts_at > now + FURTHEST:
        raise Invalid("That is more than five years ahead. Plan it later, or as work that comes again.", field="starts_at")
    check_end(starts_at, ends_at, now)


def check_end(starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> None:
    """The same for the end alone, of work that is in progress."""
    _check_aware(ends_at, "ends_at")
    if ends_at <= starts_at:
        raise Invalid("It must end after it begins.", field="ends_at")
    if ends_at <= now:
        raise Invalid("That is past. Say when it will be over, or complete it.", field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise Invalid(f"Work may take {LONGEST.days} days at most. Split it, or plan it to come again.", field="ends_at")


def _check_aware(at: dt.datetime, field: str) -> None:
    if at.tzinfo is None:
        raise Invalid("The time needs a time zone.", field=field)


def overdue(state: str, starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> str:
    """`begin` for what should have begun, `end` for what should be over, and nobody said so; else empty."""
    if state in ACTIVE and ends_at <= now:
        return END
    return BEGIN if state == SCHEDULED and starts_at <= now else ""


def due_at(state: str, starts_at: dt.datetime, ends_at: dt.datetime, reminder: dt.datetime | None = None) -> dt.datetime | None:
    """When the engine looks at it next; None when never again."""
    if state == SCHEDULED:
        return reminder or starts_at
    return ends_at if state in ACTIVE else None


def reminder_at(starts_at: dt.datetime, reminded_at: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """When readers are reminded of work to come of which they are told now or were before; None when they were reminded, or hear
    of it within that hour only now.
    """
    return starts_at - AN_HOUR if reminded_at is None and now < starts_at - AN_HOUR else None


def length_words(start: dt.datetime, end: dt.datetime) -> str:
    return duration_words(end - start)
