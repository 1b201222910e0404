"""What a state document consists of, and what its tables hold. Plain values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.core.errors import Invalid
from tocsin.core.text import texts

MESSAGE_LIMIT = 8_000
SECTION_LIMIT = 60_000
CELL_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Heading:
    """A section as the template has it; `hint` says what belongs there."""

    slug: str
    title: str
    hint: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name in `cells` and its words for people."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Template:
    """The sections a new document starts with."""

    name: str
    headings: tuple[Heading, ...]


STATE_DOCUMENT = Template(
    name="state document",
    headings=(
        Heading("customers_see", "What customers see", "In their words: what fails, for how many, what still works."),
        Heading("we_know", "What we know", "Facts with the time they were seen."),
        Heading("we_try", "What we try", "Who tries what, and what we expect from it."),
        Heading("decisions", "Decisions", "What was decided, when, and why."),
        Heading("open_questions", "Open questions", "What nobody knows yet. Unknown is an answer."),
    ),
)

TABLES: Mapping[str, tuple[Column, ...]] = {
    "changes": (
        Column("who", "Who"),
        Column("what", "What"),
        Column("when", "When"),
        Column("how", "How"),
        Column("why", "Why"),
        Column("revert", "How to revert"),
    ),
    "streams": (
        Column("stream", "Stream of work"),
        Column("who", "Who"),
        Column("now", "Doing now"),
        Column("next", "Next"),
    ),
    "timeline": (
        Column("when", "When"),
        Column("what", "What happened"),
        Column("who", "Who or what saw it"),
    ),
}
"""The tables of every state document by the word stored in `TableRow.table`."""

TABLE_TITLES: Mapping[str, str] = {"changes": "Changes", "streams": "Streams of work", "timeline": "Extended timeline"}


def row_cells(table: str, cells: Mapping[str, str]) -> dict[str, str]:
    """The cells of a row, every column present. Raises Invalid for an unknown table or column, or when nothing is said."""
    columns = TABLES.get(table)
    if columns is None:
        raise Invalid(f"A state document has the tables {', '.join(TABLES)}; there is no {table}.", field="table")
    names = [column.name for column in columns]
    for name in cells:
        if name not in names:
            raise Invalid(f"The table {table} has no column {name}; it has {', '.join(names)}.", field="cells")
    filled = {name: texts.prose(cells.get(name, ""), field=name, limit=CELL_LIMIT) for name in names}
    if not any(filled.values()):
        raise Invalid("Write something into at least one column.", field="cells")
    return filled


def still_to_say(table: str, cells: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns that should not stay empty: whoever changes something is asked how to take it back."""
    wanted = {"changes": ("revert",)}.get(table, ())
    return tuple(column for column in TABLES.get(table, ()) if column.name in wanted and not cells.get(column.name, "").strip())
