"""`/api/v1/communications-reviews`: walking through how a finished incident was communicated."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.incidents import queries as incidents
from tocsin.postmortems import queries as postmortems
from tocsin.postmortems.communication import commands, queries, rules
from tocsin.postmortems.communication.models import CommunicationsReview, ReviewNote
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import actions, people
from tocsin.web.api.nouns.actions import ActionDocument
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["communications-reviews"])


class ReviewDocument(shapes.Object):
    """A review of how a finished incident was communicated."""

    incident: str = Field(description="The key of the incident.")
    state: Literal["running", "completed"]
    lead: shapes.PersonRef | None
    scribe: shapes.PersonRef | None
    completed_at: shapes.Instant | None
    regroup_on: dt.date | None
    next_on: dt.date | None = Field(description="When the next review is due.")
    every_months: int


class NoteDocument(Schema):
    id: str
    at: shapes.Instant
    about: str
    text: str
    author: shapes.PersonRef | None


class PointDocument(Schema):
    """One line of the timeline, with what was said then by page, and the notes about it."""

    at: shapes.Instant
    kind: str
    text: str
    who: str
    words: dict[str, str]
    notes: list[NoteDocument]


class ReviewWalk(Schema):
    """From the first alert to the last words to customers; `notes` about instants between its lines."""

    points: list[PointDocument]
    notes: list[NoteDocument]
    actions: list[ActionDocument]


class CandidateDocument(Schema):
    incident: str
    summary: str
    severity: int
    resolved_at: shapes.Instant | None
    reviewed: bool


class NewReview(shapes.Body):
    incident: shapes.Named = Field(description="Resolved in the last 30 days.")
    scribe: shapes.Named | None = Field(None, description="Id or mail address; left out: you.")


class NewNote(shapes.Body):
    at: shapes.Instant = Field(description="The instant that it is about, such as that of a line of the walk.")
    text: shapes.Prose
    about: shapes.Line = ""


class NewReviewAction(shapes.Body):
    title: shapes.Line
    kind: Literal["people", "process", "technology"]
    next_step: shapes.Line = Field(description="The first thing that its owner does.")
    owner: shapes.Named | None = Field(None, description="Id or mail address; left out: you.")
    due_on: dt.date | None = Field(None, description="Left out: in four weeks.")


class Completion(shapes.Body):
    regroup_on: dt.date | None = Field(None, description="Left out: in four weeks.")
    next_on: dt.date | None = Field(None, description="Left out: after every_months.")
    every_months: int = Field(rules.EVERY_MONTHS, ge=1, le=12)


def _show(one: CommunicationsReview) -> ReviewDocument:
    return ReviewDocument(
        id=one.id,
        url=shapes.address(f"/communications-reviews/{one.id}"),
        created_at=one.created_at,
        updated_at=one.updated_at,
        incident=one.incident.key,
        state=one.state,  # type: ignore[arg-type]
        lead=shapes.person(one.lead),
        scribe=shapes.person(one.scribe),
        completed_at=one.completed_at,
        regroup_on=one.regroup_on,
        next_on=one.next_on,
        every_months=one.every_months,
    )


def _note(one: ReviewNote) -> NoteDocument:
    return NoteDocument(id=one.id, at=one.at, about=one.about, text=one.text, author=shapes.person(one.author))


def _found(request: Request, wanted: str) -> ReviewDocument:
    return _show(queries.review(request.actor, wanted))


@router.get("", response=lists.Page[ReviewDocument], auth=READS, summary="Communications reviews by id")
def list_reviews(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    rows = queries.reviews(request.actor)
    return lists.page(rows, "id", limit=limit, cursor=cursor, show=lambda some: [_show(one) for one in some])


@router.get("/candidates", response=lists.Page[CandidateDocument], auth=READS, summary="Incidents that may be reviewed")
def list_candidates(request: Request) -> dict:
    """Resolved in the last 30 days, newest first."""
    found = [
        CandidateDocument(
            incident=one.key,
            summary=one.summary,
            severity=one.severity,
            resolved_at=one.resolved_at,
            reviewed=bool(one.communications_reviews.all()),
        )
        for one in queries.candidates(request.actor, request.now)[:200]
    ]
    return {"items": found, "next": None}


@router.post("", response={201: ReviewDocument}, auth=RESPONDS, summary="Begin a communications review; you lead it")
def start_review(request: Request, body: NewReview) -> Status:
    incident = incidents.by_key(request.actor, body.incident)
    scribe = people.find(body.scribe or request.actor.id, field="scribe")
    made = commands.start_review(request.actor, incident, scribe=scribe, now=request.now)
    return Status(201, _found(request, made.id))


@router.get("/{wanted}", response=ReviewDocument, auth=READS, summary="One communications review")
def get_review(request: Request, wanted: str) -> ReviewDocument:
    return etags.one(request, _found(request, wanted))


@router.get("/{wanted}/walk", response=ReviewWalk, auth=READS, summary="What was known and told, line by line")
def get_walk(request: Request, wanted: str) -> ReviewWalk:
    found = queries.review(request.actor, wanted)
    points = queries.walk(request.actor, found)
    shown = [
        PointDocument(
            at=one.line.at,
            kind=one.line.kind,
            text=one.line.text,
            who=one.line.actor_name,
            words=dict(one.words),
            notes=[_note(note) for note in one.notes],
        )
        for one in points
    ]
    rest = [_note(note) for note in queries.elsewhere(points, found)]
    return ReviewWalk(points=shown, notes=rest, actions=actions.show(queries.actions(found)))


@router.post("/{wanted}/note", response={201: NoteDocument}, auth=RESPONDS, summary="Note what was said about an instant")
def note_review(request: Request, wanted: str, body: NewNote) -> Status:
    found = queries.review(request.actor, wanted)
    made = commands.note_review(request.actor, found, at=body.at, text=body.text, about=body.about, now=request.now)
    return Status(201, _note(made))


@router.post("/{wanted}/add-action", response={201: ActionDocument}, auth=RESPONDS, summary="Agree on an action")
def add_action(request: Request, wanted: str, body: NewReviewAction) -> Status:
    """It is on the board of actions like any other."""
    found = queries.review(request.actor, wanted)
    owner = people.find(body.owner or request.actor.id, field="owner")
    made = commands.act_on_review(request.actor, found, **{**body.model_dump(), "owner": owner}, now=request.now)
    return Status(201, actions.show([postmortems.action_by_id(request.actor, made.id)])[0])


@router.post("/{wanted}/complete", response=ReviewDocument, auth=RESPONDS, summary="Complete it; both days are reminded of")
def complete_review(request: Request, wanted: str, body: Completion) -> ReviewDocument:
    found = queries.review(request.actor, wanted)
    commands.complete_review(request.actor, found, **body.model_dump(), now=request.now)
    return _found(request, wanted)
