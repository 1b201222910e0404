"""`/api/v1/postmortems`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from django.http import HttpResponse
from ninja import Router, Status
from pydantic import Field

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.core.ids import is_id
from tocsin.incidents import queries as incidents
from tocsin.postmortems import commands, queries
from tocsin.postmortems.models import Postmortem
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import people
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["postmortems"])


class PostmortemDocument(shapes.Object):
    """What happened, why, and what follows."""

    incident: str = Field(description="The key of the incident.")
    state: Literal["draft", "in_approval", "approved", "published"]
    owner: shapes.PersonRef
    suggested_approver: shapes.PersonRef | None = Field(
        description="Whom to ask to approve: the owner of the service, else a manager of its team; null: nobody is known."
    )
    title: str
    summary: str
    impact: str
    mitigation: str
    causes: str
    timeline: str
    references: str
    state_changed_at: shapes.Instant
    version: int


class NewPostmortem(shapes.Body):
    incident: shapes.Named
    owner: shapes.Named | None = Field(None, description="Id or mail address; null: you.")


class PostmortemChange(shapes.Body):
    """What is left out stays as it is."""

    title: shapes.Line | None = None
    summary: shapes.Prose | None = None
    impact: shapes.Prose | None = None
    mitigation: shapes.Prose | None = None
    causes: shapes.Prose | None = None
    timeline: shapes.Prose | None = None
    references: shapes.Prose | None = None
    owner: shapes.Named | None = None


def show(postmortems: Iterable[Postmortem]) -> list[PostmortemDocument]:
    return [_document(postmortem) for postmortem in postmortems]


def _document(postmortem: Postmortem) -> PostmortemDocument:
    key = postmortem.incident.key
    return PostmortemDocument(
        id=postmortem.id,
        url=shapes.address(f"/{key}/postmortem"),
        created_at=postmortem.created_at,
        updated_at=postmortem.updated_at,
        incident=key,
        state=postmortem.state,
        owner=shapes.PersonRef(id=postmortem.owner.id, name=postmortem.owner.name),
        suggested_approver=shapes.person(queries.suggested_approver(postmortem)),
        title=postmortem.title,
        summary=postmortem.summary,
        impact=postmortem.impact,
        mitigation=postmortem.mitigation,
        causes=postmortem.causes,
        timeline=postmortem.timeline,
        references=postmortem.references,
        state_changed_at=postmortem.state_changed_at,
        version=postmortem.version,
    )


def _find(actor: Actor, wanted: str) -> Postmortem:
    """By its own id, or by the key or id of its incident. Raises NotFound."""
    if is_id(wanted, "pm"):
        return queries.by_id(actor, wanted)
    found = queries.by_incident(actor, incidents.by_key(actor, wanted))
    if found is None:
        raise NotFound("This incident has no postmortem yet.")
    return found


def _one(request: Request, postmortem: Postmortem) -> PostmortemDocument:
    return etags.one(request, _document(queries.by_id(request.actor, postmortem.id)))


@router.get("", response=lists.Page[PostmortemDocument], auth=READS, summary="List postmortems, newest first")
def list_postmortems(request: Request, state: str = "", q: str = "", limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    rows = queries.postmortems(request.actor, state=state or None, q=q[:200])
    return lists.page(rows, "-id", limit=limit, cursor=cursor, show=show)


@router.post("", response={201: PostmortemDocument}, auth=RESPONDS, summary="Start a postmortem; the draft comes filled")
def start_postmortem(request: Request, body: NewPostmortem) -> Status:
    try:
        incident = incidents.by_key(request.actor, body.incident)
    except NotFound as error:
        raise Invalid(error.detail, field="incident") from None
    owner = people.find(body.owner or request.actor.id, field="owner")
    return Status(201, _one(request, commands.start(request.actor, incident, owner=owner, now=request.now)))


@router.get("/{wanted}", response=PostmortemDocument, auth=READS, summary="One postmortem, by id or key of its incident")
def get_postmortem(request: Request, wanted: str) -> PostmortemDocument:
    return _one(request, _find(request.actor, wanted))


@router.get("/{wanted}/text", auth=READS, summary="The postmortem as Markdown")
def get_text(request: Request, wanted: str) -> HttpResponse:
    return HttpResponse(queries.export(_find(request.actor, wanted)), content_type="text/markdown; charset=utf-8")


@router.patch("/{wanted}", response=PostmortemDocument, auth=RESPONDS, summary="Change a postmortem")
def change_postmortem(request: Request, wanted: str, body: PostmortemChange) -> PostmortemDocument:
    postmortem = _find(request.actor, wanted)
    etags.require_current(request, _document(postmortem))
    fields = body.model_dump(exclude_none=True)
    owner = fields.pop("owner", None)
    if fields:
        postmortem = commands.change(request.actor, postmortem, version=postmortem.version, now=request.now, **fields)
    if owner:
        postmortem = commands.set_owner(request.actor, postmortem, people.find(owner, field="owner"), now=request.now)
    return _one(request, postmortem)


@router.post("/{wanted}/request-approval", response=PostmortemDocument, auth=RESPONDS, summary="Ask for approval")
def request_approval(request: Request, wanted: str) -> PostmortemDocument:
    return _one(request, commands.request_approval(request.actor, _find(request.actor, wanted), now=request.now))


@router.post("/{wanted}/approve", response=PostmortemDocument, auth=RESPONDS, summary="Approve")
def approve(request: Request, wanted: str) -> PostmortemDocument:
    return _one(request, commands.approve(request.actor, _find(request.actor, wanted), now=request.now))


@router.post("/{wanted}/publish", response=PostmortemDocument, auth=RESPONDS, summary="Publish to the library")
def publish(request: Request, wanted: str) -> PostmortemDocument:
    return _one(request, commands.publish(request.actor, _find(request.actor, wanted), now=request.now))


@router.post("/{wanted}/back-to-draft", response=PostmortemDocument, auth=RESPONDS, summary="Back to draft")
def back_to_draft(request: Request, wanted: str) -> PostmortemDocument:
    return _one(request, commands.back_to_draft(request.actor, _find(request.actor, wanted), now=request.now))
