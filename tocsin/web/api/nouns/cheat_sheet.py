"""`/api/v1/cheat-sheet`, and how it stands on one incident."""

from __future__ import annotations

from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.directory import agreed
from tocsin.incidents import commands, queries
from tocsin.incidents.models import Incident, SheetItem, SheetSection
from tocsin.incidents.queries import CheckLine, CheckPart
from tocsin.web.api import shapes
from tocsin.web.api.scopes import CONFIGURES, READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["cheat sheet"])
of_incidents = Router(tags=["cheat sheet"])


class ItemDocument(Schema):
    """A line of the sheet."""

    id: str
    text: str
    link: str
    every_minutes: int | None = Field(description="How often it comes back while an incident is fixed.")


class SheetSectionDocument(Schema):
    slug: str
    title: str
    text: str
    items: list[ItemDocument]


class SheetDocument(Schema):
    sections: list[SheetSectionDocument]


class ChecklistLine(Schema):
    """A line on one incident."""

    item: str
    text: str
    url: str | None
    state: str = Field(description="open, done or skipped.")
    by: str
    at: shapes.Instant | None
    reason: str
    seen: bool = Field(description="Nobody ticked it, Tocsin sees that it is done.")
    due_at: shapes.Instant | None = Field(description="When a periodic line is due.")
    due: bool


class ChecklistPart(Schema):
    section: str
    title: str
    lines: list[ChecklistLine]


class ChecklistDocument(Schema):
    parts: list[ChecklistPart]
    open: int


class SheetSectionChange(shapes.Body):
    """What is left out stays as it is."""

    title: shapes.Line | None = None
    text: shapes.Prose | None = None


class NewItem(shapes.Body):
    section: shapes.Named
    text: shapes.Line
    link: shapes.Named = ""
    every_minutes: int | None = Field(None, ge=0, le=1440)


class ItemChange(shapes.Body):
    """What is left out stays as it is; 0 minutes: it does not come back."""

    text: shapes.Line | None = None
    link: shapes.Named | None = None
    every_minutes: int | None = Field(None, ge=0, le=1440)


class ItemBody(shapes.Body):
    item: shapes.Named


class SkipBody(ItemBody):
    reason: shapes.Line


class KindBody(shapes.Body):
    kind: shapes.Named = Field(description="chat, video, documents, state_document or ticket.")


class FallbackDocument(Schema):
    kind: str
    name: str
    link: str
    since: shapes.Instant


class FallbacksDocument(Schema):
    """The backup systems that the incident works in."""

    items: list[FallbackDocument]


def _item(item: SheetItem) -> ItemDocument:
    return ItemDocument(id=item.id, text=item.text, link=item.link, every_minutes=item.every_minutes)


def _section(section: SheetSection) -> SheetSectionDocument:
    lines = [_item(item) for item in section.items.all() if item.removed_at is None]
    return SheetSectionDocument(slug=section.slug, title=section.title, text=section.text, items=lines)


def _line(line: CheckLine) -> ChecklistLine:
    url = (shapes.address(line.path) if line.path.startswith("/") else line.path) or None
    return ChecklistLine(
        item=line.item.id,
        text=line.text,
        url=url,
        state=line.state,
        by=line.who,
        at=line.at,
        reason=line.reason,
        seen=line.seen,
        due_at=line.due_at,
        due=line.is_due,
    )


def _part(part: CheckPart) -> ChecklistPart:
    return ChecklistPart(section=part.section.slug, title=part.section.title, lines=[_line(line) for line in part.lines])


def _checklist(request: Request, incident: Incident) -> ChecklistDocument:
    parts = queries.checklist(request.actor, incident, request.now)
    return ChecklistDocument(parts=[_part(part) for part in parts], open=sum(part.left for part in parts))


def _fallbacks(request: Request, incident: Incident) -> FallbacksDocument:
    rows = queries.fallbacks(request.actor, incident)
    return FallbacksDocument(items=[FallbackDocument(kind=one.kind, name=one.name, link=one.link, since=one.since) for one in rows])


@router.get("", response=SheetDocument, auth=READS, summary="The cheat sheet of incident managers")
def get_sheet(request: Request) -> SheetDocument:
    return SheetDocument(sections=[_section(section) for section in queries.sheet()])


@router.post("/items", response={201: ItemDocument}, auth=CONFIGURES, summary="Add a line to every checklist")
def add_item(request: Request, body: NewItem) -> Status:
    section = queries.sheet_section(body.section)
    item = commands.add_item(request.actor, section, body.text, link=body.link, every_minutes=body.every_minutes, now=request.now)
    return Status(201, _item(item))


@router.post("/items/{item}/change", response=ItemDocument, auth=CONFIGURES, summary="Change a line on every checklist")
def change_item(request: Request, item: str, body: ItemChange) -> ItemDocument:
    fields = {name: value for name, value in body.model_dump().items() if value is not None}
    return _item(commands.change_item(request.actor, queries.sheet_item(item), now=request.now, **fields))


@router.post("/items/{item}/remove", response=ItemDocument, auth=CONFIGURES, summary="Take a line off the sheet")
def remove_item(request: Request, item: str) -> ItemDocument:
    found = queries.sheet_item(item)
    commands.remove_item(request.actor, found, now=request.now)
    return _item(found)


@router.post("/sections/{section}/change", response=SheetSectionDocument, auth=CONFIGURES, summary="Reword a section")
def change_section(request: Request, section: str, body: SheetSectionChange) -> SheetSectionDocument:
    commands.set_section(request.actor, queries.sheet_section(section), title=body.title, text=body.text, now=request.now)
    return _section(queries.sheet_section(section))


@of_incidents.get("/{wanted}/checklist", response=ChecklistDocument, auth=READS, summary="The checklist of an incident")
def get_checklist(request: Request, wanted: str) -> ChecklistDocument:
    return _checklist(request, queries.by_key(request.actor, wanted))


@of_incidents.post("/{wanted}/tick", response=ChecklistDocument, auth=RESPONDS, summary="Tick a line of the checklist")
def tick(request: Request, wanted: str, body: ItemBody) -> ChecklistDocument:
    incident = queries.by_key(request.actor, wanted)
    commands.tick(request.actor, incident, queries.sheet_item(body.item), now=request.now)
    return _checklist(request, incident)


@of_incidents.post("/{wanted}/skip", response=ChecklistDocument, auth=RESPONDS, summary="Skip a line, with a reason")
def skip(request: Request, wanted: str, body: SkipBody) -> ChecklistDocument:
    incident = queries.by_key(request.actor, wanted)
    commands.skip(request.actor, incident, queries.sheet_item(body.item), body.reason, now=request.now)
    return _checklist(request, incident)


@of_incidents.post("/{wanted}/untick", response=ChecklistDocument, auth=RESPONDS, summary="Open a line again")
def untick(request: Request, wanted: str, body: ItemBody) -> ChecklistDocument:
    incident = queries.by_key(request.actor, wanted)
    commands.untick(request.actor, incident, queries.sheet_item(body.item), now=request.now)
    return _checklist(request, incident)


@of_incidents.get("/{wanted}/fallbacks", response=FallbacksDocument, auth=READS, summary="Backup systems in use")
def get_fallbacks(request: Request, wanted: str) -> FallbacksDocument:
    return _fallbacks(request, queries.by_key(request.actor, wanted))


@of_incidents.post("/{wanted}/mark-down", response=FallbacksDocument, auth=RESPONDS, summary="The primary is down: use the backup")
def mark_down(request: Request, wanted: str, body: KindBody) -> FallbacksDocument:
    incident = queries.by_key(request.actor, wanted)
    commands.mark_down(request.actor, incident, agreed.backup_system(body.kind), now=request.now)
    return _fallbacks(request, incident)


@of_incidents.post("/{wanted}/mark-up", response=FallbacksDocument, auth=RESPONDS, summary="The primary works again")
def mark_up(request: Request, wanted: str, body: KindBody) -> FallbacksDocument:
    incident = queries.by_key(request.actor, wanted)
    commands.mark_up(request.actor, incident, body.kind, now=request.now)
    return _fallbacks(request, incident)
