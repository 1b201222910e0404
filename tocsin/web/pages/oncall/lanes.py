"""A calendar as lanes of cells: shifts laid on days of one zone, in slots of some hours. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tocsin.oncall.queries import Shift

FORTNIGHT, MONTH = 14, 35
SLOTS = {FORTNIGHT: 8, MONTH: 4}
"""How finely a day is drawn: shorter shifts are in the list below the calendar."""
_LANE, _LETTER, _EDGES = 1008, 7.5, 14
"""Pixels: the narrowest lane of a whole calendar, a letter of a label, and what a box leaves beside its words."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The days a calendar shows, and the zone in which they begin and end."""

    days: tuple[dt.date, ...]
    zone: dt.tzinfo

    @classmethod
    def of(cls, first: dt.date, count: int, zone: dt.tzinfo) -> Sheet:
        return cls(tuple(first + dt.timedelta(days=number) for number in range(count)), zone)

    @property
    def slots(self) -> int:
        return SLOTS[len(self.days)]

    @property
    def width(self) -> int:
        return self.slots * len(self.days)

    def letters(self, span: int) -> float:
        """How many letters fit into a box of so many slots."""
        return (span * _LANE / self.width - _EDGES) / _LETTER

    @property
    def since(self) -> dt.datetime:
        return dt.datetime.combine(self.days[0], dt.time(), self.zone).astimezone(dt.UTC)

    @property
    def until(self) -> dt.datetime:
        return dt.datetime.combine(self.days[-1] + dt.timedelta(days=1), dt.time(), self.zone).astimezone(dt.UTC)

    def column(self, instant: dt.datetime) -> int:
        """The slot whose beginning is nearest on the clock of the zone."""
        wall = instant.astimezone(self.zone)
        days = (wall.date() - self.days[0]).days
        part = (wall.hour * 3600 + wall.minute * 60 + wall.second) * self.slots / 86_400
        return min(max(days * self.slots + round(part), 0), self.width)


@dataclass(frozen=True, slots=True)
class Cell:
    """`span` slots wide. `kind`: `me`, `gap`, `over` (nobody on purpose), `other`, or empty for a hole."""

    span: int
    kind: str = ""
    label: str = ""
    title: str = ""


def lane(shifts: Iterable[Shift], sheet: Sheet, names: Mapping[str, str], *, me: str) -> list[Cell]:
    """One row of the calendar, holes filled; a shift too short to be drawn gives way to its neighbours."""
    cells: list[Cell] = []
    at = 0
    for shift in shifts:
        start, end = max(sheet.column(shift.start), at), sheet.column(shift.end)
        if end <= start:
            continue
        if start > at:
            cells.append(Cell(start - at))
        cells.append(_cell(shift, end - start, sheet.letters(end - start), names, me))
        at = end
    if at < sheet.width:
        cells.append(Cell(sheet.width - at))
    return cells


def _cell(shift: Shift, span: int, letters: float, names: Mapping[str, str], me: str) -> Cell:
    if not shift.people:
        return Cell(span, "gap", "Gap") if shift.gap else Cell(span, "over", "nobody" if span > 2 else "–", "Nobody, on purpose")
    whole = " and ".join("you" if person == me else names.get(person, person) for person in shift.people)
    return Cell(span, "me" if me in shift.people else "other", _label(shift.people, letters, names, me), whole)


def _label(people: Iterable[str], letters: float, names: Mapping[str, str], me: str) -> str:
    """Everybody in the box as long as it has room: the whole names, the first names, else the initials."""
    forms = [_forms(names.get(one, one), mine=one == me) for one in people]
    labels = [" + ".join(words) for words in zip(*forms, strict=True)]
    return next((label for label in labels if len(label) <= letters), labels[-1])


def _forms(name: str, *, mine: bool) -> tuple[str, str, str]:
    words = name.split() or ["?"]
    return f"{words[0]}, you" if mine else name, words[0], "".join(word[0] for word in words[:2])
