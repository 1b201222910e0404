"""`/api/v1/incidents/{key}/document`: the state document, its sections and their versions, its rows, as a file and back."""

from __future__ import annotations

from typing import Literal

from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.collab.documents import commands as documents
from tocsin.collab.documents import portable
from tocsin.collab.documents import queries as texts
from tocsin.collab.documents.models import Revision, Section, TableRow
from tocsin.collab.documents.queries import State
from tocsin.core.errors import NotFound
from tocsin.incidents import commands, permissions
from tocsin.incidents import queries as incidents
from tocsin.incidents.iterating import document
from tocsin.incidents.iterating import queries as work
from tocsin.incidents.models import Incident
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import iterating
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["documents"])

TableName = Literal["timeline"]
Format = Literal["markdown", "html"]
Cells = dict[str, str]


class SectionDocument(Schema):
    """One section as it is now; `version` is the last one that was kept."""

    slug: str
    heading: str
    text: str
    version: int
    updated_at: shapes.Instant
    updated_by: shapes.PersonRef | None


class RowDocument(Schema):
    """A row of the extended timeline. Changes and streams of work have addresses of their own below the incident."""

    id: str
    table: TableName
    cells: Cells
    author: shapes.PersonRef | None
    at: shapes.Instant


class StateDocument(Schema):
    """Everything in it. `number` counts what was ever typed."""

    id: str
    incident: str
    title: str
    number: int
    updated_at: shapes.Instant
    sections: list[SectionDocument]
    changes: list[iterating.ChangeDocument]
    streams: list[iterating.StreamDocument]
    rows: list[RowDocument]


class VersionDocument(Schema):
    """What a section said, and who wrote it."""

    version: int
    text: str
    writers: list[shapes.PersonRef]
    at: shapes.Instant


class SectionChange(shapes.Body):
    text: shapes.Prose


class RestoreBody(shapes.Body):
    version: int = Field(ge=2, lt=10_000_000)


class NewRow(shapes.Body):
    table: TableName = "timeline"
    cells: Cells = Field(max_length=20, description="Texts by column; a column left out stays empty.")


class RowChange(shapes.Body):
    cells: Cells = Field(max_length=20, description="A column left out stays as it is.")


class DocumentAsFile(Schema):
    format: Format
    text: str


class FileBody(shapes.Body):
    format: Format = "markdown"
    text: str = Field(max_length=portable.LIMIT)


class BroughtDocument(Schema):
    """What a file changed."""

    sections: int
    rows_added: int
    rows_changed: int


def _state(request: Request, wanted: str, *, write: bool = False) -> tuple[Incident, State]:
    incident = incidents.by_key(request.actor, wanted)
    if write:
        permissions.require_responder(request.actor, incident)
    state = texts.state(incident.id)
    if state is None:
        raise NotFound(f"{incident.key} has no state document yet; `set-up` makes it.")
    return incident, state


def _section(request: Request, wanted: str, slug: str, *, write: bool = False) -> Section:
    _, state = _state(request, wanted, write=write)
    found = next((one for one in state.sections if one.slug == slug), None)
    if found is None:
        raise NotFound(f"There is no section {slug[:40]}; there are {', '.join(one.slug for one in state.sections)}.")
    return found


def _row(request: Request, wanted: str, row_id: str, *, write: bool = False) -> TableRow:
    rows = (row for table in _state(request, wanted, write=write)[1].tables for row in table.rows)
    found = next((row for row in rows if row.id == row_id), None)
    if found is None:
        raise NotFound("There is no such row in this document.")
    return found


def _show_section(section: Section) -> SectionDocument:
    return SectionDocument(
        slug=section.slug,
        heading=section.heading,
        text=section.text,
        version=section.version,
        updated_at=section.updated_at,
        updated_by=shapes.person(section.updated_by),
    )


def _show_row(row: TableRow) -> RowDocument:
    return RowDocument(id=row.id, table=row.table, cells=row.cells, author=shapes.person(row.author), at=row.at)


def _show_version(revision: Revision) -> VersionDocument:
    people = {one.pk: one for one in [*revision.writers.all(), *([revision.author] if revision.author else [])]}
    writers = [one for one in map(shapes.person, sorted(people.values(), key=lambda one: one.name)) if one]
    return VersionDocument(version=revision.version, text=revision.text, writers=writers, at=revision.at)


@router.get("/{wanted}/document", response=StateDocument, auth=READS, summary="The state document with everything in it")
def get_document(request: Request, wanted: str) -> StateDocument:
    incident, state = _state(request, wanted)
    found = state.document
    return StateDocument(
        id=found.id,
        incident=found.subject,
        title=found.title,
        number=found.number,
        updated_at=found.updated_at,
        sections=[_show_section(one) for one in state.sections],
        changes=[iterating.show_change(one) for one in work.changes(request.actor, incident)],
        streams=[iterating.show_stream(one) for one in work.streams(request.actor, incident)],
        rows=[_show_row(row) for table in state.tables for row in table.rows],
    )


@router.get("/{wanted}/document/sections/{section}", response=SectionDocument, auth=READS, summary="One section, by its slug")
def get_section(request: Request, wanted: str, section: str) -> SectionDocument:
    return etags.one(request, _show_section(_section(request, wanted, section)))


@router.patch("/{wanted}/document/sections/{section}", response=SectionDocument, auth=RESPONDS, summary="Write a section")
def write_section(request: Request, wanted: str, section: str, body: SectionChange) -> SectionDocument:
    found = _section(request, wanted, section, write=True)
    etags.require_current(request, _show_section(found))
    saved = documents.save_section(request.actor, found, body.text, version=found.version, now=request.now)
    return etags.one(request, _show_section(saved))


@router.get(
    "/{wanted}/document/sections/{section}/versions",
    response=lists.Page[VersionDocument],
    auth=READS,
    summary="Every version of a section, newest first",
)
def list_versions(request: Request, wanted: str, section: str, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    rows = texts.revisions(_section(request, wanted, section))
    return lists.page(rows, "-version", limit=limit, cursor=cursor, show=lambda found: [_show_version(one) for one in found])


@router.post(
    "/{wanted}/document/sections/{section}/restore",
    response=SectionDocument,
    auth=RESPONDS,
    summary="Let a section say again what it said",
)
def restore_section(request: Request, wanted: str, section: str, body: RestoreBody) -> SectionDocument:
    found = _section(request, wanted, section, write=True)
    return etags.one(request, _show_section(documents.restore(request.actor, found, body.version, now=request.now)))


@router.post("/{wanted}/document/rows", response={201: RowDocument}, auth=RESPONDS, summary="Add a row to a table")
def add_row(request: Request, wanted: str, body: NewRow) -> Status:
    _, state = _state(request, wanted, write=True)
    row = documents.add_row(request.actor, state.document, body.table, body.cells, now=request.now)
    return Status(201, etags.one(request, _show_row(row)))


@router.get("/{wanted}/document/rows/{row_id}", response=RowDocument, auth=READS, summary="One row")
def get_row(request: Request, wanted: str, row_id: str) -> RowDocument:
    return etags.one(request, _show_row(_row(request, wanted, row_id)))


@router.patch("/{wanted}/document/rows/{row_id}", response=RowDocument, auth=RESPONDS, summary="Change a row")
def change_row(request: Request, wanted: str, row_id: str, body: RowChange) -> RowDocument:
    row = _row(request, wanted, row_id, write=True)
    etags.require_current(request, _show_row(row))
    return etags.one(request, _show_row(documents.change_row(request.actor, row, body.cells, now=request.now)))


@router.get("/{wanted}/document/export", response=DocumentAsFile, auth=READS, summary="The document as a file")
def export_document(request: Request, wanted: str, format: Format = "markdown") -> DocumentAsFile:
    incident, state = _state(request, wanted)
    carried = document.carried(request.actor, incident, state, request.now)
    return DocumentAsFile(format=format, text=(portable.to_html if format == "html" else portable.to_markdown)(carried))


@router.post("/{wanted}/document/import", response=BroughtDocument, auth=RESPONDS, summary="Bring a file back in")
def import_document(request: Request, wanted: str, body: FileBody) -> BroughtDocument:
    incident, state = _state(request, wanted, write=True)
    read = portable.from_html if body.format == "html" else portable.from_markdown
    brought = commands.bring_in_document(request.actor, incident, read(body.text, document.shape(state)), now=request.now)
    return BroughtDocument(sections=brought.sections, rows_added=brought.added, rows_changed=brought.changed)
