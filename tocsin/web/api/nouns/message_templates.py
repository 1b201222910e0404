"""`/api/v1/message-templates`: words for an audience and a stage; and one filled in from an incident."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.incidents import queries as incidents
from tocsin.statuspages.briefs import queries as briefs
from tocsin.statuspages.briefs import rules as brief_rules
from tocsin.statuspages.messages import commands, queries
from tocsin.statuspages.messages.models import MessageTemplate
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns.status_pages import UpdateStatus
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["message-templates"])
of_incidents = Router(tags=["incidents"])

Audience = Literal["team", "internal", "external"]
Stage = Literal["", "first", "between", "last"]


class MessageTemplateDocument(shapes.Object):
    """Words to begin with. `{{ products }}` is a slot, filled from an incident; customers' words have fewer of them."""

    slug: str
    name: str
    audience: Audience
    stage: Stage
    title: str
    body: str


class MessageTemplateChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    audience: Audience | None = None
    stage: Stage | None = Field(None, description="Empty: at any time.")
    title: shapes.Line | None = None
    body: shapes.Prose | None = None


class NewMessageTemplate(shapes.Body):
    name: shapes.Line
    audience: Audience
    body: shapes.Prose = Field(description="With slots; a slot that is not known is refused with the list of those that are.")
    slug: Annotated[str, StringConstraints(max_length=60)] = ""
    stage: Stage = ""
    title: shapes.Line = ""


class FilledDocument(Schema):
    """A template in the words of an incident, to be read and changed. Of a follow-up to the company the parts are filled instead
    of the body. `unknown`: slots of which nothing is known; the words say so.
    """

    audience: Audience
    title: str
    body: str
    opening: str
    current_status: list[str]
    next_steps: list[str]
    unknown: list[str]


def _show(one: MessageTemplate) -> MessageTemplateDocument:
    plain: dict[str, Any] = {name: getattr(one, name) for name in ("slug", "name", "audience", "stage", "title", "body")}
    return MessageTemplateDocument(
        id=one.id,
        url=shapes.address(f"/message-templates#{one.slug}"),
        created_at=one.created_at,
        updated_at=one.updated_at,
        **plain,
    )


@router.get("", response=lists.Page[MessageTemplateDocument], auth=READS, summary="List message templates by slug")
def list_message_templates(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    return lists.page(queries.templates(), "slug", limit=limit, cursor=cursor, show=lambda rows: [_show(one) for one in rows])


@router.post("", response={201: MessageTemplateDocument}, auth=CONFIGURES, summary="Add a message template")
def create_message_template(request: Request, body: NewMessageTemplate) -> Status:
    return Status(201, _show(commands.create_template(request.actor, **body.model_dump(), now=request.now)))


@router.get("/{wanted}", response=MessageTemplateDocument, auth=READS, summary="One message template, by id or slug")
def get_message_template(request: Request, wanted: str) -> MessageTemplateDocument:
    return etags.one(request, _show(queries.template(wanted)))


@router.patch("/{wanted}", response=MessageTemplateDocument, auth=CONFIGURES, summary="Change a message template")
def change_message_template(request: Request, wanted: str, body: MessageTemplateChange) -> MessageTemplateDocument:
    found = queries.template(wanted)
    etags.require_current(request, _show(found))
    commands.change_template(request.actor, found, **body.model_dump(), now=request.now)
    return etags.one(request, _show(queries.template(found.id)))


@router.post("/{wanted}/remove", response={204: None}, auth=CONFIGURES, summary="Remove a message template")
def remove_message_template(request: Request, wanted: str) -> Status:
    commands.remove_template(request.actor, queries.template(wanted), now=request.now)
    return Status(204, None)


@of_incidents.get(
    "/{wanted}/fill-template/{template}", response=FilledDocument, auth=READS, summary="A message template, filled in"
)
def fill_template(
    request: Request, wanted: str, template: str, status: UpdateStatus = "investigating", next_update_at: str = ""
) -> FilledDocument:
    """Nothing is said by it: the words are yours to read, change and publish."""
    incident = incidents.by_key(request.actor, wanted)
    promised = shapes.asked_instant(next_update_at, "next_update_at") if next_update_at else None
    found = queries.filled(request.actor, incident, queries.template(template), status=status, next_update_at=promised)
    in_parts = found.audience == "internal" and briefs.is_follow_up(incident, status)
    brief = brief_rules.parted(found.body) if in_parts else brief_rules.Brief("")
    return FilledDocument(
        audience=found.audience,
        title=found.title,
        body="" if in_parts else found.body,
        opening=brief.opening,
        current_status=list(brief.current_status),
        next_steps=list(brief.next_steps),
        unknown=list(found.unknown),
    )
