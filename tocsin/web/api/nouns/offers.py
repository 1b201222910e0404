"""`/api/v1/incident-roles` and `/api/v1/incidents/{key}/offers`: roles, their duties, and who is asked to take one."""

from __future__ import annotations

import datetime as dt

from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.core import clock
from tocsin.incidents import commands, queries, rules
from tocsin.incidents.models import RoleOffer
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns import incidents, people
from tocsin.web.api.nouns.command import Role
from tocsin.web.api.nouns.incidents import IncidentDocument
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router, roles = Router(tags=["incidents"]), Router(tags=["incidents"])


class RoleDocument(Schema):
    """A role that every incident knows; any other text is a role made for one incident."""

    role: str
    name: str
    duties: str
    always: bool = Field(description="Whether an incident without it shows that it is missing.")


class BriefBody(shapes.Body):
    """What the incident manager who leaves writes down for the one who comes."""

    called: bool = Field(False, description="They spoke one to one.")
    roles: shapes.Prose = ""
    work: shapes.Prose = Field("", description="Theories and streams of work.")
    next_at: shapes.Instant | None = Field(None, description="When the next hand-over is.")
    next_to: shapes.Prose = Field("", description="To whom, or that it is not known yet.")


class OfferBody(shapes.Body):
    role: Role
    person: shapes.Named
    about: str = Field("", max_length=80, description="The stream of work, for one of several tech leads.")
    brief: BriefBody | None = Field(None, description="Needed when somebody else is the incident manager and this role is offered.")


class AskBody(shapes.Body):
    text: shapes.Prose


class WordDocument(Schema):
    author: shapes.PersonRef | None
    text: str
    at: shapes.Instant


class OfferDocument(Schema):
    """A role that waits for an answer, or was answered."""

    id: str
    role: str
    about: str
    person: shapes.PersonRef | None
    offered_by: shapes.PersonRef | None
    offered_at: shapes.Instant
    state: str
    answered_at: shapes.Instant | None
    called: bool
    roles: str
    work: str
    next_at: shapes.Instant | None
    next_to: str
    words: list[WordDocument]


def _offer(offer: RoleOffer) -> OfferDocument:
    brief = offer.brief
    next_at: dt.datetime | None = clock.parse(brief["next_at"]) if brief.get("next_at") else None
    return OfferDocument(
        id=offer.id,
        role=offer.role,
        about=offer.about,
        person=shapes.person(offer.person),
        offered_by=shapes.person(offer.offered_by),
        offered_at=offer.offered_at,
        state=offer.state,
        answered_at=offer.answered_at,
        called=bool(brief.get("called")),
        roles=brief.get("roles", ""),
        work=brief.get("work", ""),
        next_at=next_at,
        next_to=brief.get("next_to", ""),
        words=[WordDocument(author=shapes.person(one.author), text=one.text, at=one.at) for one in offer.words.all()],
    )


def _found(request: Request, wanted: str, offer: str) -> RoleOffer:
    return queries.offer(request.actor, queries.by_key(request.actor, wanted), offer)


@roles.get("", response=list[RoleDocument], auth=READS, summary="Roles and their duties")
def list_roles(request: Request) -> list[RoleDocument]:
    return [
        RoleDocument(role=role, name=name, duties=rules.DUTIES[role], always=role in rules.ALWAYS)
        for role, name in rules.ROLES.items()
    ]


@router.get("/{wanted}/offers", response=lists.Page[OfferDocument], auth=READS, summary="Roles that wait for an answer")
def list_offers(request: Request, wanted: str) -> dict:
    found = queries.offers(request.actor, queries.by_key(request.actor, wanted)).prefetch_related("words__author")
    return {"items": [_offer(one) for one in found], "next": None}


@router.get("/{wanted}/offers/{offer}", response=OfferDocument, auth=READS, summary="One offer with its questions")
def get_offer(request: Request, wanted: str, offer: str) -> OfferDocument:
    return _offer(_found(request, wanted, offer))


@router.post("/{wanted}/offer-role", response={201: OfferDocument}, auth=RESPONDS, summary="Ask somebody to take a role")
def offer_role(request: Request, wanted: str, body: OfferBody) -> Status:
    incident, person = queries.by_key(request.actor, wanted), people.find(body.person, field="person")
    brief = body.brief.model_dump() | {"next_at": body.brief.next_at} if body.brief else None
    made = commands.offer_role(request.actor, incident, body.role, person, about=body.about, brief=brief, now=request.now)
    return Status(201, _offer(made))


@router.post("/{wanted}/offers/{offer}/accept", response=IncidentDocument, auth=RESPONDS, summary="Take the role offered to you")
def accept_offer(request: Request, wanted: str, offer: str) -> IncidentDocument:
    return incidents.one(request, commands.accept_offer(request.actor, _found(request, wanted, offer), now=request.now))


@router.post("/{wanted}/offers/{offer}/decline", response=OfferDocument, auth=RESPONDS, summary="Decline the role")
def decline_offer(request: Request, wanted: str, offer: str) -> OfferDocument:
    return _offer(commands.decline_offer(request.actor, _found(request, wanted, offer), now=request.now))


@router.post("/{wanted}/offers/{offer}/withdraw", response=OfferDocument, auth=RESPONDS, summary="Do not offer it any more")
def withdraw_offer(request: Request, wanted: str, offer: str) -> OfferDocument:
    return _offer(commands.withdraw_offer(request.actor, _found(request, wanted, offer), now=request.now))


@router.post("/{wanted}/offers/{offer}/ask", response={201: WordDocument}, auth=RESPONDS, summary="Ask or answer about the role")
def ask_about_offer(request: Request, wanted: str, offer: str, body: AskBody) -> Status:
    word = commands.ask_about_offer(request.actor, _found(request, wanted, offer), body.text, now=request.now)
    return Status(201, WordDocument(author=shapes.person(word.author), text=word.text, at=word.at))


class CalledInDocument(Schema):
    """Somebody who was called in, or came."""

    person: shapes.PersonRef
    paged_at: shapes.Instant | None
    acknowledged_at: shapes.Instant | None
    joined_at: shapes.Instant | None
    released_at: shapes.Instant | None = Field(description="When it was said that they are not needed.")
    delay_seconds: int | None = Field(description="From the page until they were there.")


class ReleaseBody(shapes.Body):
    person: shapes.Named


def _responders(request: Request, wanted: str) -> list[CalledInDocument]:
    found = queries.responders(request.actor, queries.by_key(request.actor, wanted), request.now)
    names = ("paged_at", "acknowledged_at", "joined_at", "released_at")
    return [
        CalledInDocument(
            person=shapes.PersonRef(id=one.id, name=one.name),
            delay_seconds=int(one.delay.total_seconds()) if one.delay is not None else None,
            **{name: getattr(one, name) for name in names},
        )
        for one in found
    ]


@router.get(
    "/{wanted}/responders", response=list[CalledInDocument], auth=READS, summary="Who was called in, and how long each took"
)
def list_responders(request: Request, wanted: str) -> list[CalledInDocument]:
    return _responders(request, wanted)


@router.post("/{wanted}/release-responder", response=list[CalledInDocument], auth=RESPONDS, summary="Somebody is not needed")
def release_responder(request: Request, wanted: str, body: ReleaseBody) -> list[CalledInDocument]:
    person = people.find(body.person, field="person")
    commands.release_responder(request.actor, queries.by_key(request.actor, wanted), person, now=request.now)
    return _responders(request, wanted)
