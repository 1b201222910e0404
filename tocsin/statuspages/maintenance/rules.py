"""What planned work may do when, how it is said, and where its next time lies. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from tocsin.core.errors import Invalid
from tocsin.incidents.rules import duration_words, joined

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

BEGUN = "The planned work has begun."
VERIFIES = "The work is done. We are making sure that everything is as it should be."
IS_OVER = "The planned work is over."
CALLED_OFF = "This work will not take place."
ENDS_SERIES = "This work will not take place, and neither will the later times that were planned."


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


def due_at(state: str, starts_at: dt.datetime, ends_at: dt.datetime) -> dt.datetime | None:
    """When the engine looks at it next; None when never again."""
    if state == SCHEDULED:
        return starts_at
    return ends_at if state in ACTIVE else None


def moved_words(old: tuple[dt.datetime, dt.datetime], new: tuple[dt.datetime, dt.datetime], *, begun: bool) -> str:
    """What readers are told of another time."""
    if begun:
        longer = "takes longer" if new[1] > old[1] else "will be over sooner"
        return f"The work {longer}: until {instant_words(new[1])} instead of {instant_words(old[1])}."
    return f"This work is moved to {span_words(*new)}. It was planned for {span_words(*old)}."


def span_words(start: dt.datetime, end: dt.datetime) -> str:
    """`Sun 22 Nov 2026, 02:00 to 04:00 UTC`."""
    start, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%a} {end.day} {end:%b %Y}, {end:%H:%M}"
    return f"{start:%a} {start.day} {start:%b %Y}, {start:%H:%M} to {until} UTC"


def instant_words(at: dt.datetime) -> str:
    """`Sun 22 Nov 2026, 04:00 UTC`."""
    at = at.astimezone(dt.UTC)
    return f"{at:%a} {at.day} {at:%b %Y}, {at:%H:%M} UTC"


def overlap_words(title: str, start: dt.datetime, end: dt.datetime, parts: Iterable[str]) -> str:
    """The warning that other work concerns the same parts at the same time."""
    return f"“{title}”, {span_words(start, end)}, concerns {joined(list(parts))} at the same time."


def length_words(start: dt.datetime, end: dt.datetime) -> str:
    return duration_words(end - start)
