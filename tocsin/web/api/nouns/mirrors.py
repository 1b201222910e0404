"""`/api/v1/mirrors`: pages elsewhere that repeat ours; of an incident and of planned work what came of telling them, with Retry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.incidents import queries as incidents
from tocsin.statuspages.maintenance import queries as works
from tocsin.statuspages.mirrors import commands, queries
from tocsin.statuspages.mirrors.models import Mirror, MirrorCopy, MirroredEntry
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.scopes import CONFIGURES, READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["mirrors"])
results = Router(tags=["incidents"])
of_work = Router(tags=["maintenances"])

Audience = Literal["external", "internal"]
Address = Annotated[str, StringConstraints(max_length=2000)]
Key = Annotated[str, StringConstraints(max_length=1000)]
Parts = Annotated[
    dict[str, Annotated[str, StringConstraints(max_length=400)]],
    Field(max_length=500, description="Our parts, by id or name, to their name or id over there; left out: the same name."),
]


class MirrorDocument(shapes.Object):
    """A page elsewhere. Its key is never shown; `secret` is, once, where a signed call was just registered or got another one."""

    slug: str
    name: str
    kind: Literal["statuspage", "signed"]
    audience: Audience
    page: str = Field(description="Slug of the page here that it repeats.")
    address: str
    remote_page: str = Field(description="The id of a hosted page.")
    parts: dict[str, str] = Field(description="The ids of our parts to what they are called over there.")
    notifies: bool = Field(description="Whether the other side mails its own subscribers.")
    paused_at: shapes.Instant | None
    last_ok_at: shapes.Instant | None
    fault: str = Field(description="What it answered last, when that was no success.")
    fault_at: shapes.Instant | None
    quiet_until: shapes.Instant | None = Field(description="It asked to be left alone so long; nothing is told to it before.")
    secret: str | None = None


class NewMirror(shapes.Body):
    name: shapes.Line
    kind: Literal["statuspage", "signed"]
    audience: Audience
    page: shapes.Line = Field("", description="Slug of the page here that it repeats; left out: the first of the audience.")
    address: Address = Field(description="Of a hosted page the base of its API, such as https://api.example.com/v1.")
    remote_page: shapes.Line = ""
    key: Key = Field("", description="The API key of a hosted page. The secret of a signed call is made here.")
    parts: Parts = Field(default_factory=dict)
    notifies: bool = True


class MirrorChange(shapes.Body):
    """What is left out stays as it is. A hosted page that moves to another host needs its `key` again."""

    name: shapes.Line | None = None
    address: Address | None = None
    remote_page: shapes.Line | None = None
    key: Key | None = None
    parts: Parts | None = None
    notifies: bool | None = None


class CopyDocument(Schema):
    """What one page elsewhere is told once, and what came of it."""

    id: str
    mirror: str
    update: str | None = Field(
        description="The update that it carries: of an incident, or of planned work; null for a part and a test."
    )
    state: Literal["due", "leased", "done", "failed", "cancelled"]
    tries: int
    created_at: shapes.Instant
    sent_at: shapes.Instant | None
    due_at: shapes.Instant
    answer: str


class ResultDocument(Schema):
    """One update and what came of it on the pages elsewhere. A copy that is failed or cancelled can be tried again."""

    update: str
    page: Audience
    status: str
    at: shapes.Instant
    done: int
    failed: int
    unsent: int = Field(description="The page was switched off, or later words stood there already.")
    waiting: int
    copies: list[CopyDocument]


class ThereDocument(Schema):
    """What a page elsewhere says of the incident, as far as it confirmed it."""

    id: str
    mirror: str
    remote_id: str
    address: str
    status: str
    closed_at: shapes.Instant | None


class MirroredDocument(Schema):
    incident: str
    results: list[ResultDocument] = Field(description="Newest first.")
    there: list[ThereDocument]


def _document(mirror: Mirror, secret: str | None = None) -> MirrorDocument:
    plain = {name: getattr(mirror, name) for name in MirrorDocument.model_fields if name not in {"url", "secret", "page"}}
    return MirrorDocument(
        url=shapes.address(f"/admin/mirrors/{mirror.slug}"), secret=secret or None, page=mirror.page.slug, **plain
    )


def show_copies(rows: Iterable[MirrorCopy]) -> list[CopyDocument]:
    return [_copy(one) for one in rows]


def _copy(one: MirrorCopy) -> CopyDocument:
    plain = {name: getattr(one, name) for name in ("id", "tries", "created_at", "sent_at", "due_at")}
    answer = one.last_error or one.answer
    return CopyDocument(
        mirror=one.mirror.slug, update=one.update_id or one.of_work_id, state=one.work_state, answer=answer[:400], **plain
    )


def show_there(one: MirroredEntry) -> ThereDocument:
    plain = {name: getattr(one, name) for name in ("id", "remote_id", "address", "status", "closed_at")}
    return ThereDocument(mirror=one.mirror.slug, **plain)


def _result(one: queries.Told) -> ResultDocument:
    update, tally = one.update, one.tally
    return ResultDocument(
        update=update.id,
        page=update.entry.page.audience,
        status=update.status,
        at=update.at,
        done=tally.done,
        failed=tally.failed,
        unsent=tally.unsent,
        waiting=tally.waiting,
        copies=show_copies(one.copies),
    )


@router.get("", response=lists.Page[MirrorDocument], auth=READS, summary="Pages elsewhere by name; for administrators")
def list_mirrors(request: Request) -> dict:
    return {"items": [_document(one) for one in queries.mirrors(request.actor)], "next": None}


@router.post("", response={201: MirrorDocument}, auth=CONFIGURES, summary="Register a page elsewhere")
def create_mirror(request: Request, body: NewMirror) -> Status:
    return Status(201, _document(*commands.create_mirror(request.actor, **body.model_dump(), now=request.now)))


@router.get("/{wanted}", response=MirrorDocument, auth=READS, summary="One page elsewhere, by id or slug")
def get_mirror(request: Request, wanted: str) -> MirrorDocument:
    return etags.one(request, _document(queries.mirror(request.actor, wanted)))


@router.patch("/{wanted}", response=MirrorDocument, auth=CONFIGURES, summary="Change a page elsewhere")
def change_mirror(request: Request, wanted: str, body: MirrorChange) -> MirrorDocument:
    found = queries.mirror(request.actor, wanted)
    etags.require_current(request, _document(found))
    return etags.one(request, _document(commands.change_mirror(request.actor, found, **body.model_dump(), now=request.now)))


@router.post("/{wanted}/renew-secret", response=MirrorDocument, auth=CONFIGURES, summary="Another secret; shown once")
def renew_secret(request: Request, wanted: str) -> MirrorDocument:
    return _document(*commands.renew_key(request.actor, queries.mirror(request.actor, wanted), now=request.now))


@router.post("/{wanted}/try", response={202: CopyDocument}, auth=CONFIGURES, summary="Ask whether address and key are right")
def try_mirror(request: Request, wanted: str) -> Status:
    return Status(202, _copy(commands.try_mirror(request.actor, queries.mirror(request.actor, wanted), now=request.now)))


@router.post("/{wanted}/pause", response=MirrorDocument, auth=CONFIGURES, summary="Tell a page elsewhere nothing")
def pause_mirror(request: Request, wanted: str) -> MirrorDocument:
    return _document(commands.pause_mirror(request.actor, queries.mirror(request.actor, wanted), now=request.now))


@router.post("/{wanted}/resume", response=MirrorDocument, auth=CONFIGURES, summary="Tell a page elsewhere again")
def resume_mirror(request: Request, wanted: str) -> MirrorDocument:
    return _document(commands.resume_mirror(request.actor, queries.mirror(request.actor, wanted), now=request.now))


@router.post("/{wanted}/remove", response={204: None}, auth=CONFIGURES, summary="Use a page elsewhere no more")
def remove_mirror(request: Request, wanted: str) -> Status:
    commands.remove_mirror(request.actor, queries.mirror(request.actor, wanted), now=request.now)
    return Status(204, None)


@router.get("/{wanted}/copies", response=lists.Page[CopyDocument], auth=READS, summary="What it was told, newest first")
def list_copies(request: Request, wanted: str, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    rows = queries.copies_to(queries.mirror(request.actor, wanted)).order_by()
    return lists.page(rows, "-id", limit=limit, cursor=cursor, show=show_copies)


@results.get("/{wanted}/mirrored", response=MirroredDocument, auth=READS, summary="What came of telling pages elsewhere")
def get_mirrored(request: Request, wanted: str) -> MirroredDocument:
    incident = incidents.by_key(request.actor, wanted)
    found = [_result(one) for one in queries.told(incident)]
    return MirroredDocument(incident=incident.key, results=found, there=[show_there(one) for one in queries.there(incident)])


@results.post(
    "/{wanted}/mirrored/{copy_id}/retry", response={202: CopyDocument}, auth=RESPONDS, summary="Tell a page elsewhere again"
)
def retry_copy(request: Request, wanted: str, copy_id: str) -> Status:
    incident = incidents.by_key(request.actor, wanted)
    return Status(
        202, _copy(commands.retry(request.actor, incident, queries.copy(request.actor, incident, copy_id), now=request.now))
    )


@results.post("/{wanted}/mirrored/{there_id}/closed", response=ThereDocument, auth=RESPONDS, summary="It was closed there by hand")
def say_closed(request: Request, wanted: str, there_id: str) -> ThereDocument:
    incident = incidents.by_key(request.actor, wanted)
    return show_there(
        commands.say_closed(request.actor, incident, queries.entry(request.actor, incident, there_id), now=request.now)
    )


@of_work.get("/{wanted}/mirrored", response=lists.Page[CopyDocument], auth=READS, summary="What pages elsewhere were told of it")
def get_mirrored_work(request: Request, wanted: str) -> dict:
    return {"items": show_copies(queries.told_of_work(works.maintenance(wanted))), "next": None}


@of_work.post(
    "/{wanted}/mirrored/{copy_id}/retry", response={202: CopyDocument}, auth=RESPONDS, summary="Tell a page elsewhere again"
)
def retry_work(request: Request, wanted: str, copy_id: str) -> Status:
    work = works.maintenance(wanted)
    copy = queries.copy_of_work(request.actor, work, copy_id)
    return Status(202, _copy(commands.retry_work(request.actor, work, copy, now=request.now)))
