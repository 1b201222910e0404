"""What a state document consists of, what its tables hold, how people react and are named. Plain values only."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tocsin.core.errors import Invalid
from tocsin.core.text import texts

MESSAGE_LIMIT = 8_000
SECTION_LIMIT = 60_000
CELL_LIMIT = 1_000
FILES_LIMIT = 8
"""Files of one message."""

REACTIONS: Mapping[str, str] = {"seen": "Seen", "looking": "Looking", "agree": "Agree", "done": "Done", "thanks": "Thanks"}
"""What one can say about a message with one press. Words, not pictures: they read the same everywhere."""

PRESENT = dt.timedelta(seconds=150)
"""Whoever was heard of within this time is in the room; pages report every minute while they are looked at."""
REPORTED = dt.timedelta(seconds=30)
"""A report within this time after the last writes nothing, unless more was read."""

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_MENTION = re.compile(r"(?:(?<=[\s(\[,;:])|^)@(\w[\w.'-]*)")
"""At the beginning, or after what stands between words: mail addresses, paths and quoted code name nobody."""


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
class Table:
    """A table of a document: its name, its words for people, its columns."""

    name: str
    title: str
    columns: tuple[Column, ...]


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

TIMELINE = Table(
    name="timeline",
    title="Extended timeline",
    columns=(Column("when", "When"), Column("what", "What happened"), Column("who", "Who or what saw it")),
)

TABLES: Mapping[str, Table] = {TIMELINE.name: TIMELINE}
"""The tables of every state document by the word in `TableRow.table`. Changes and streams of work are rows of the incident."""


def row_cells(table: str, cells: Mapping[str, str]) -> dict[str, str]:
    """The cells of a row, every column present. Raises Invalid for an unknown table or column, or when nothing is said."""
    if table not in TABLES:
        raise Invalid(f"A state document has the tables {', '.join(TABLES)}; there is no {table}.", field="table")
    given = in_columns(TABLES[table], cells)
    filled = {name: texts.prose(text, field=name, limit=CELL_LIMIT) for name, text in given.items()}
    if not any(filled.values()):
        raise Invalid("Write something into at least one column.", field="cells")
    return filled


def in_columns(table: Table, cells: Mapping[str, str]) -> dict[str, str]:
    """The cells in the order of the columns, empty where nothing is given. Raises Invalid for a column that is not there."""
    names = [column.name for column in table.columns]
    for name in cells:
        if name not in names:
            raise Invalid(f"The table {table.name} has no column {name}; it has {', '.join(names)}.", field="cells")
    return {name: cells.get(name, "") for name in names}


def mentioned(text: str) -> list[str]:
    """The names that a message mentions, without `@`, each once, in order. Code and mail addresses mention nobody."""
    words = (word.rstrip(".-'") for word in _MENTION.findall(_CODE.sub(" ", text)))
    return list(dict.fromkeys(word for word in words if word))


def handle(name: str) -> str:
    """How a name is written after `@`: `Tomasz Zieliński` is `tomasz-zielinski`."""
    plain = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^\w]+", "-", letters.casefold()).strip("-")


def handles(name: str, email: str) -> set[str]:
    """Every way to name a person after `@`: full name, first name, last name, the beginning of the mail address."""
    whole = handle(name)
    return {whole, whole.split("-")[0], whole.rpartition("-")[2], handle(email.partition("@")[0])} - {""}


def read_place(read: int, before: int, last_at: dt.datetime, now: dt.datetime) -> int:
    """The position up to which nothing is new: where this stay began, or where the last one ended."""
    return before if now - last_at < PRESENT else read


def one_of(people: Iterable[tuple[str, str, str]], word: str) -> list[str]:
    """The ids among (id, name, mail) that `word` may mean; whoever it names in full goes before who only shares a part."""
    wanted, rows = handle(word), list(people)
    exact = [key for key, name, email in rows if wanted == handle(name) or word.casefold() == email.casefold()]
    return exact or [key for key, name, email in rows if wanted in handles(name, email)]
