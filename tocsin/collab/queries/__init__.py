"""Reading rooms and documents. The caller has made sure that the actor may see the subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from tocsin.collab import rules
from tocsin.collab.models import Document, Message, Revision, Room, Section, ShortLink, TableRow
from tocsin.collab.queries.files import attachment, attachments, pieces
from tocsin.collab.queries.presence import Visitor, place, unread, unseen_mentions, visitors
from tocsin.collab.queries.talk import Changed, Quote, Reacted, Said, changed, message, quoted, said
from tocsin.core.errors import NotFound

__all__ = [
    "Changed",
    "Quote",
    "Reacted",
    "Said",
    "State",
    "Table",
    "Visitor",
    "attachment",
    "attachments",
    "changed",
    "document",
    "message",
    "messages",
    "pieces",
    "place",
    "quoted",
    "revisions",
    "room",
    "said",
    "section",
    "short_link",
    "short_link_to_change",
    "short_links",
    "state",
    "unread",
    "unseen_mentions",
    "visitors",
]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a document, ready to show: columns in order, rows with one text per column."""

    name: str
    title: str
    columns: tuple[rules.Column, ...]
    rows: tuple[TableRow, ...]

    @property
    def lines(self) -> list[tuple[TableRow, list[str]]]:
        """Each row with its cells in the order of the columns."""
        return [(row, [row.cells.get(column.name, "") for column in self.columns]) for row in self.rows]


@dataclass(frozen=True, slots=True)
class State:
    """A document with everything in it. `hints` says per section slug what belongs there."""

    document: Document
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    hints: dict[str, str]


def room(subject: str) -> Room | None:
    """The room of a subject, None before it is opened."""
    return Room.objects.filter(subject=subject).first()


def messages(room: Room, *, after: str | None = None, limit: int = 200) -> Sequence[Message]:
    """The latest messages in the order they were said; with `after` (a message id) only later ones."""
    rows = room.messages.select_related("author")
    if after:
        rows = rows.filter(pk__gt=after)
    return list(reversed(rows.order_by("-at", "-id")[:limit]))


def document(subject: str) -> Document | None:
    """The state document of a subject, None before it is opened."""
    return Document.objects.filter(subject=subject).first()


def state(subject: str) -> State | None:
    """The document with sections and tables in three queries; None before it is opened."""
    found = document(subject)
    if found is None:
        return None
    sections = tuple(found.sections.select_related("updated_by"))
    rows = tuple(found.rows.select_related("author"))
    tables = tuple(
        Table(name, rules.TABLE_TITLES[name], columns, tuple(row for row in rows if row.table == name))
        for name, columns in rules.TABLES.items()
    )
    return State(found, sections, tables, {heading.slug: heading.hint for heading in rules.STATE_DOCUMENT.headings})


def section(subject: str, slug: str) -> Section | None:
    """One section of a subject's document by its slug."""
    return Section.objects.select_related("document", "updated_by").filter(document__subject=subject, slug=slug).first()


def revisions(section: Section) -> QuerySet[Revision]:
    """Every version of a section, newest first, with its author."""
    return section.revisions.select_related("author").order_by("-version")


def short_link(name: str) -> ShortLink | None:
    """Where `/go/<name>` leads."""
    return ShortLink.objects.filter(name=name.lower()).first()


def short_link_to_change(name: str) -> ShortLink:
    """Raises NotFound."""
    found = short_link(name)
    if found is None:
        raise NotFound(f"There is no short link go/{name[:40]}.")
    return found


def short_links() -> QuerySet[ShortLink]:
    """All short links by name."""
    return ShortLink.objects.order_by("name")
