"""`/api/v1/dashboards`: saved views of incidents in progress, and secret addresses that show one on other pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.incidents import commands
from tocsin.incidents.boards import queries
from tocsin.incidents.boards.models import Dashboard, Embed
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import incidents, services, teams
from tocsin.web.api.nouns.incidents import IncidentDocument, Severity
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["dashboards"])

State = Literal["pending", "fixing"]


class DashboardDocument(shapes.Object):
    """Incidents in progress as one team needs to see them, at an address that stays. An empty filter lets everything through."""

    slug: str
    name: str
    team: str
    services: list[str]
    products: list[str]
    teams: list[str] = Field(description="Slugs of teams that own the faulty service.")
    severities: list[Severity]
    states: list[State]


class NewDashboard(shapes.Body):
    name: shapes.Line
    team: shapes.Named
    slug: Annotated[str, StringConstraints(max_length=60)] = Field("", description="What follows /dash/; it never changes.")
    services: list[shapes.Named] = Field(default_factory=list, max_length=200)
    products: list[shapes.Named] = Field(default_factory=list, max_length=50)
    teams: list[shapes.Named] = Field(default_factory=list, max_length=100)
    severities: list[Severity] = Field(default_factory=list, max_length=3)
    states: list[State] = Field(default_factory=list, max_length=2)


class DashboardChange(shapes.Body):
    """What is left out stays as it is. The slug stays in any case."""

    name: shapes.Line | None = None
    services: list[shapes.Named] | None = Field(None, max_length=200)
    products: list[shapes.Named] | None = Field(None, max_length=50)
    teams: list[shapes.Named] | None = Field(None, max_length=100)
    severities: list[Severity] | None = Field(None, max_length=3)
    states: list[State] | None = Field(None, max_length=2)


class BoardDocument(Schema):
    """What a dashboard shows now, most severe first."""

    name: str
    incidents: list[IncidentDocument]
    elsewhere: int = Field(description="How many more are in progress that its filters leave out.")


class EmbedDocument(Schema):
    """A secret address of a dashboard. `address` is in the answer that makes it, and never again. Programs add `.json`."""

    id: str
    hint: str
    origins: list[str] = Field(description="Whose pages may frame it.")
    created_at: shapes.Instant
    last_used_at: shapes.Instant | None
    revoked_at: shapes.Instant | None
    address: str | None = None


class NewEmbed(shapes.Body):
    origins: list[shapes.Line] = Field(default_factory=list, max_length=20, description="Such as https://wiki.example.com.")


def show(found: Iterable[Dashboard]) -> list[DashboardDocument]:
    return [_document(one) for one in found]


def _document(found: Dashboard) -> DashboardDocument:
    return DashboardDocument(
        id=found.id,
        url=shapes.address(f"/dash/{found.slug}"),
        created_at=found.created_at,
        updated_at=found.updated_at,
        slug=found.slug,
        name=found.name,
        team=found.team.slug,
        **queries.filters(found),
    )


def _embed(row: Embed, path: str = "") -> EmbedDocument:
    plain = {name: getattr(row, name) for name in ("id", "hint", "origins", "created_at", "last_used_at", "revoked_at")}
    return EmbedDocument(**plain, address=shapes.address(path) if path else None)


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    """Names in a body as the things they name. Raises Invalid with the place."""
    fields = {name: value for name, value in given.items() if value is not None}
    if "services" in fields:
        fields["services"] = [services.find(one, field=f"services.{place}") for place, one in enumerate(fields["services"])]
    if "teams" in fields:
        fields["teams"] = [teams.find(one, field=f"teams.{place}") for place, one in enumerate(fields["teams"])]
    if "products" in fields:
        fields["products"] = services.find_products(fields["products"])
    return fields


@router.get("", response=lists.Page[DashboardDocument], auth=READS, summary="List dashboards by slug")
def list_dashboards(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    return lists.page(queries.dashboards(request.actor), "slug", limit=limit, cursor=cursor, show=show)


@router.post("", response={201: DashboardDocument}, auth=CONFIGURES, summary="Add a dashboard of a team")
def create_dashboard(request: Request, body: NewDashboard) -> Status:
    fields = _fields(body.model_dump(exclude={"team"}))
    made = commands.create_dashboard(request.actor, team=teams.find(body.team, field="team"), **fields, now=request.now)
    return Status(201, _document(queries.dashboard(request.actor, made.id)))


@router.get("/{wanted}", response=DashboardDocument, auth=READS, summary="One dashboard, by id or slug")
def get_dashboard(request: Request, wanted: str) -> DashboardDocument:
    return etags.one(request, _document(queries.dashboard(request.actor, wanted)))


@router.patch("/{wanted}", response=DashboardDocument, auth=CONFIGURES, summary="Change a dashboard")
def change_dashboard(request: Request, wanted: str, body: DashboardChange) -> DashboardDocument:
    found = queries.dashboard(request.actor, wanted)
    etags.require_current(request, _document(found))
    commands.change_dashboard(request.actor, found, **_fields(body.model_dump(exclude_unset=True)), now=request.now)
    return etags.one(request, _document(queries.dashboard(request.actor, found.id)))


@router.get("/{wanted}/incidents", response=BoardDocument, auth=READS, summary="What a dashboard shows now")
def dashboard_incidents(request: Request, wanted: str) -> BoardDocument:
    board = queries.board(request.actor, queries.dashboard(request.actor, wanted))
    return BoardDocument(name=board.dashboard.name, incidents=incidents.show(board.incidents), elsewhere=board.elsewhere)


@router.post("/{wanted}/remove", response={204: None}, auth=CONFIGURES, summary="Remove a dashboard and its secret addresses")
def remove_dashboard(request: Request, wanted: str) -> Status:
    commands.remove_dashboard(request.actor, queries.dashboard(request.actor, wanted), now=request.now)
    return Status(204, None)


@router.get("/{wanted}/embeds", response=list[EmbedDocument], auth=READS, summary="The secret addresses of a dashboard")
def list_embeds(request: Request, wanted: str) -> list[EmbedDocument]:
    return [_embed(row) for row in queries.embeds(queries.dashboard(request.actor, wanted))]


@router.post("/{wanted}/embeds", response={201: EmbedDocument}, auth=CONFIGURES, summary="Make a secret address; shown once")
def create_embed(request: Request, wanted: str, body: NewEmbed) -> Status:
    found = queries.dashboard(request.actor, wanted)
    made, path = commands.create_embed(request.actor, found, origins=body.origins, now=request.now)
    return Status(201, _embed(made, path))


@router.post(
    "/{wanted}/embeds/{embed_id}/revoke", response=EmbedDocument, auth=CONFIGURES, summary="Close a secret address for good"
)
def revoke_embed(request: Request, wanted: str, embed_id: str) -> EmbedDocument:
    found = queries.dashboard(request.actor, wanted)
    return _embed(commands.revoke_embed(request.actor, queries.embed(found, embed_id), now=request.now))
