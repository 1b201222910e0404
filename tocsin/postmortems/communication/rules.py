"""Which incidents are reviewed, which lines of their timeline are walked, and when people meet again. Plain values only."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from tocsin.core.errors import Invalid

LOOK_BACK = dt.timedelta(days=30)
REGROUP_WEEKS, EVERY_MONTHS = 4, 3
_LONGEST = dt.timedelta(days=366)
_MOST_MONTHS = 12

KINDS: Mapping[str, str] = {"people": "People", "process": "Process", "technology": "Technology"}
PROMPTS: Mapping[str, str] = {
    "people": "Who was missing, did not know, or was asked too late?",
    "process": "What was agreed and not done, or never agreed?",
    "technology": "What did a tool not say, say wrongly, or make slow?",
}

WALKED = frozenset(
    {
        "alert.triggered",
        "page.acknowledged",
        "impact",
        "incident.declared",
        "incident.severity_changed",
        "incident.state_changed",
        "incident.role_taken",
        "incident.resolved",
        "question.asked",
        "question.answered",
        "reading.answered",
        "update.due",
        "update.held",
        "update.taken_back",
        "update.published",
    }
)
"""Lines that say who knew what, and who was told."""


class Line(Protocol):
    """What the walk needs to know of a line."""

    @property
    def at(self) -> dt.datetime: ...
    @property
    def event_name(self) -> str: ...


L = TypeVar("L", bound=Line)


def walk(lines: Iterable[L], last_words: dt.datetime | None) -> list[L]:
    """From the first alert (without one: from the beginning) to the last words to customers (without any: to the end), in order."""
    told = sorted((line for line in lines if line.event_name in WALKED), key=lambda line: line.at)
    alerts = [line.at for line in told if line.event_name == "alert.triggered"]
    first = alerts[0] if alerts else None
    return [line for line in told if (first is None or line.at >= first) and (last_words is None or line.at <= last_words)]


def regroup_day(wanted: dt.date | None, today: dt.date) -> dt.date:
    """The day on which people meet again, some weeks from today unless said. Raises Invalid."""
    return _ahead(wanted or today + dt.timedelta(weeks=REGROUP_WEEKS), today, "regroup_on")


def next_day(wanted: dt.date | None, today: dt.date, months: int) -> dt.date:
    """The day on which the next review is due. Raises Invalid."""
    if not 1 <= months <= _MOST_MONTHS:
        raise Invalid(f"Reviews come back every 1 to {_MOST_MONTHS} months.", field="every_months")
    return _ahead(wanted or months_on(today, months), today, "next_on")


def months_on(day: dt.date, months: int) -> dt.date:
    """The same day some months later; the last of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _ahead(day: dt.date, today: dt.date, field: str) -> dt.date:
    if not today < day <= today + _LONGEST:
        raise Invalid("Choose a day ahead, at most a year from now.", field=field)
    return day
