"""`/api/v1/actions`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from ninja import Router, Status
from pydantic import Field

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.core.ids import is_id
from tocsin.incidents import queries as incidents
from tocsin.postmortems import commands, queries
from tocsin.postmortems.models import Action
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import people
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["actions"])

Category = Literal["investigate", "mitigate", "repair", "detect", "mitigate_future", "prevent_future"]
LinkType = Literal["priority", "improvement"]


class ActionDocument(shapes.Object):
    """Something somebody does by a day, so that it does not happen again or hurts less."""

    number: int
    title: str
    incident: str = Field(description="The key of the incident.")
    postmortem: str | None = Field(description="The id of the postmortem.")
    category: Category
    link_type: LinkType
    state: Literal["open", "done", "dropped"]
    owner: shapes.PersonRef
    due_on: dt.date
    closed_at: shapes.Instant | None
    kind: Literal["", "people", "process", "technology"] = Field(description="Of a communications review; otherwise empty.")
    next_step: str
    version: int


class NewAction(shapes.Body):
    incident: shapes.Named
    title: shapes.Line
    category: Category
    link_type: LinkType = "priority"
    owner: shapes.Named | None = Field(None, description="Id or mail address; null: you.")
    due_on: dt.date | None = Field(None, description="Left out: eight weeks for a priority action, sixteen for an improvement.")


class ActionChange(shapes.Body):
    """What is left out stays as it is."""

    title: shapes.Line | None = None
    category: Category | None = None
    link_type: LinkType | None = None
    owner: shapes.Named | None = None
    due_on: dt.date | None = None


def show(actions: Iterable[Action]) -> list[ActionDocument]:
    return [_document(action) for action in actions]


def _document(action: Action) -> ActionDocument:
    return ActionDocument(
        id=action.id,
        url=shapes.address(f"/x/{action.number}"),
        created_at=action.created_at,
        updated_at=action.updated_at,
        number=action.number,
        title=action.title,
        incident=action.incident.key,
        postmortem=action.postmortem_id,
        category=action.category,
        link_type=action.link_type,
        state=action.state,
        kind=action.kind,  # type: ignore[arg-type]
        next_step=action.next_step,
        owner=shapes.PersonRef(id=action.owner.id, name=action.owner.name),
        due_on=action.due_on,
        closed_at=action.closed_at,
        version=action.version,
    )


def _find(actor: Actor, wanted: str) -> Action:
    """By id or number. Raises NotFound."""
    if is_id(wanted, "act"):
        return queries.action_by_id(actor, wanted)
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
        return queries.action_by_number(actor, int(wanted))
    raise NotFound("There is no such action.")


def _one(request: Request, action: Action) -> ActionDocument:
    return etags.one(request, _document(queries.action_by_id(request.actor, action.id)))


@router.get("", response=lists.Page[ActionDocument], auth=READS, summary="List actions, newest first")
def list_actions(
    request: Request,
    state: str = "",
    owner: str = "",
    incident: str = "",
    limit: lists.Limit = 50,
    cursor: lists.Cursor = "",
) -> dict:
    whose = people.find(request.actor.id if owner == "me" else owner, field="owner") if owner else None
    about = incidents.by_key(request.actor, incident) if incident else None
    rows = queries.actions(request.actor, state=state or None, owner=whose, incident=about)
    return lists.page(rows, "-number", limit=limit, cursor=cursor, show=show)


@router.post("", response={201: ActionDocument}, auth=RESPONDS, summary="Add an action")
def add_action(request: Request, body: NewAction) -> Status:
    try:
        incident = incidents.by_key(request.actor, body.incident)
    except NotFound as error:
        raise Invalid(error.detail, field="incident") from None
    action = commands.add_action(
        request.actor,
        incident,
        title=body.title,
        category=body.category,
        link_type=body.link_type,
        owner=people.find(body.owner or request.actor.id, field="owner"),
        due_on=body.due_on,
        now=request.now,
    )
    return Status(201, _one(request, action))


@router.get("/{wanted}", response=ActionDocument, auth=READS, summary="One action, by id or number")
def get_action(request: Request, wanted: str) -> ActionDocument:
    return _one(request, _find(request.actor, wanted))


@router.patch("/{wanted}", response=ActionDocument, auth=RESPONDS, summary="Change an action")
def change_action(request: Request, wanted: str, body: ActionChange) -> ActionDocument:
    action = _find(request.actor, wanted)
    etags.require_current(request, _document(action))
    fields = body.model_dump(exclude_none=True)
    if "owner" in fields:
        fields["owner"] = people.find(fields["owner"], field="owner")
    action = commands.change_action(request.actor, action, version=action.version, now=request.now, **fields)
    return _one(request, action)


@router.post("/{wanted}/complete", response=ActionDocument, auth=RESPONDS, summary="Done")
def complete_action(request: Request, wanted: str) -> ActionDocument:
    return _one(request, commands.complete_action(request.actor, _find(request.actor, wanted), now=request.now))


@router.post("/{wanted}/drop", response=ActionDocument, auth=RESPONDS, summary="It will not be done")
def drop_action(request: Request, wanted: str) -> ActionDocument:
    return _one(request, commands.drop_action(request.actor, _find(request.actor, wanted), now=request.now))


@router.post("/{wanted}/reopen", response=ActionDocument, auth=RESPONDS, summary="Open again")
def reopen_action(request: Request, wanted: str) -> ActionDocument:
    return _one(request, commands.reopen_action(request.actor, _find(request.actor, wanted), now=request.now))
