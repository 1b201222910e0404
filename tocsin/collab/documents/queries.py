"""Reading documents: everything in one, a replica as it is or was, what came since, and who wrote.

The caller has made sure that the actor may see the subject.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog
from django.db.models import Q, QuerySet

from tocsin.collab import rules
from tocsin.collab.documents.encoding import Unreadable
from tocsin.collab.documents.models import Document, Revision, Section, TableRow, Update
from tocsin.collab.documents.replica import Broken, Replica
from tocsin.core.errors import NotFound
from tocsin.core.store.prepared import Prepared

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Held:
    """A document in memory: the replica, and the number of the latest update in it."""

    document: str
    replica: Replica
    number: int


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


_document = Prepared(lambda subject: Document.objects.filter(subject=subject))
_sections = Prepared(lambda document: Section.objects.filter(document=document).select_related("updated_by"))
_rows = Prepared(lambda document: TableRow.objects.filter(document=document).select_related("author"))


def document(subject: str) -> Document | None:
    """The state document of a subject, None before it is opened."""
    return _document.first(subject)


def state(subject: str) -> State | None:
    """The document with sections and tables in three queries; None before it is opened."""
    found = document(subject)
    if found is None:
        return None
    sections, rows = tuple(_sections(found.id)), tuple(_rows(found.id))
    tables = tuple(
        Table(name, table.title, table.columns, tuple(row for row in rows if row.table == name))
        for name, table in rules.TABLES.items()
    )
    return State(found, sections, tables, {heading.slug: heading.hint for heading in rules.STATE_DOCUMENT.headings})


def section(subject: str, slug: str) -> Section | None:
    """One section of a subject's document by its slug."""
    return Section.objects.select_related("document", "updated_by").filter(document__subject=subject, slug=slug).first()


def load(document: str, *, upto: int | None = None) -> Held:
    """The document as the store has it, or had it after update number `upto`. Three queries.

    An update that cannot be applied is passed over and stays where it is, for repair.
    """
    slugs = Section.objects.filter(document=document).values_list("slug", flat=True)
    held = Held(document, Replica(slugs), 0)
    snapshots = Document(pk=document).snapshots.order_by("-number")
    begin = (snapshots if upto is None else snapshots.filter(number__lte=upto)).first()
    if begin is not None and _takes(held, begin.number, bytes(begin.data)) is None:
        held = Held(document, Replica(slugs), 0)
    catch_up(held, upto=upto)
    return held


def catch_up(held: Held, *, upto: int | None = None) -> list[bytes]:
    """Take in what the store has beyond; the updates that brought something. One query."""
    rows = Update.objects.filter(document=held.document, number__gt=held.number)
    if upto is not None:
        rows = rows.filter(number__lte=upto)
    found = []
    for number, data in rows.order_by("number").values_list("number", "data"):
        brought = _takes(held, number, bytes(data))
        if brought:
            found.append(brought)
    return found


def _takes(held: Held, number: int, update: bytes) -> bytes | None:
    """What a stored update brought; None when it cannot be applied."""
    held.number = number
    try:
        return held.replica.apply(update).update
    except (Unreadable, Broken) as fault:
        log.error("a stored update cannot be applied", document=held.document, number=number, reason=str(fault))
        return None


def numbers(documents: Iterable[str]) -> dict[str, int]:
    """How far each document goes. One query."""
    return dict(Document.objects.filter(pk__in=list(documents)).values_list("pk", "number"))


def by_id(document: str) -> Document | None:
    """The document, None when there is none."""
    return Document.objects.filter(pk=document).first()


def paused(before: dt.datetime, begun_before: dt.datetime) -> list[str]:
    """Documents with text that no revision holds, typed last before the one or begun before the other instant."""
    rows = Document.objects.filter(typed_at__isnull=False).filter(Q(typed_at__lte=before) | Q(typed_since__lte=begun_before))
    return list(rows.values_list("pk", flat=True)[:100])


def writers(section: Section, after: int) -> Sequence[str]:
    """Ids of the people who wrote in a section after an update number, each once, the latest last."""
    rows = Update.objects.filter(
        document=section.document_id, number__gt=after, sections__contains=f",{section.slug},", author__isnull=False
    )
    latest_first = rows.order_by("-number").values_list("author_id", flat=True)
    return list(reversed(dict.fromkeys(str(author) for author in latest_first)))


def revision(section: Section, version: int) -> Revision:
    """One version of a section. Raises NotFound."""
    found = section.revisions.filter(version=version).first()
    if found is None:
        raise NotFound(f"“{section.heading}” has no version {version}.")
    return found


def revisions(section: Section) -> QuerySet[Revision]:
    """Every version of a section, newest first, with all who wrote it. Two queries."""
    return section.revisions.select_related("author").prefetch_related("writers").order_by("-version")
