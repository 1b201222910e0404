"""How a case of the time rules is written, what it means to the rules, and how the documentation shows it.

The cases stand in `clock_table`; `docs/build.py` makes docs/users/time-rules.md from them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from tocsin.oncall.rules import Change, LayerRule, OverrideRule, ScheduleRule, Slot, Window, seconds, wall_seconds

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
GAP, NOBODY = "-", "nobody"


class Rota(NamedTuple):
    """One layer in the words of the page: `Rota("Europe/Berlin", "2026-03-27 02:30", "1 day", "ana ben cho")`.

    Members separated by a blank follow one another, those joined by `+` share a turn. `hours` is like `Mon-Fri 09:00-17:00`, a
    change like `2026-01-20 ana ben`, `until` an instant in UTC.
    """

    zone: str
    first: str
    length: str
    members: str
    hours: str = ""
    changes: tuple[str, ...] = ()
    by_calendar: bool = False
    anchor: str = "date"
    until: str = ""

    def rule(self, name: str) -> LayerRule:
        """The same as the rules take it."""
        lengths, unit = self.length.split()
        return LayerRule(
            name,
            self.zone,
            wall(self.first),
            unit if unit.endswith("s") else f"{unit}s",
            tuple(int(length) for length in lengths.split("+")),
            slots(self.members),
            tuple(Change(wall(change[:10]), slots(change[10:])) for change in self.changes),
            (window(self.hours),) if self.hours else (),
            self.by_calendar,
            self.anchor,
            until=utc(self.until) if self.until else None,
        )

    def words(self) -> str:
        """The same as the page shows it."""
        text = f"{self.zone}, from {self.first}, {self.length} each: {self.members or 'no members'}"
        text += {"date": "", "weekday": "; on the same weekday of the month", "workday": "; on the first working day"}[self.anchor]
        text += f"; only {self.hours}" if self.hours else ""
        text += "; turns by calendar" if self.by_calendar else ""
        text += "".join(f"; from {change[:10]}: {change[11:]}" for change in self.changes)
        return text + (f"; until {self.until} UTC" if self.until else "")


class Instead(NamedTuple):
    """An override in UTC: of the final row, or of the layer with this number (from 1, the lowest). `people` may be `nobody`."""

    people: str
    start: str
    end: str
    layer: int = 0

    def words(self) -> str:
        place = f" in layer {self.layer}" if self.layer else ""
        return f"{self.people} instead{place}, {self.start} to {self.end} UTC"


class Case(NamedTuple):
    """`says` holds instants in UTC and who is on call then: `2026-03-29 00:59:59 ben, 01:00 cho`; a date stays until the next."""

    why: str
    says: str
    layers: tuple[Rota, ...]
    overrides: tuple[Instead, ...] = ()
    absent: tuple[str, ...] = ()

    def rule(self) -> ScheduleRule:
        """The schedule that the case is about."""
        return ScheduleRule(
            tuple(rota.rule(str(number)) for number, rota in enumerate(self.layers, 1)),
            tuple(
                OverrideRule(f"o{number}", people(one.people), utc(one.start), utc(one.end), str(one.layer or ""))
                for number, one in enumerate(self.overrides)
            ),
            tuple((text.split()[0], utc(text.split(maxsplit=1)[1])) for text in self.absent),
        )

    def answers(self) -> Iterator[tuple[int, str]]:
        """Instants (seconds) and who is on call: names joined by `+`, `-` for a gap, `nobody` for nobody on purpose."""
        date = ""
        for text in self.says.split(", "):
            *day, time, who = text.split()
            date = day[0] if day else date
            yield utc(f"{date} {time}"), who

    def words(self) -> str:
        """The rota as the page shows it."""
        parts = [rota.words() for rota in self.layers]
        parts = [f"layer {number}: {part}" for number, part in enumerate(parts, 1)] if len(parts) > 1 else parts
        parts += [one.words() for one in self.overrides]
        return "<br>".join([*parts, *(f"absent: {text.replace(' ', ' from ', 1)} UTC" for text in self.absent)])


def wall(text: str) -> int:
    return wall_seconds(dt.datetime.fromisoformat(text))


def utc(text: str) -> int:
    return seconds(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC))


def people(text: str) -> Slot:
    return () if text in (GAP, NOBODY) else tuple(text.split("+"))


def slots(text: str) -> tuple[Slot, ...]:
    return tuple(people(entry) for entry in text.split())


def window(text: str) -> Window:
    """`Mon-Fri 09:00-17:00` as a rule."""
    days, hours = text.split()
    first, last = (DAYS.index(day) for day in (days.split("-") * 2)[:2])
    start, end = (wall(f"1970-01-01 {time}") for time in hours.split("-"))
    return Window(tuple(range(first, last + 1)), start, end)


def tables(table: dict[str, tuple[Case, ...]]) -> str:
    """The cases as the page shows them."""
    lines: list[str] = []
    for topic, cases in table.items():
        lines += [f"## {topic}\n", "| rota | on call, instants in UTC | why |", "|---|---|---|"]
        lines += [f"| {case.words()} | {case.says.replace(', ', '<br>')} | {case.why} |" for case in cases]
        lines.append("")
    return "\n".join(lines)
