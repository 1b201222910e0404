"""`/api/v1/incidents/{key}/held-updates`: confirmed words that have not gone out, taken back or sent at once."""

from __future__ import annotations

from typing import Literal

from ninja import Router, Schema
from pydantic import Field

from tocsin.incidents import queries as incidents
from tocsin.statuspages.held import commands, queries
from tocsin.statuspages.held.models import HeldUpdate
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns.status_pages import NewUpdate, Published, arguments, published
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["incidents"])


class HoldUpdate(NewUpdate):
    """An update, and when it goes out."""

    at: shapes.Instant | None = Field(None, description="Left out: as soon as it can no longer be taken back.")


class HeldDocument(Schema):
    """A confirmed update on its way. `why`: what stood in the way of one that was refused."""

    id: str
    state: Literal["held", "published", "taken_back", "refused"]
    pages: list[Literal["internal", "external"]]
    status: str
    due_at: shapes.Instant
    scheduled: bool = Field(description="Whether somebody chose the time.")
    confirmed_at: shapes.Instant
    author: shapes.PersonRef | None
    why: str


def show(held: HeldUpdate) -> HeldDocument:
    """What became of one confirmation."""
    return HeldDocument(
        id=held.id,
        state=held.state,  # type: ignore[arg-type]
        pages=held.audiences,  # type: ignore[arg-type]
        status=held.words["status"],
        due_at=held.due_at,
        scheduled=held.at is not None,
        confirmed_at=held.confirmed_at,
        author=shapes.person(held.author),
        why=held.why,
    )


@router.get("/{wanted}/held-updates", response=lists.Page[HeldDocument], auth=READS, summary="Confirmed words that wait")
def list_held_updates(request: Request, wanted: str) -> dict:
    return {"items": [show(one) for one in queries.waiting(incidents.by_key(request.actor, wanted))], "next": None}


@router.post("/{wanted}/hold-update", response={201: HeldDocument}, auth=RESPONDS, summary="Confirm an update that goes out later")
def hold_update(request: Request, wanted: str, body: HoldUpdate) -> tuple[int, HeldDocument]:
    incident = incidents.by_key(request.actor, wanted)
    held = commands.hold(request.actor, incident, **arguments(body), at=body.at, now=request.now)
    return 201, show(held)


@router.post("/{wanted}/held-updates/{held}/take-back", response=HeldDocument, auth=RESPONDS, summary="Nobody reads it")
def take_back(request: Request, wanted: str, held: str) -> HeldDocument:
    found = queries.one(request.actor, incidents.by_key(request.actor, wanted), held)
    return show(commands.take_back(request.actor, found, now=request.now))


@router.post("/{wanted}/held-updates/{held}/send-now", response=Published, auth=RESPONDS, summary="It goes out without waiting")
def send_now(request: Request, wanted: str, held: str) -> Published:
    found = queries.one(request.actor, incidents.by_key(request.actor, wanted), held)
    return published(commands.send_now(request.actor, found, now=request.now))
