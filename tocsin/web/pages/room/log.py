"""The log of a room as a page shows it: lines with their messages, what is new, one tab at a time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tocsin.collab import queries as rooms
from tocsin.collab.queries import Said
from tocsin.incidents.queries import TimelineLine
from tocsin.web.forms.typed import whole

SHOWN = 20
"""Lines at first, more than a window shows. A browser draws what it is given before it shows any of it."""
TABS = (("everything", "Everything"), ("key-events", "Key events"), ("talk", "Talk"), ("alerts", "Alerts"))
RUNS = {"document.section_saved": "{} times saved", "incident.item_ticked": "{} lines ticked"}


@dataclass(frozen=True, slots=True)
class Row:
    """A line and the message behind it, if any. Above the row that is `read` stands what its reader has not seen yet."""

    line: TimelineLine
    said: Said | None
    read: bool = False

    @property
    def at(self) -> dt.datetime:
        return self.line.at

    @property
    def anchor(self) -> str:
        """What an address ends with to show this row: `#msg_…`."""
        return self.line.message or f"e{self.line.id}"


def rows(lines: Sequence[TimelineLine], reader: str, place: int | None = None) -> list[Row]:
    """These lines, newest first, with their messages as `reader` (a person's id) sees them. At most four queries."""
    said = rooms.said([line.message for line in lines if line.message], reader)
    border = _border(lines, reader, place)
    return [Row(line, said.get(line.message), number == border) for number, line in enumerate(lines)]


def _border(lines: Sequence[TimelineLine], reader: str, place: int | None) -> int | None:
    """The number of the newest line that was read, when somebody else wrote one above it."""
    if place is None:
        return None
    fresh = [line.position is None or line.position > place for line in lines]
    border = next((number for number, new in enumerate(fresh) if not new), None)
    if not border or all(line.actor_id == reader for line in lines[:border]):
        return None
    return border


def of_tab(lines: list[TimelineLine], tab: str, before: str) -> tuple[list[TimelineLine], int | None]:
    """The lines of one tab, newest first, and from where older ones follow."""
    if tab == "key-events":
        lines = [line for line in lines if is_key(line)]
    elif tab == "talk":
        lines = [line for line in lines if is_talk(line)]
    else:
        lines = list(_merged(lines))
    start = 0
    if whole(before) is not None:
        start = next((place + 1 for place, line in enumerate(lines) if line.id == whole(before)), 0)
    page = lines[start : start + SHOWN]
    return page, page[-1].id if len(lines) > start + SHOWN else None


def _merged(lines: Iterable[TimelineLine]) -> Iterator[TimelineLine]:
    """Sections saved, or lines ticked, one after the other are one line: the document and the checklist have them all."""
    for name, run in itertools.groupby(lines, key=lambda line: line.event_name):
        same = list(run)
        if name in RUNS and len(same) > 1:
            yield dataclasses.replace(same[0], text=RUNS[name].format(len(same)))
        else:
            yield from same


def is_key(line: TimelineLine) -> bool:
    """What turned the incident, and what somebody starred."""
    return (line.group == "key" and not line.quiet) or line.starred


def is_talk(line: TimelineLine) -> bool:
    """What people said to each other."""
    return line.event_name == "message.posted"
