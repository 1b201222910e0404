"""What a file holds, whichever format it has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tocsin.collab.documents.models import Document, Section, TableRow
from tocsin.collab.rules import TABLES, Table

INTRODUCTION = "State document, carried out {at}. Tocsin reads it back: keep the headings, the columns and the ids of the rows."


@dataclass(frozen=True, slots=True)
class Shape:
    """What a document consists of: the words of its sections by slug, and its tables. Some may be kept by a higher room."""

    headings: Mapping[str, str]
    tables: Mapping[str, Table]


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
    """A document: `sections` maps slugs to texts."""

    shape: Shape
    title: str = ""
    at: str = ""
    sections: dict[str, str] = field(default_factory=dict)
    rows: list[CarriedRow] = field(default_factory=list)

    def of(self, table: str) -> list[CarriedRow]:
        return [row for row in self.rows if row.table == table]


def shape_of(sections: Iterable[Section]) -> Shape:
    """A document with its own tables alone."""
    return Shape({one.slug: one.heading for one in sections}, TABLES)


def carry(document: Document, sections: Iterable[Section], rows: Iterable[TableRow], now: dt.datetime) -> Carried:
    """A document out of its own rows."""
    kept = list(sections)
    return Carried(
        shape_of(kept),
        document.title,
        stamp(now),
        {one.slug: one.text for one in kept},
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
