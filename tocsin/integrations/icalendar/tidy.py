"""From what calendar programs write to the few lines that matter, every zone by a name that is known.

Only the properties that say when somebody is away are kept: descriptions, guests, attachments and alarms are dropped before
anything parses them. A zone is looked for in the tz database, among the names of Microsoft, and in what the file says of it.
A zone that only the file knows gets a name made from its content, so that two files never share one by accident.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from tocsin.oncall import rules
from tocsin.oncall.ports import MOST_BYTES, Unreadable

MOST_EVENTS = 5000
_MOST_VALUES = 20_000
_MOST_ZONE_LINES = 200
_TIMES = {"DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID"}
_KEPT = _TIMES | {"UID", "DURATION", "RRULE", "SUMMARY", "STATUS", "TRANSP", "SEQUENCE", "X-MICROSOFT-CDO-ALLDAYEVENT"}
_LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)', re.DOTALL)
_ZONE = re.compile(r';TZID=("[^"]*"|[^";:,]*)', re.IGNORECASE)
_DATE = re.compile(r"\d{8}(?:,\d{8})*")


def tidy(raw: bytes, zone: str) -> str:
    """One calendar of events and the zones that only it knows. Times without a zone get the calendar's, else `zone`."""
    lines = _unfolded(raw)
    known = Zones(_blocks(lines, "VTIMEZONE"))
    floating = next((known.plain(line.partition(":")[2]) for line in lines if line.upper().startswith("X-WR-TIMEZONE:")), "")
    events = []
    values = 0
    for number, block in enumerate(_blocks(lines, "VEVENT")):
        if number >= MOST_EVENTS:
            raise Unreadable(f"It holds more than {MOST_EVENTS:,} events. Give a calendar of absences only.")
        kept = list(_kept(block, known, floating or zone, number))
        values += sum(line.count(",") for line in kept if not line.startswith("SUMMARY"))
        events += ["BEGIN:VEVENT", *kept, "END:VEVENT"]
    if values > _MOST_VALUES:
        raise Unreadable("It holds too many single dates. Give a calendar of absences only.")
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tocsin//EN", *known.kept(), *events, "END:VCALENDAR", ""])


def _unfolded(raw: bytes) -> list[str]:
    if len(raw) > MOST_BYTES:
        raise Unreadable(f"It is larger than {MOST_BYTES // 1024 // 1024} MB. Give a calendar of absences only.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("This is not a calendar: it is not text in UTF-8.") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n ", "").replace("\n\t", "")
    lines = [line for line in text.replace("\x00", "").split("\n") if line.strip()]
    if not lines or lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise Unreadable("This is not a calendar: it does not begin with BEGIN:VCALENDAR.")
    if lines[-1].strip().upper() != "END:VCALENDAR":
        raise Unreadable("This calendar breaks off: it does not end with END:VCALENDAR.")
    return lines


def _blocks(lines: list[str], wanted: str) -> Iterator[list[str]]:
    """The lines within each component of this name. What lies deeper is a part of a zone, and of an event not of interest."""
    inside: list[str] = []
    block: list[str] = []
    for line in lines:
        mark, _, rest = line.partition(":")
        mark, name = mark.strip().upper(), rest.strip().upper()
        if mark == "BEGIN":
            inside.append(name)
        elif mark == "END" and (not inside or inside.pop() != name):
            raise Unreadable("This calendar is broken: its BEGIN and END lines do not match.")
        if mark == "END" and name == wanted:
            yield block
            block = []
        elif mark in {"BEGIN", "END"}:
            block += [line] if wanted == "VTIMEZONE" and wanted in inside and name != wanted else []
        elif inside[-1:] == [wanted] or (wanted == "VTIMEZONE" and wanted in inside):
            block.append(line)
    if inside:
        raise Unreadable("This calendar is broken: its BEGIN and END lines do not match.")


def _kept(block: list[str], zones: Zones, floating: str, number: int) -> Iterator[str]:
    named = False
    for line in block:
        name = re.split("[;:]", line, maxsplit=1)[0].upper()
        if name not in _KEPT:
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise Unreadable(f"This calendar is broken: a line of {name} cannot be read.")
        named = named or name == "UID"
        parameters, value = found[2], found[3]
        yield f"{name}{_placed(parameters, value, zones, floating)}:{value}" if name in _TIMES else f"{name}:{value}"
    if not named:
        yield f"UID:event-{number}"


def _placed(parameters: str, value: str, zones: Zones, floating: str) -> str:
    """The parameters of a time, with a zone that is known."""
    if _DATE.fullmatch(value.strip()):
        return ";VALUE=DATE"
    kind = ";VALUE=PERIOD" if "/" in value else ""
    if value.strip().upper().endswith("Z"):
        return kind
    given = _ZONE.search(parameters)
    return f"{kind};TZID={zones.name(given[1].strip(chr(34))) if given else floating}"


class Zones:
    """The zones of one calendar by the names it uses."""

    def __init__(self, blocks: Iterator[list[str]]) -> None:
        self._said = {_value(block, "TZID").strip('"'): block for block in blocks}
        self._own: dict[str, list[str]] = {}

    def plain(self, name: str) -> str:
        """The name in the tz database, or empty when it is not there."""
        from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

        parts = name.strip().strip("/").split("/")
        tried = [WINDOWS_TO_OLSON.get(name.strip(), ""), *("/".join(parts[start:]) for start in range(len(parts)))]
        return next((one for one in tried if one and rules.is_zone(one)), "")

    def name(self, given: str) -> str:
        """A name that will be understood. Raises Unreadable for a zone that nobody knows."""
        block = self._said.get(given, [])
        found = self.plain(given) or self.plain(_value(block, "X-LIC-LOCATION"))
        if found:
            return found
        if not block:
            raise Unreadable(f"It uses the time zone “{given[:60]}”, which is not known and which it does not explain.")
        _check_zone(given, block)
        own = "Own-" + hashlib.sha256("\n".join(block).encode()).hexdigest()[:24]
        self._own[own] = block
        return own

    def kept(self) -> Iterator[str]:
        """The lines of the zones that only this calendar knows."""
        for own, block in self._own.items():
            rest = [line for line in block if not line.upper().startswith(("TZID", "X-"))]
            yield from ("BEGIN:VTIMEZONE", f"TZID:{own}", *rest, "END:VTIMEZONE")


def _value(block: list[str], name: str) -> str:
    found = [line.partition(":")[2].strip() for line in block if re.split("[;:]", line, maxsplit=1)[0].upper() == name]
    return found[0] if found else ""


def _check_zone(name: str, block: list[str]) -> None:
    """Clocks change by the year. A zone that says anything else could not be worked out within a day."""
    repeated = [line.upper() for line in block if line.upper().startswith("RRULE")]
    odd = any("FREQ=YEARLY" not in rule or re.search("BYHOUR|BYMINUTE|BYSECOND|INTERVAL=0", rule) for rule in repeated)
    if odd or len(block) > _MOST_ZONE_LINES:
        raise Unreadable(f"Its time zone “{name[:60]}” is not one that a clock could follow.")
