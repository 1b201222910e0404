"""What a file holds, whichever format it has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from tocsin.collab import rules
from tocsin.collab.documents.models import Document, Section, TableRow

HEADINGS = {heading.slug: heading.title for heading in rules.STATE_DOCUMENT.headings}
INTRODUCTION = "State document, carried out {at}. Tocsin reads it back: keep the headings, the columns and the ids of the rows."


@dataclass(frozen=True, slots=True)
class CarriedRow:
    """A row; `id`, `author` and `at` are empty for one that somebody wrote into the file."""

    table: str
    cells: dict[str, str]
    id: str = ""
    author: str = ""
    at: dt.datetime | None = None


@dataclass(slots=True)
class Carried:
    """A document: `sections` maps slugs to texts, `headings` slugs to their words."""

    title: str = ""
    at: str = ""
    sections: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    rows: list[CarriedRow] = field(default_factory=list)

    def of(self, table: str) -> list[CarriedRow]:
        return [row for row in self.rows if row.table == table]


def carry(document: Document, sections: Iterable[Section], rows: Iterable[TableRow], now: dt.datetime) -> Carried:
    """A document out of its rows."""
    kept = list(sections)
    return Carried(
        document.title,
        stamp(now),
        {one.slug: one.text for one in kept},
        {one.slug: one.heading for one in kept},
        [CarriedRow(one.table, one.cells, one.pk, one.author.name if one.author else "", one.at) for one in rows],
    )


def stamp(at: dt.datetime | None) -> str:
    """RFC 3339 in UTC, to the microsecond, so that the order of rows survives."""
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if at else ""


def instant(text: str) -> dt.datetime | None:
    """What `stamp` wrote; None for anything else."""
    try:
        read = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return read.astimezone(dt.UTC) if read.tzinfo else None
