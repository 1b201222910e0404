"""Instants typed as words: `18:00`, `Sat 18:00`, `in 30 min`, `20 min ago`, `21 Nov 18:00`, `2026-11-21 18:00 UTC`.

Native pickers follow the browser's locale and are ambiguous, so every time is typed as text, understood here in the reader's
zone unless the words name another, and echoed as a whole sentence before anything depends on it. Pure: the present instant is
an argument.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import zoneinfo
from zoneinfo import ZoneInfo

from tocsin.core import clock
from tocsin.incidents.rules import duration_words
from tocsin.oncall.rules import instant_of

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_TIME = r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::\d{2})?"
_SPAN = re.compile(r"(\d{1,5})\s*(s|m|h|d)[a-z]*\.?", re.ASCII)
_FORMS = (
    re.compile(rf"^{_TIME}$", re.ASCII),
    re.compile(rf"^(?P<word>today|tomorrow|yesterday)\s*,?\s*(?:at\s+)?{_TIME}$", re.ASCII),
    re.compile(rf"^(?P<weekday>{'|'.join(_DAYS)})[a-z]*\.?\s*,?\s*(?:at\s+)?{_TIME}$", re.ASCII),
    re.compile(
        rf"^(?:(?:{'|'.join(_DAYS)})[a-z]*\.?,?\s+)?(?P<day>\d{{1,2}})\.?\s+(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
        rf"(?:\s+(?P<year>\d{{4}}))?\s*,?\s*(?:at\s+)?{_TIME}$",
        re.ASCII,
    ),
    re.compile(rf"^(?P<year>\d{{4}})-(?P<mon>\d{{2}})-(?P<day>\d{{2}})[ t]+{_TIME}$", re.ASCII),
)
EXAMPLES = "Write it as 18:00, Sat 18:00, 21 Nov 18:00 or 20 min ago."


def understand(text: str, *, zone: str, now: dt.datetime, past: bool) -> dt.datetime:
    """The instant meant by `text`, aware UTC, to the minute unless counted from now.

    A time without a date is the nearest such one in the past or in the future, as `past` says. Raises ValueError with a
    sentence for the person who typed.
    """
    words = " ".join(text.lower().split())[:60]
    relative = _relative(words, now, past)
    if relative is not None:
        return relative
    if re.search(r"(z|[+-]\d{2}:\d{2})$", words):
        try:
            return clock.parse(text)
        except (ValueError, OverflowError):
            raise ValueError(f"“{text[:40]}” is not a time. {EXAMPLES}") from None
    rest, named = _named_zone(words)
    for form in _FORMS:
        match = form.match(rest)
        if match:
            return _absolute(match.groupdict(), named or ZoneInfo(zone), now, past, text)
    raise ValueError(f"“{text[:40]}” is not a time. {EXAMPLES}")


def moved(text: str, instant: dt.datetime, zone: str) -> str:
    """`02:30 does not exist that night; taken as 03:00.` where the clocks jumped over what was typed, else nothing."""
    rest, named = _named_zone(" ".join(text.lower().split())[:60])
    match = next((found for found in (form.match(rest) for form in _FORMS) if found), None)
    if match is None:
        return ""
    local, meant = instant.astimezone(named or ZoneInfo(zone)), (int(match["hour"]), int(match["minute"]))
    if (local.hour, local.minute) == meant:
        return ""
    return f"{meant[0]:02}:{meant[1]:02} does not exist that night; taken as {local:%H:%M}."


def _named_zone(words: str) -> tuple[str, ZoneInfo | None]:
    """`18:00 utc` and `18:00 europe/vienna` without their last word, and the zone that it names; None: the reader's own."""
    rest, _, last = words.rpartition(" ")
    if rest and (last == "utc" or "/" in last):
        name = _zones().get(last)
        if name:
            return rest, ZoneInfo(name)
    return words, None


@functools.cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in zoneinfo.available_timezones()}


def _relative(words: str, now: dt.datetime, past: bool) -> dt.datetime | None:
    if words == "now":
        return now
    bare = words.removeprefix("in ").removesuffix(" ago").strip()
    spans = _SPAN.findall(bare)
    if not spans or _SPAN.sub("", bare).replace("and", "").strip(" ,"):
        return None
    seconds = sum(int(count) * _UNITS[unit] for count, unit in spans)
    if words.endswith(" ago"):
        past = True
    elif words.startswith("in "):
        past = False
    return now + dt.timedelta(seconds=-seconds if past else seconds)


def _absolute(parts: dict[str, str | None], zone: ZoneInfo, now: dt.datetime, past: bool, text: str) -> dt.datetime:
    today = now.astimezone(zone).date()
    try:
        time = dt.time(int(parts["hour"] or 0), int(parts["minute"] or 0))
        days = _days(parts, today)
        found = [instant_of(dt.datetime.combine(day, time), zone.key) for day in days]
    except (ValueError, OverflowError):
        raise ValueError(f"“{text[:40]}” is not on the calendar. {EXAMPLES}") from None
    if len(found) == 1:
        return found[0]
    if past:
        return max((one for one in found if one <= now), default=found[0])
    return min((one for one in found if one > now), default=found[-1])


def _days(parts: dict[str, str | None], today: dt.date) -> list[dt.date]:
    """The dates that may be meant, oldest first: one when the date was said."""
    word, weekday = parts.get("word"), parts.get("weekday")
    if word:
        return [today + dt.timedelta(days={"yesterday": -1, "today": 0, "tomorrow": 1}[word])]
    if weekday:
        return [day for day in _around(today, 7) if day.weekday() == _DAYS.index(weekday)]
    if not parts.get("day"):
        return _around(today, 1)
    month = int(parts["mon"] or 0) if parts.get("mon") else _MONTHS.index(parts["month"] or "") + 1
    if parts.get("year"):
        return [dt.date(int(parts["year"] or 0), month, int(parts["day"] or 0))]
    return [dt.date(year, month, int(parts["day"] or 0)) for year in (today.year - 1, today.year, today.year + 1)]


def _around(today: dt.date, reach: int) -> list[dt.date]:
    return [today + dt.timedelta(days=step) for step in range(-reach, reach + 1)]


def typed(instant: dt.datetime | None, zone: str, now: dt.datetime) -> str:
    """How to pre-fill a field with an instant so that `understand` reads the same one back: `21 Nov 2026 18:00`."""
    if instant is None:
        return ""
    local = instant.astimezone(ZoneInfo(zone))
    if local.date() == now.astimezone(ZoneInfo(zone)).date():
        return f"today {local:%H:%M}"
    return f"{local.day} {local:%b %Y %H:%M}"


def sentence(instant: dt.datetime, zone: str, now: dt.datetime) -> str:
    """`Sat 21 Nov 2026, 18:00 in Vienna (17:00 UTC), in 19 min`: what was understood, in full."""
    local = instant.astimezone(ZoneInfo(zone))
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    away = duration_words(abs(instant - now))
    day = f"{local:%a} {local.day} {local:%b %Y}, {local:%H:%M}"
    where = "UTC" if zone == "UTC" else f"in {place} ({instant.astimezone(dt.UTC):%H:%M} UTC)"
    return f"{day} {where}, {away + ' ago' if instant < now else 'in ' + away}"
