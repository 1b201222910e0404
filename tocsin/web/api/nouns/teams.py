"""`/api/v1/teams`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from django.db.models import Q
from ninja import Router, Status
from pydantic import Field, StringConstraints

from tocsin.core.errors import Invalid, NotFound
from tocsin.directory import commands, queries
from tocsin.directory.models import Team
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import people
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["teams"])


class MemberDocument(shapes.PersonRef):
    is_manager: bool


class TeamDocument(shapes.Object):
    """People who answer for services together."""

    slug: str
    name: str
    zone: str
    members: list[MemberDocument]
    services: list[str] = Field(description="Slugs of the services it owns.")


class NewTeam(shapes.Body):
    name: shapes.Line
    zone: shapes.Line = "UTC"
    slug: Annotated[str, StringConstraints(max_length=60)] = ""


class TeamChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    zone: shapes.Line | None = None


class NewMember(shapes.Body):
    person: shapes.Named
    is_manager: bool = False


class Leaving(shapes.Body):
    person: shapes.Named


def show(teams: Iterable[Team]) -> list[TeamDocument]:
    return [
        TeamDocument(
            id=team.id,
            url=shapes.address(f"/t/{team.slug}"),
            created_at=team.created_at,
            updated_at=team.updated_at,
            slug=team.slug,
            name=team.name,
            zone=team.zone,
            members=[
                MemberDocument(id=place.person_id, name=place.person.name, is_manager=place.is_manager)
                for place in team.memberships.all()
            ],
            services=[service.slug for service in team.services.all()],
        )
        for team in teams
    ]


def find(wanted: str, *, field: str = "") -> Team:
    """By id or slug. Raises NotFound, or Invalid when a request named it in `field`."""
    found = queries.teams().filter(Q(id=wanted) | Q(slug=wanted)).first()
    if found is None:
        if field:
            raise Invalid(f"There is no team called {wanted[:80]!r}.", field=field)
        raise NotFound("There is no such team.")
    return found


def _one(request: Request, team: Team) -> TeamDocument:
    return etags.one(request, show([find(team.id)])[0])


@router.get("", response=lists.Page[TeamDocument], auth=READS, summary="List teams by slug")
def list_teams(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    return lists.page(queries.teams(request.actor), "slug", limit=limit, cursor=cursor, show=show)


@router.post("", response={201: TeamDocument}, auth=CONFIGURES, summary="Add a team")
def create_team(request: Request, body: NewTeam) -> Status:
    team = commands.create_team(request.actor, name=body.name, zone=body.zone, slug=body.slug, now=request.now)
    return Status(201, _one(request, team))


@router.get("/{wanted}", response=TeamDocument, auth=READS, summary="One team, by id or slug")
def get_team(request: Request, wanted: str) -> TeamDocument:
    return _one(request, find(wanted))


@router.patch("/{wanted}", response=TeamDocument, auth=CONFIGURES, summary="Change a team")
def change_team(request: Request, wanted: str, body: TeamChange) -> TeamDocument:
    team = find(wanted)
    etags.require_current(request, show([team])[0])
    commands.change_team(request.actor, team, name=body.name, zone=body.zone, now=request.now)
    return _one(request, team)


@router.post("/{wanted}/add-member", response=TeamDocument, auth=CONFIGURES, summary="Add a person to a team")
def add_member(request: Request, wanted: str, body: NewMember) -> TeamDocument:
    team = find(wanted)
    someone = people.find(body.person, field="person")
    commands.add_member(request.actor, team, someone, is_manager=body.is_manager, now=request.now)
    return _one(request, team)


@router.post("/{wanted}/remove-member", response=TeamDocument, auth=CONFIGURES, summary="Take a person out of a team")
def remove_member(request: Request, wanted: str, body: Leaving) -> TeamDocument:
    team = find(wanted)
    commands.remove_member(request.actor, team, people.find(body.person, field="person"), now=request.now)
    return _one(request, team)
