"""Work that comes again: a part of what RRULE of RFC 5545 says, kept in the zone in which it was meant. Pure.

`FREQ=WEEKLY;INTERVAL=2;BYDAY=SU` or `FREQ=MONTHLY;BYDAY=1SU` or `FREQ=MONTHLY;BYMONTHDAY=15`, each with `COUNT=6` or
`UNTIL=20271231` or neither. Nothing else is taken: what cannot be said in a sentence cannot be checked by whoever plans.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tocsin.core.errors import Invalid
from tocsin.oncall.rules import instant_of

AHEAD = dt.timedelta(days=92)
"""So far ahead the times of a series are made; one that is still to come always is."""

WEEKLY, MONTHLY = "WEEKLY", "MONTHLY"
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PLACES = frozenset({1, 2, 3, 4, -1})
"""Of a weekday in a month, -1 the last one."""
_MOST = {"INTERVAL": 24, "COUNT": 500}
_PLACED = re.compile(r"(-?\d)([A-Z]{2})")
_UNDERSTOOD = "Write FREQ=WEEKLY;BYDAY=SU, FREQ=MONTHLY;BYDAY=1SU or FREQ=MONTHLY;BYMONTHDAY=15, with INTERVAL, COUNT or UNTIL."


@dataclass(frozen=True, slots=True)
class Repeat:
    """How work comes again: on weekdays of a week, on one weekday of a month (`place`), or on a day of the month."""

    freq: str
    interval: int = 1
    days: tuple[str, ...] = ()
    place: int = 0
    month_day: int = 0
    count: int = 0
    until: dt.date | None = None

    def __str__(self) -> str:
        parts = [f"FREQ={self.freq}"]
        parts += [f"INTERVAL={self.interval}"] if self.interval > 1 else []
        parts += [f"BYDAY={','.join(f'{self.place or str()}{day}' for day in self.days)}"] if self.days else []
        parts += [f"BYMONTHDAY={self.month_day}"] if self.month_day else []
        parts += [f"COUNT={self.count}"] if self.count else []
        parts += [f"UNTIL={self.until:%Y%m%d}T235959"] if self.until else []
        return ";".join(parts)


def read(text: str) -> Repeat:
    """What a rule says. Raises Invalid (`rule`) for anything beyond the part that is understood."""
    given = _pairs(text)
    freq = given.pop("FREQ", "")
    if freq not in {WEEKLY, MONTHLY}:
        raise _wrong("Only weekly and monthly work comes again.")
    days, place = _days(given.pop("BYDAY", ""), freq)
    month_day = _whole(given.pop("BYMONTHDAY", ""), "BYMONTHDAY", 28) if freq == MONTHLY else 0
    if bool(days) == bool(month_day):
        raise _wrong("Say on which day: BYDAY, or for a month BYDAY with its place or BYMONTHDAY from 1 to 28.")
    interval = _whole(given.pop("INTERVAL", "1"), "INTERVAL", _MOST["INTERVAL"])
    count, until = _whole(given.pop("COUNT", ""), "COUNT", _MOST["COUNT"]), _date(given.pop("UNTIL", ""))
    if count and until:
        raise _wrong("Say COUNT or UNTIL, not both.")
    if given:
        raise _wrong(f"{', '.join(given)} is not understood.")
    return Repeat(freq, interval, days, place, month_day, count, until)


def _pairs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for piece in text.strip().upper().removeprefix("RRULE:").strip(";").split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value or name in found:
            raise _wrong("")
        found[name] = value
    return found


def _days(text: str, freq: str) -> tuple[tuple[str, ...], int]:
    named = text.split(",") if text else []
    if freq == WEEKLY:
        if any(day not in DAYS for day in named) or len(set(named)) != len(named):
            raise _wrong("BYDAY of a week names days such as SA,SU.")
        return tuple(day for day in DAYS if day in named), 0
    if not named:
        return (), 0
    found = _PLACED.fullmatch(named[0])
    if len(named) > 1 or found is None or found[2] not in DAYS or int(found[1]) not in PLACES:
        raise _wrong("BYDAY of a month names one day with its place, such as 1SU or -1FR.")
    return (found[2],), int(found[1])


def _whole(text: str, name: str, most: int) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= most):
        raise _wrong(f"{name} is a whole number from 1 to {most}.")
    return int(text)


def _date(text: str) -> dt.date | None:
    if not text:
        return None
    wrong = _wrong("UNTIL is the last day, such as 20271231.")
    if not re.fullmatch(r"\d{8}(T\d{6}Z?)?", text, re.ASCII):
        raise wrong
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        raise wrong from None


def _wrong(words: str) -> Invalid:
    return Invalid(f"{words} {_UNDERSTOOD}".strip(), field="rule")


def starts(repeat: Repeat, first_on: dt.date, at_time: dt.time, zone: str) -> Iterator[dt.datetime]:
    """When each time begins, in UTC, from the first that fits. A wall time that the clocks skip is the moment of the jump."""
    from dateutil.rrule import rrulestr  # only whoever plans such work pays for it

    for wall in rrulestr(f"RRULE:{repeat}", dtstart=dt.datetime.combine(first_on, at_time)):
        yield instant_of(wall, zone)


@dataclass(frozen=True, slots=True)
class Made:
    """What is to be made now of a series: number and start of each time, how many were looked at then, when to look again."""

    times: tuple[tuple[int, dt.datetime], ...]
    looked_at: int
    again_at: dt.datetime | None


def to_make(found: Iterable[dt.datetime], made: int, length: dt.timedelta, ahead: dt.datetime | None, now: dt.datetime) -> Made:
    """Of these starts, of which the first `made` were looked at before; `ahead` is the last of them that is still to come.

    Times that are over are left out: nobody was told of them.
    """
    times: list[tuple[int, dt.datetime]] = []
    number = made
    for start in itertools.islice(found, made, None):
        if ahead is not None and start > now + AHEAD:
            return Made(tuple(times), number, min(start - AHEAD, ahead))
        number += 1
        if start + length > now:
            times.append((number, start))
            ahead = start if start > now else ahead
    return Made(tuple(times), number, None)


ONCE, EVERY_WEEK, SAME_WEEKDAY, SAME_DATE = "once", "week", "weekday", "date"
CHOICES: Mapping[str, str] = {
    ONCE: "Once",
    EVERY_WEEK: "By weeks, on this weekday",
    SAME_WEEKDAY: "By months, on this weekday of the month",
    SAME_DATE: "By months, on this day of the month",
}
"""How people say it who do not write rules: from the day on which it begins."""


def like(choice: str, first_on: dt.date, *, interval: int = 1, count: int = 0, until: dt.date | None = None) -> Repeat:
    """The rule for one of `CHOICES` but once, from its first day. The fifth Sunday of a month is taken as its last."""
    day = DAYS[first_on.weekday()]
    if choice == EVERY_WEEK:
        return Repeat(WEEKLY, interval, (day,), count=count, until=until)
    if choice == SAME_WEEKDAY:
        place = (first_on.day - 1) // 7 + 1
        return Repeat(MONTHLY, interval, (day,), place if place in PLACES else -1, count=count, until=until)
    if first_on.day > 28:
        raise Invalid("Not every month has this day. Choose the weekday of the month, or a day from 1 to 28.", field="rule")
    return Repeat(MONTHLY, interval, month_day=first_on.day, count=count, until=until)
