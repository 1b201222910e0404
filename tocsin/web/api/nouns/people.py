"""`/api/v1/people`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from django.db.models import Q
from ninja import Router, Status
from pydantic import Field

from tocsin.core.errors import Invalid, NotFound
from tocsin.directory import commands, queries
from tocsin.directory.models import Person
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["people"])

Role = Literal["administrator", "responder", "stakeholder"]


class PersonDocument(shapes.Object):
    """Somebody who signs in, is on call, reports or reads."""

    name: str
    email: str
    role: Role
    zone: str
    active: bool
    teams: list[str] = Field(description="Slugs of their teams.")


class NewPerson(shapes.Body):
    email: shapes.Named
    name: shapes.Line = ""
    role: Role = "responder"
    zone: shapes.Line = "UTC"


class PersonChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    zone: shapes.Line | None = None
    role: Role | None = None


class Invitation(shapes.Body):
    by_mail: bool = False


class InvitationLink(shapes.Schema):
    """The link that lets the person set a password once. Hand it over in private; it is not shown again."""

    person: shapes.PersonRef
    link: str
    expires_at: shapes.Instant


def show(people: Iterable[Person]) -> list[PersonDocument]:
    return [
        PersonDocument(
            id=person.id,
            url=shapes.address(f"/people/{person.id}"),
            created_at=person.created_at,
            updated_at=person.updated_at,
            name=person.name,
            email=person.email,
            role=person.role,
            zone=person.zone,
            active=person.is_active,
            teams=[place.team.slug for place in person.memberships.all()],
        )
        for person in people
    ]


def find(wanted: str, *, field: str = "") -> Person:
    """By id or mail address. Raises NotFound, or Invalid when a request named it in `field`."""
    found = queries.people().filter(Q(id=wanted) | Q(email__iexact=wanted)).first()
    if found is None:
        if field:
            raise Invalid(f"There is no person called {wanted[:80]!r}; take an id or a mail address.", field=field)
        raise NotFound("There is no such person.")
    return found


def _one(request: Request, person: Person) -> PersonDocument:
    return etags.one(request, show([find(person.id)])[0])


@router.get("", response=lists.Page[PersonDocument], auth=READS, summary="List people by mail address")
def list_people(request: Request, q: str = "", limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    return lists.page(queries.people(request.actor, q=q[:200]), "email", limit=limit, cursor=cursor, show=show)


@router.post("", response={201: PersonDocument}, auth=CONFIGURES, summary="Add a person; invite them afterwards")
def create_person(request: Request, body: NewPerson) -> Status:
    person = commands.create_person(
        request.actor, email=body.email, name=body.name, role=body.role, zone=body.zone, now=request.now
    )
    return Status(201, _one(request, person))


@router.get("/me", response=PersonDocument, auth=READS, summary="The person this token acts for")
def get_me(request: Request) -> PersonDocument:
    return _one(request, find(request.actor.id))


@router.get("/{wanted}", response=PersonDocument, auth=READS, summary="One person, by id or mail address")
def get_person(request: Request, wanted: str) -> PersonDocument:
    return _one(request, find(wanted))


@router.patch("/{wanted}", response=PersonDocument, auth=CONFIGURES, summary="Change a person")
def change_person(request: Request, wanted: str, body: PersonChange) -> PersonDocument:
    person = find(wanted)
    etags.require_current(request, show([person])[0])
    if body.name is not None or body.zone is not None:
        commands.change_profile(request.actor, person, name=body.name, zone=body.zone, now=request.now)
    if body.role is not None and body.role != person.role:
        commands.set_role(request.actor, person, body.role, now=request.now)
    return _one(request, person)


@router.post("/{wanted}/invite", response=InvitationLink, auth=CONFIGURES, summary="A one-time link to set a password")
def invite_person(request: Request, wanted: str, body: Invitation) -> InvitationLink:
    person = find(wanted)
    link, path = commands.invite(request.actor, person, by_mail=body.by_mail, now=request.now)
    shown = shapes.PersonRef(id=person.id, name=person.name)
    return InvitationLink(person=shown, link=shapes.address(path), expires_at=link.expires_at)


@router.post("/{wanted}/deactivate", response=PersonDocument, auth=CONFIGURES, summary="Deactivate a person at once")
def deactivate_person(request: Request, wanted: str) -> PersonDocument:
    person = find(wanted)
    commands.deactivate(request.actor, person, now=request.now)
    return _one(request, person)


@router.post("/{wanted}/reactivate", response=PersonDocument, auth=CONFIGURES, summary="Let a person in again")
def reactivate_person(request: Request, wanted: str) -> PersonDocument:
    person = find(wanted)
    commands.reactivate(request.actor, person, now=request.now)
    return _one(request, person)
