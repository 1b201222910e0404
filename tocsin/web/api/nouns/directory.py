"""`/api/v1/directory`: finding a colleague, and what people can do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal

from ninja import Query, Router, Schema, Status
from pydantic import Field

from tocsin.directory import commands, finding
from tocsin.directory.models import Person, Qualification
from tocsin.incidents import queries as incidents
from tocsin.oncall import colleagues
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns import people
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["people"])
of_people = Router(tags=["people"])


class ContactWayDocument(Schema):
    """A proven way to reach somebody. `address` is null for a key that only pages go by."""

    name: str = Field(description="`Mail`, or the name of a gateway.")
    kind: Literal["email", "gateway"]
    address: str | None


class DutyDocument(Schema):
    """A roster that names somebody."""

    schedule: str = Field(description="Slug.")
    on_call: bool = Field(description="Now.")
    since: shapes.Instant | None = Field(description="On call from then on; null: not in the next eight weeks.")
    until: shapes.Instant | None = Field(description="Null: not within eight weeks.")


class QualificationDocument(Schema):
    id: str
    name: str
    trained_on: dt.date | None
    expires_on: dt.date | None = Field(description="The last day on which it counts; null: for good.")
    counts: bool = Field(description="Today.")


class PersonCardDocument(Schema):
    """One person at a glance."""

    person: shapes.PersonRef
    url: str
    email: str
    role: people.Role
    zone: str
    status: str = Field(description="The key of the incident that they run at this moment; empty: none.")
    contact_methods: list[ContactWayDocument] = Field(description="For responders and administrators; empty for everybody else.")
    teams: list[str] = Field(description="Slugs.")
    rosters: list[DutyDocument] = Field(description="Where they are on call first, then by the next shift.")
    qualifications: list[QualificationDocument]


class NewQualification(shapes.Body):
    """Adds it, or sets the days of one that is there."""

    name: shapes.Line
    trained_on: dt.date | None = None
    expires_on: dt.date | None = None


class KnownQualificationDocument(Schema):
    name: str
    people: int


def _able(one: Qualification, counts: bool) -> QualificationDocument:
    return QualificationDocument(id=one.id, name=one.name, trained_on=one.trained_on, expires_on=one.expires_on, counts=counts)


def _cards(cards: Iterable[colleagues.Card]) -> list[PersonCardDocument]:
    statuses = incidents.commanding()
    return [_card(card, statuses.get(card.person.id, "")) for card in cards]


def _card(card: colleagues.Card, status: str) -> PersonCardDocument:
    person = card.person
    return PersonCardDocument(
        person=shapes.person(person),
        url=shapes.address(f"/people/{person.id}"),
        email=person.email,
        role=person.role,
        zone=person.zone,
        status=status,
        contact_methods=[ContactWayDocument(name=way.name, kind=way.kind, address=way.address or None) for way in card.ways],
        teams=[team.slug for team in card.teams],
        rosters=[
            DutyDocument(schedule=place.schedule.slug, on_call=place.on_call, since=place.since, until=place.until)
            for place in card.places
        ],
        qualifications=[_able(one.qualification, one.counts) for one in card.able],
    )


Words = Annotated[str, Query("", max_length=200, description="Words of names, addresses, teams and qualifications that count.")]


@router.get(
    "", response=lists.Page[PersonCardDocument], auth=READS, summary="Find a colleague: how to reach them, team, rosters, skills"
)
def find_colleagues(
    request: Request,
    q: Words,
    team: Annotated[str, Query("", max_length=60, description="Slug.")] = "",
    qualification: Annotated[str, Query("", max_length=60, description="A whole name; it must count today.")] = "",
    limit: lists.Limit = 50,
    cursor: lists.Cursor = "",
) -> dict:
    rows = finding.find(request.actor, request.now, q=q, team=team, qualification=qualification)

    def show(found: Iterable[Person]) -> list[PersonCardDocument]:
        return _cards(colleagues.cards(request.actor, list(found), request.now))

    return lists.page(rows, "email", limit=limit, cursor=cursor, show=show)


@router.get(
    "/qualifications", response=list[KnownQualificationDocument], auth=READS, summary="What people can do, the commonest first"
)
def list_known(request: Request) -> list[KnownQualificationDocument]:
    return [KnownQualificationDocument(name=name, people=count) for name, count in finding.known_qualifications()]


@of_people.get("/{wanted}/card", response=PersonCardDocument, auth=READS, summary="One person at a glance, by id or mail address")
def get_card(request: Request, wanted: str) -> PersonCardDocument:
    person = people.find(request.actor.id if wanted == "me" else wanted)
    return _cards(colleagues.cards(request.actor, [person], request.now))[0]


@of_people.post(
    "/{wanted}/set-qualification", response={201: QualificationDocument}, auth=CONFIGURES, summary="Say what a person can do"
)
def set_qualification(request: Request, wanted: str, body: NewQualification) -> Status:
    person = people.find(wanted)
    made = commands.set_qualification(
        request.actor, person, body.name, trained_on=body.trained_on, expires_on=body.expires_on, now=request.now
    )
    return Status(201, _able(made, made.expires_on is None or made.expires_on >= request.now.date()))


@of_people.post(
    "/{wanted}/qualifications/{qualification}/remove",
    response=PersonCardDocument,
    auth=CONFIGURES,
    summary="Take a qualification away",
)
def remove_qualification(request: Request, wanted: str, qualification: str) -> PersonCardDocument:
    person = people.find(wanted)
    commands.remove_qualification(request.actor, finding.qualification_of(person, qualification), now=request.now)
    return get_card(request, person.id)
