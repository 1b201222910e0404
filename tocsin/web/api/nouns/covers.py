"""Swaps: `/api/v1/schedules/{id}/covers`."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.oncall import commands, queries
from tocsin.oncall.models import CoverRequest
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns import people
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["schedules"])


class NewCover(shapes.Body):
    person: shapes.Named | None = Field(None, description="Whose shifts; your own when left out.")
    asked: shapes.Named | None = Field(None, description="Who is asked; the whole team when left out.")
    starts_at: shapes.Instant
    ends_at: shapes.Instant
    back_starts_at: shapes.Instant | None = Field(None, description="Both ends: a swap, this time of theirs in return.")
    back_ends_at: shapes.Instant | None = None
    note: Annotated[str, StringConstraints(max_length=200)] = ""


class CoverDocument(Schema):
    id: str
    person: shapes.PersonRef
    asked: shapes.PersonRef | None
    starts_at: shapes.Instant
    ends_at: shapes.Instant
    back_starts_at: shapes.Instant | None
    back_ends_at: shapes.Instant | None
    note: str
    state: str = Field(description="open, accepted, declined, withdrawn or lapsed")


@router.get("/{wanted}/covers", response=lists.Page[CoverDocument], auth=READS, summary="Open requests to take over shifts")
def list_covers(request: Request, wanted: str) -> dict:
    found = queries.cover_requests(queries.schedule(request.actor, wanted))
    return {"items": [_cover(one) for one in found], "next": None}


@router.post(
    "/{wanted}/ask-cover", response={201: CoverDocument}, auth=RESPONDS, summary="Ask somebody, or the team, to take shifts"
)
def ask_cover(request: Request, wanted: str, body: NewCover) -> Status:
    made = commands.ask_cover(
        request.actor,
        queries.schedule(request.actor, wanted),
        person=people.find(body.person or request.actor.id, field="person"),
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        asked=people.find(body.asked, field="asked") if body.asked else None,
        back=(body.back_starts_at, body.back_ends_at) if body.back_starts_at and body.back_ends_at else None,
        note=body.note,
        now=request.now,
    )
    return Status(201, _cover(made))


@router.post("/{wanted}/covers/{cover}/{verb}", response=CoverDocument, auth=RESPONDS, summary="Accept, decline or withdraw")
def answer_cover(request: Request, wanted: str, cover: str, verb: Literal["accept", "decline", "withdraw"]) -> CoverDocument:
    acts = {"accept": commands.accept_cover, "decline": commands.decline_cover, "withdraw": commands.withdraw_cover}
    return _cover(acts[verb](request.actor, queries.cover_request(cover), now=request.now))


def _cover(row: CoverRequest) -> CoverDocument:
    return CoverDocument(
        id=row.id,
        person=shapes.PersonRef(id=row.person.id, name=row.person.name),
        asked=shapes.PersonRef(id=row.asked.id, name=row.asked.name) if row.asked else None,
        **{name: getattr(row, name) for name in ("starts_at", "ends_at", "back_starts_at", "back_ends_at", "note", "state")},
    )
