"""`/api/v1/lists`: who of the house hears by mail what the company is told."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.core.errors import Invalid
from tocsin.directory import queries as directory
from tocsin.statuspages.lists import commands, queries
from tocsin.statuspages.lists.models import DistributionList, ListMember
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.scopes import CONFIGURES, READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["lists"])


class ListDocument(shapes.Object):
    """A list. It is told of incidents of its `severities`, unless whoever publishes chooses otherwise."""

    slug: str
    name: str
    purpose: str
    severities: list[int]
    is_open: bool = Field(description="Whether people put themselves on it.")
    stands_for: Literal["", "blog"] = Field(description="What Tocsin keeps it for by itself; such a list hears of no incident.")
    members: int
    subscribed: bool = Field(description="Whether you are on it.")


class ListMemberDocument(Schema):
    """Somebody on a list. A `stopped_at` says that they get nothing more until an administrator clears it."""

    id: str
    person: shapes.PersonRef | None
    name: str
    address: str
    by_self: bool
    added_at: shapes.Instant
    bounces: int = Field(description="Final refusals by their mail server; at three they are stopped.")
    bounced_at: shapes.Instant | None
    bounce_reason: str
    stopped_at: shapes.Instant | None


Severities = Annotated[list[int], Field(max_length=3, description="Of 1, 2 and 3: those it is told of unless chosen otherwise.")]


class NewList(shapes.Body):
    name: shapes.Line
    slug: Annotated[str, StringConstraints(max_length=60)] = ""
    purpose: shapes.Line = ""
    severities: Severities = Field(default_factory=list)
    is_open: bool = False


class ListChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    purpose: shapes.Line | None = None
    severities: Severities | None = None
    is_open: bool | None = None


class NewListMember(shapes.Body):
    """A `person` of the directory, or an `address` with a `name`."""

    person: shapes.Named | None = None
    address: shapes.Line = ""
    name: shapes.Line = ""


class WhichMember(shapes.Body):
    member: shapes.Named = Field(description="Its id, or the address or id of a person.")


def _show(request: Request, one: DistributionList) -> ListDocument:
    members = list(one.members.all())
    return ListDocument(
        id=one.id,
        url=shapes.address(f"/lists/{one.slug}"),
        created_at=one.created_at,
        updated_at=one.updated_at,
        slug=one.slug,
        name=one.name,
        purpose=one.purpose,
        severities=one.severities,
        is_open=one.is_open,
        stands_for=one.stands_for,
        members=len(members),
        subscribed=any(member.person_id == request.actor.id for member in members),
    )


def _member(one: ListMember) -> ListMemberDocument:
    plain = {name: getattr(one, name) for name in ("id", "added_at", "bounces", "bounced_at", "bounce_reason", "stopped_at")}
    return ListMemberDocument(
        person=shapes.person(one.person), name=one.called, address=one.mail, by_self=one.is_self_subscribed, **plain
    )


def _one(request: Request, wanted: str) -> ListDocument:
    return etags.one(request, _show(request, queries.list_called(wanted)))


@router.get("", response=lists.Page[ListDocument], auth=READS, summary="Lists by name")
def list_lists(request: Request) -> dict:
    return {"items": [_show(request, one) for one in queries.lists()], "next": None}


@router.post("", response={201: ListDocument}, auth=CONFIGURES, summary="Make a list")
def create_list(request: Request, body: NewList) -> Status:
    made = commands.create_list(request.actor, **body.model_dump(), now=request.now)
    return Status(201, _one(request, made.id))


@router.get("/{wanted}", response=ListDocument, auth=READS, summary="One list, by id or short name")
def get_list(request: Request, wanted: str) -> ListDocument:
    return _one(request, wanted)


@router.patch("/{wanted}", response=ListDocument, auth=CONFIGURES, summary="Change a list")
def change_list(request: Request, wanted: str, body: ListChange) -> ListDocument:
    chosen = queries.list_called(wanted)
    etags.require_current(request, _show(request, chosen))
    commands.change_list(request.actor, chosen, **body.model_dump(), now=request.now)
    return _one(request, chosen.id)


@router.post("/{wanted}/remove", response={204: None}, auth=CONFIGURES, summary="Use a list no more")
def remove_list(request: Request, wanted: str) -> Status:
    commands.remove_list(request.actor, queries.list_called(wanted), now=request.now)
    return Status(204, None)


@router.get("/{wanted}/members", response=lists.Page[ListMemberDocument], auth=READS, summary="Who is on a list")
def list_members(request: Request, wanted: str) -> dict:
    """Stakeholders see themselves alone: addresses are in this."""
    return {"items": [_member(one) for one in queries.members_shown(request.actor, queries.list_called(wanted))], "next": None}


@router.post("/{wanted}/add-member", response=ListMemberDocument, auth=CONFIGURES, summary="Put somebody on a list")
def add_member(request: Request, wanted: str, body: NewListMember) -> ListMemberDocument:
    """Once, however often it is asked."""
    person = None
    if body.person:
        person = directory.person_by_email(body.person) or directory.people().filter(pk=body.person).first()
        if person is None:
            raise Invalid(f"There is nobody called {body.person[:80]!r}.", field="person")
    chosen = queries.list_called(wanted)
    return _member(commands.add_member(request.actor, chosen, person=person, address=body.address, name=body.name, now=request.now))


@router.post("/{wanted}/remove-member", response={204: None}, auth=CONFIGURES, summary="Take somebody off a list")
def remove_member(request: Request, wanted: str, body: WhichMember) -> Status:
    commands.remove_member(request.actor, queries.member_of(queries.list_called(wanted), body.member), now=request.now)
    return Status(204, None)


@router.post("/{wanted}/clear-bounces", response=ListMemberDocument, auth=CONFIGURES, summary="Mail to an address again")
def clear_bounces(request: Request, wanted: str, body: WhichMember) -> ListMemberDocument:
    member = queries.member_of(queries.list_called(wanted), body.member)
    return _member(commands.clear_bounces(request.actor, member, now=request.now))


@router.post("/{wanted}/subscribe", response=ListDocument, auth=RESPONDS, summary="Put yourself on an open list")
def subscribe(request: Request, wanted: str) -> ListDocument:
    commands.subscribe(request.actor, queries.list_called(wanted), now=request.now)
    return _one(request, wanted)


@router.post("/{wanted}/unsubscribe", response=ListDocument, auth=RESPONDS, summary="Take yourself off an open list")
def unsubscribe(request: Request, wanted: str) -> ListDocument:
    commands.unsubscribe(request.actor, queries.list_called(wanted), now=request.now)
    return _one(request, wanted)
