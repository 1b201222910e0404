"""How times, lengths, states and numbers are put into words. Pure."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tocsin.core.text.calendars import ENGLISH, Calendar

MINUTE, HOUR, DAY = 60, 3600, 86400


class State(NamedTuple):
    """How a state looks: classes of the sheet, symbol of the sprite, word."""

    classes: str
    shape: str
    word: str


STATES = {
    "triggered": State("st open", "open", "Triggered"),
    "acknowledged": State("st ack", "ack", "Acknowledged"),
    "resolved": State("st done", "done", "Resolved"),
    "suppressed": State("st off", "off", "Recorded only"),
    "waiting": State("st", "clock", "Waiting"),
    "sent": State("st", "pass", "Sent"),
    "cancelled": State("st off", "off", "Not needed any more"),
    "failed": State("st open", "open", "Failed"),
    "undelivered": State("st open", "open", "Undelivered"),
    "due": State("st due", "clock", "Due"),
    "gap": State("st gap", "gap", "Nobody"),
    "pending": State("st open", "open", "Pending"),
    "fixing": State("st ack", "ack", "Fixing"),
    "open": State("st", "sev3", "Open"),
    "done": State("st done", "done", "Done"),
    "dropped": State("st off", "off", "Dropped"),
    "draft": State("st", "pen", "Draft"),
    "in_approval": State("st due", "eye", "In approval"),
    "approved": State("st done", "done", "Approved"),
    "published": State("st done", "done", "Published"),
}

URGENCIES = {
    "high": ("sev2", "sev2", "High"),
    "low": ("sev3", "sev3", "Low"),
    "none": ("dim", "off", "Recorded"),
}


_WEEK = ENGLISH.week


def hour(instant: dt.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """`02:14`."""
    there = instant.astimezone(zone)
    return f"{there.hour:02}:{there.minute:02}"


def date(there: dt.date) -> str:
    """`Thu 19 Nov`."""
    return ENGLISH.date(there)


def universal(instant: dt.datetime, calendar: Calendar = ENGLISH) -> str:
    """`Thu 19 Nov 2026, 01:41:00 UTC`."""
    there = instant.astimezone(dt.UTC)
    return f"{calendar.date(there)} {there.year}, {there.hour:02}:{there.minute:02}:{there.second:02} UTC"


def full(instant: dt.datetime, zone: zoneinfo.ZoneInfo, now: dt.datetime, calendar: Calendar = ENGLISH) -> str:
    """`Thu 19 Nov, 02:41`, with the year when it is not this one."""
    there, here = instant.astimezone(zone), now.astimezone(zone)
    year = "" if there.year == here.year else f" {there.year}"
    return f"{calendar.date(there)}{year}, {there.hour:02}:{there.minute:02}"


def clock(instant: dt.datetime, zone: zoneinfo.ZoneInfo, now: dt.datetime, calendar: Calendar = ENGLISH) -> str:
    """The hour alone today, with the day otherwise."""
    same_day = instant.astimezone(zone).date() == now.astimezone(zone).date()
    return hour(instant, zone) if same_day else full(instant, zone, now, calendar)


def near(instant: dt.datetime, zone: zoneinfo.ZoneInfo, now: dt.datetime) -> str:
    """`02:14` today, `Fri 18:00` within six days, else with the date."""
    there = instant.astimezone(zone)
    distance = (there.date() - now.astimezone(zone).date()).days
    return f"{there:%a %H:%M}" if 0 < distance < 7 else clock(instant, zone, now)


def day(instant: dt.datetime, zone: zoneinfo.ZoneInfo, now: dt.datetime, calendar: Calendar = ENGLISH) -> str:
    """`today`, `yesterday`, `tomorrow`, or `Fri 20 Nov`."""
    there = instant.astimezone(zone).date()
    distance = (there - now.astimezone(zone).date()).days
    return calendar.around.get(distance) or full(instant, zone, now, calendar).rpartition(",")[0]


def span(length: dt.timedelta) -> str:
    """`40 s`, `27 min`, `7 h`, `39 h`, `3 d`: one number, cut down, as one says it."""
    seconds = int(abs(length.total_seconds()))
    if seconds < 2 * MINUTE:
        return f"{seconds} s"
    if seconds < 2 * HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR} h"
    return f"{seconds // DAY} d"


def age(instant: dt.datetime, now: dt.datetime) -> str:
    """`12 s ago` or `in 3 min`."""
    return f"{span(now - instant)} ago" if instant <= now else f"in {span(instant - now)}"


def city(zone: str) -> str:
    """The place a zone is named after."""
    return zone.rpartition("/")[2].replace("_", " ")


def week_hours(windows: Iterable[Mapping[str, Any]]) -> str:
    """Hours of the week as `Rotation.windows` holds them: `Mon–Fri 22:00–06:00, Sat–Sun`. Whole days have no hours."""
    return ", ".join(
        _week_days(one["days"]) + (f" {one['from']}–{one['to']}" if one["from"] != one["to"] else "") for one in windows
    )


def _week_days(days: Iterable[int]) -> str:
    runs: list[list[int]] = []
    for day in sorted(set(days)):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_WEEK[run[0]] + (f"–{_WEEK[run[-1]]}" if len(run) > 1 else "") for run in runs)


def plural(count: int, one: str, many: str = "") -> str:
    """`1 alert`, `3 alerts`, `1,208 alerts`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


_SPELLED = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


def spelled(count: int, one: str, many: str = "") -> str:
    """As `plural`, at the start of a sentence: `One alert`, `Twelve alerts`, `13 alerts`."""
    said = plural(count, one, many)
    return f"{_SPELLED[count]} {said.partition(' ')[2]}" if 0 <= count < len(_SPELLED) else said


def listed(names: list[str]) -> str:
    """`Ana`, `Ana and Ben`, `Ana, Ben and Mei`."""
    return " and ".join([part for part in (", ".join(names[:-1]), *names[-1:]) if part])
