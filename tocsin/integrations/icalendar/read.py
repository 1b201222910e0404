"""Absences out of somebody's calendar, within a window of time and within limits of work.

Whoever may add a calendar may hand in anything. So only what lies in the window is worked out, rules that repeat within a day
are refused, and so are those that may never find a day; what is left has a deadline.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from tocsin.core import clock
from tocsin.core.text import texts
from tocsin.integrations.icalendar.tidy import tidy
from tocsin.oncall import rules
from tocsin.oncall.ports import TimeAway, Unreadable

MOST_ABSENCES = 2000
_SECONDS = 4.0
_OLDEST = 1600
_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
_RARE = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
"""With short steps these can go on for ever without a day that fits."""
_one_at_a_time = threading.Lock()
"""The library keeps the zones of all calendars in one place; and two worked out at once are slower than one by one."""


def absences(raw: bytes, *, zone: str, since: dt.datetime, until: dt.datetime) -> list[TimeAway]:
    """What a calendar holds of this time, the earliest first. Raises Unreadable."""
    with _one_at_a_time:
        try:
            return _absences(tidy(raw, zone), zone, since, until)
        except Unreadable:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError, RecursionError) as error:
            raise Unreadable(f"This calendar is broken: {texts.shorten(' '.join(str(error).split()), 120)}.") from error


def _absences(text: str, zone: str, since: dt.datetime, until: dt.datetime) -> list[TimeAway]:
    import icalendar
    from icalendar.timezone import tzp

    ends = clock.monotonic() + _SECONDS
    try:
        calendar = icalendar.Calendar.from_ical(text)
        found = {away for series in _series(calendar.walk("VEVENT")) for away in _occurrences(series, zone, since, until, ends)}
    finally:
        tzp.use_default()  # forgets the zones of this calendar
    if len(found) > MOST_ABSENCES:
        raise Unreadable(f"It holds more than {MOST_ABSENCES:,} absences. Give a calendar of absences only.")
    return sorted(found, key=lambda away: (away.start, away.end, away.uid))


def _series(events: Iterable[Any]) -> list[list[Any]]:
    """Events with the exceptions to their repetition."""
    by_uid = defaultdict(list)
    for event in events:
        if event.errors:
            name, words = event.errors[0]
            raise Unreadable(f"This calendar is broken: {name or 'an event'} cannot be read ({texts.shorten(str(words), 80)}).")
        _check(event)
        by_uid[str(event["UID"])].append(event)
    return list(by_uid.values())


def _occurrences(series: list[Any], zone: str, since: dt.datetime, until: dt.datetime, ends: float) -> Iterator[TimeAway]:
    import icalendar
    import recurring_ical_events

    if clock.monotonic() > ends:
        raise Unreadable("It takes too long to work out. Give a calendar of absences only.")
    part = icalendar.Calendar()
    for event in series:
        part.add_component(event)
    for number, one in enumerate(recurring_ical_events.of(part).between(since, until)):
        if number > MOST_ABSENCES:
            raise Unreadable(f"It holds more than {MOST_ABSENCES:,} absences. Give a calendar of absences only.")
        away = _away(one, zone)
        if away is not None and away.end > since and away.start < until:
            yield away


def _away(event: Any, zone: str) -> TimeAway | None:
    """None for what was called off, takes no time, or leaves the person free."""
    start, end = event["DTSTART"].dt, event["DTEND"].dt if "DTEND" in event else None
    days = not isinstance(start, dt.datetime)
    if end is None:
        end = start + dt.timedelta(days=1 if days else 0)
    all_day = days or str(event.get("X-MICROSOFT-CDO-ALLDAYEVENT", "")).upper() == "TRUE"
    free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT" and not all_day
    if free or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    begins, over = _instant(start, zone), _instant(end, zone)
    summary = texts.shorten(" ".join(_printable(str(event.get("SUMMARY", ""))).split()), 200)
    return TimeAway(begins, over, summary, _printable(str(event["UID"]))[:200]) if over > begins else None


def _instant(at: dt.date | dt.datetime, zone: str) -> dt.datetime:
    if not isinstance(at, dt.datetime):
        return rules.instant_of(dt.datetime.combine(at, dt.time()), zone)
    if at.tzinfo is None:
        return rules.instant_of(at, zone)
    return at.astimezone(clock.UTC)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _check(event: Any) -> None:
    """Raises Unreadable for an event whose repetition is not made for days, or could be looked for in vain until the year 9999."""
    if "DTSTART" not in event:
        raise Unreadable("This calendar is broken: an event has no start.")
    year = event["DTSTART"].dt.year
    if not _OLDEST <= year <= 2200:
        raise Unreadable(f"An event is in the year {year}.")
    given = event.get("RRULE", [])
    for rule in given if isinstance(given, list) else [given]:
        _check_rule(rule)


def _check_rule(rule: Any) -> None:
    often = str(rule.get("FREQ", [""])[0]).upper()
    times = [len(rule.get(name, [])) or 1 for name in ("BYHOUR", "BYMINUTE", "BYSECOND")]
    if often in _OFTEN or times[0] * times[1] * times[2] > 24:
        raise Unreadable("An event repeats more often than daily. Give a calendar of absences only.")
    if any(int(interval) < 1 for interval in rule.get("INTERVAL", [1])):
        raise Unreadable("An event repeats at an interval of nothing.")
    if often in {"DAILY", "WEEKLY"} and any(name in rule for name in _RARE):
        raise Unreadable(f"An event repeats {often.lower()} by a rule that is not understood. Say it by months or years.")
