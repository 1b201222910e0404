"""`/api/v1/incidents/{key}/readings`: drafts that somebody else reads before they go out."""

from __future__ import annotations

from typing import Literal

from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.core.errors import Invalid
from tocsin.incidents import queries as incidents
from tocsin.statuspages.second_reading import commands, queries
from tocsin.statuspages.second_reading.models import SecondReading
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import held_updates, people
from tocsin.web.api.nouns.held_updates import HeldDocument, HoldUpdate
from tocsin.web.api.nouns.status_pages import arguments
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["incidents"])


class AskReader(HoldUpdate):
    """An update as for `hold-update`, and who reads it first: a person, or whoever has a role in the incident now."""

    reader: shapes.Named | None = Field(None, description="Id or mail address.")
    role: shapes.Named | None = Field(None, description="Instead: incident_manager, tech_lead, communications_manager …")
    note: shapes.Line = Field("", description="What to look at.")


class Letter(Schema):
    title: str
    body: str


class ReadingDocument(Schema):
    """A draft and what its second reader says. An approval is of exactly these words."""

    id: str
    url: str
    state: Literal["asked", "approved", "commented", "sent", "withdrawn"]
    pages: list[Literal["internal", "external"]]
    status: str
    letters: dict[str, Letter] = Field(description="By page, as their readers would get them.")
    author: shapes.PersonRef | None
    reader: shapes.PersonRef | None
    note: str
    comment: str
    asked_at: shapes.Instant
    answered_at: shapes.Instant | None
    at: shapes.Instant | None = Field(description="When it goes out; null: once it is sent.")


class ReadingAnswer(shapes.Body):
    verdict: Literal["approved", "commented"]
    comment: shapes.Prose = Field("", description="Needed for commented.")


def _show(one: SecondReading) -> ReadingDocument:
    return ReadingDocument(
        id=one.id,
        url=shapes.address(f"/{one.incident.key}/readings/{one.id}"),
        state=one.state,  # type: ignore[arg-type]
        pages=one.audiences,  # type: ignore[arg-type]
        status=one.words["status"],
        letters={audience: Letter(**said) for audience, said in one.exact.items()},
        author=shapes.person(one.author),
        reader=shapes.person(one.reader),
        note=one.note,
        comment=one.comment,
        asked_at=one.asked_at,
        answered_at=one.answered_at,
        at=one.at,
    )


def _found(request: Request, wanted: str, reading: str) -> SecondReading:
    return queries.one(request.actor, incidents.by_key(request.actor, wanted), reading)


@router.post("/{wanted}/ask-reader", response={201: ReadingDocument}, auth=RESPONDS, summary="Ask for a second reader")
def ask_reader(request: Request, wanted: str, body: AskReader) -> Status:
    """Nothing is published. The reader is told by mail."""
    incident = incidents.by_key(request.actor, wanted)
    if bool(body.reader) == bool(body.role):
        raise Invalid("Name either a reader or a role.", field="reader")
    reader = people.find(body.reader, field="reader") if body.reader else queries.holder(incident, body.role or "")
    made = commands.ask_reader(request.actor, incident, reader, **arguments(body), at=body.at, note=body.note, now=request.now)
    return Status(201, _show(queries.one(request.actor, incident, made.id)))


@router.get("/{wanted}/readings", response=lists.Page[ReadingDocument], auth=READS, summary="Drafts with a second reader")
def list_readings(request: Request, wanted: str) -> dict:
    rows = queries.readings(request.actor, incidents.by_key(request.actor, wanted))[:200]
    return {"items": [_show(one) for one in rows], "next": None}


@router.get("/{wanted}/readings/{reading}", response=ReadingDocument, auth=READS, summary="One draft with a second reader")
def get_reading(request: Request, wanted: str, reading: str) -> ReadingDocument:
    return etags.one(request, _show(_found(request, wanted, reading)))


@router.post("/{wanted}/readings/{reading}/answer", response=ReadingDocument, auth=RESPONDS, summary="Answer as second reader")
def answer(request: Request, wanted: str, reading: str, body: ReadingAnswer) -> ReadingDocument:
    found = _found(request, wanted, reading)
    return _show(commands.answer(request.actor, found, body.verdict, comment=body.comment, now=request.now))


@router.post("/{wanted}/readings/{reading}/send", response=HeldDocument, auth=RESPONDS, summary="Send a draft, read or not")
def send(request: Request, wanted: str, reading: str) -> HeldDocument:
    return held_updates.show(commands.send(request.actor, _found(request, wanted, reading), now=request.now))


@router.post("/{wanted}/readings/{reading}/withdraw", response=ReadingDocument, auth=RESPONDS, summary="Nobody has to read it")
def withdraw(request: Request, wanted: str, reading: str) -> ReadingDocument:
    return _show(commands.withdraw(request.actor, _found(request, wanted, reading), now=request.now))
