"""`/api/v1/services`, and the integration keys of a service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from django.db.models import Q
from ninja import Router, Status
from pydantic import Field, StringConstraints

from tocsin.alerts import commands as alerts
from tocsin.alerts import queries as alert_queries
from tocsin.alerts.models import IntegrationKey
from tocsin.core.errors import Invalid, NotFound
from tocsin.directory import commands, queries
from tocsin.directory.models import Product, Service
from tocsin.oncall import commands as oncall
from tocsin.oncall import queries as oncall_queries
from tocsin.oncall.models import Policy, Schedule
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import people, teams, vendors
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["services"])


class ServiceDocument(shapes.Object):
    """Something that can break and that a team owns."""

    slug: str
    name: str
    description: str
    runbook_url: str
    team: str = Field(description="The slug of the team that owns it.")
    products: list[str] = Field(description="Slugs of the products it belongs to.")
    policy: str | None = Field(description="The slug of the escalation policy; null: the last resort answers.")
    roster: str | None = Field(description="The slug of the schedule its incident managers come from; null: the last resort.")
    owner: shapes.PersonRef | None = Field(description="Who answers for it, and is asked to approve its postmortems.")
    needs: list[str] = Field(description="Slugs of services that it cannot do without.")
    vendors: list[str] = Field(description="Slugs of vendors whose part it needs.")
    severity_guidance: str = Field(description="What tells its Sev 1 from its Sev 2.")
    archived: bool


class NewService(shapes.Body):
    name: shapes.Line
    team: shapes.Named
    slug: Annotated[str, StringConstraints(max_length=60)] = ""
    description: shapes.Line = ""
    runbook_url: shapes.Line = ""
    products: list[shapes.Named] = Field(default_factory=list, max_length=50)
    severity_guidance: str = Field("", max_length=1_000)
    owner: shapes.Named | None = Field(None, description="Id or mail address.")
    needs: list[shapes.Named] = Field(default_factory=list, max_length=100)
    vendors: list[shapes.Named] = Field(default_factory=list, max_length=100)
    policy: shapes.Named | None = None
    roster: shapes.Named | None = None


class ServiceChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    team: shapes.Named | None = None
    description: shapes.Line | None = None
    runbook_url: shapes.Line | None = None
    products: list[shapes.Named] | None = Field(None, max_length=50)
    severity_guidance: str | None = Field(None, max_length=1_000)
    owner: shapes.Named | None = Field(None, description="Id or mail address; null: nobody.")
    needs: list[shapes.Named] | None = Field(None, max_length=100)
    vendors: list[shapes.Named] | None = Field(None, max_length=100)
    policy: shapes.Named | None = None
    roster: shapes.Named | None = None


class NewKey(shapes.Body):
    kind: shapes.Line
    name: shapes.Line


class KeyDocument(shapes.Schema):
    """An integration key. `key` and `path` are in the answer that makes it, and never again."""

    id: str
    kind: str
    name: str
    hint: str = Field(description="Its last four characters.")
    created_at: shapes.Instant
    last_event_at: shapes.Instant | None
    unreadable_at: shapes.Instant | None
    revoked_at: shapes.Instant | None
    key: str | None = None
    path: str | None = Field(None, description="Where to send to, below the base URL.")


def show(services: Iterable[Service]) -> list[ServiceDocument]:
    """The documents of services, with what covers each."""
    rows = list(services)
    covers = oncall_queries.covers_of(rows)
    return [_document(row, *covers.get(row.id, (None, None))) for row in rows]


def _document(service: Service, policy: Policy | None, roster: Schedule | None) -> ServiceDocument:
    return ServiceDocument(
        id=service.id,
        url=shapes.address(f"/s/{service.slug}"),
        created_at=service.created_at,
        updated_at=service.updated_at,
        slug=service.slug,
        name=service.name,
        description=service.description,
        runbook_url=service.runbook_url,
        team=service.team.slug,
        products=[product.slug for product in service.products.all()],
        policy=policy.slug if policy else None,
        roster=roster.slug if roster else None,
        owner=shapes.person(service.owner),
        needs=[one.slug for one in service.needs.all()],
        vendors=[vendor.slug for vendor in service.vendors.all()],
        severity_guidance=service.severity_guidance,
        archived=service.archived_at is not None,
    )


def find(wanted: str, *, field: str = "") -> Service:
    """By id or slug. Raises NotFound, or Invalid when a request named it in `field`."""
    found = queries.services(archived=True).filter(Q(id=wanted) | Q(slug=wanted)).first()
    if found is None:
        if field:
            raise Invalid(f"There is no service called {wanted[:80]!r}.", field=field)
        raise NotFound("There is no such service.")
    return found


def find_products(wanted: list[str]) -> list[Product]:
    """Products by id or slug. Raises Invalid for the first that does not exist."""
    known = {name: product for product in queries.products() for name in (product.id, product.slug)}
    for index, name in enumerate(wanted):
        if name not in known:
            raise Invalid(f"There is no product called {name[:80]!r}.", field=f"products.{index}")
    return [known[name] for name in wanted]


def _find_needed(wanted: list[str]) -> list[Service]:
    """Services by id or slug. Raises Invalid for the first that does not exist."""
    return [find(name, field=f"needs.{index}") for index, name in enumerate(wanted)]


def _one(request: Request, service: Service) -> ServiceDocument:
    return etags.one(request, show([find(service.id)])[0])


def _cover(request: Request, service: Service, given: dict) -> None:
    """Set policy and roster where the request names them; null is the last resort."""
    if not {"policy", "roster"} & given.keys():
        return
    policy, roster = oncall_queries.covers_of([service]).get(service.id, (None, None))
    if "policy" in given:
        policy = oncall_queries.policy(request.actor, given["policy"]) if given["policy"] else None
    if "roster" in given:
        roster = oncall_queries.schedule(request.actor, given["roster"]) if given["roster"] else None
    oncall.cover_service(request.actor, service, policy=policy, roster=roster, now=request.now)


@router.get("", response=lists.Page[ServiceDocument], auth=READS, summary="List services by slug")
def list_services(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    return lists.page(queries.services(request.actor), "slug", limit=limit, cursor=cursor, show=show)


@router.post("", response={201: ServiceDocument}, auth=CONFIGURES, summary="Add a service")
def create_service(request: Request, body: NewService) -> Status:
    service = commands.create_service(
        request.actor,
        name=body.name,
        team=teams.find(body.team, field="team"),
        slug=body.slug,
        description=body.description,
        runbook_url=body.runbook_url,
        severity_guidance=body.severity_guidance,
        products=find_products(body.products),
        owner=people.find(body.owner, field="owner") if body.owner else None,
        needs=_find_needed(body.needs),
        vendors=vendors.find_all(body.vendors),
        now=request.now,
    )
    _cover(request, service, body.model_dump(exclude_unset=True))
    return Status(201, _one(request, service))


@router.get("/{wanted}", response=ServiceDocument, auth=READS, summary="One service, by id or slug")
def get_service(request: Request, wanted: str) -> ServiceDocument:
    return _one(request, find(wanted))


@router.patch("/{wanted}", response=ServiceDocument, auth=CONFIGURES, summary="Change a service")
def change_service(request: Request, wanted: str, body: ServiceChange) -> ServiceDocument:
    service = find(wanted)
    etags.require_current(request, show([service])[0])
    given = body.model_dump(exclude_unset=True)
    texts = ("name", "description", "runbook_url", "severity_guidance")
    fields = {name: given[name] for name in texts if given.get(name) is not None}
    if given.get("team"):
        fields["team"] = teams.find(given["team"], field="team")
    if "owner" in given:
        fields["owner"] = people.find(given["owner"], field="owner") if given["owner"] else ""
    for name, find_all in (("products", find_products), ("needs", _find_needed), ("vendors", vendors.find_all)):
        if given.get(name) is not None:
            fields[name] = find_all(given[name])
    if fields:
        commands.change_service(request.actor, service, **fields, now=request.now)
    _cover(request, service, given)
    return _one(request, service)


def _key(key: IntegrationKey, plain: str | None = None) -> KeyDocument:
    return KeyDocument(
        id=key.id,
        kind=key.kind,
        name=key.name,
        hint=key.hint,
        created_at=key.created_at,
        last_event_at=key.last_event_at,
        unreadable_at=key.unreadable_at,
        revoked_at=key.revoked_at,
        key=plain,
        path=f"/in/{plain}/{key.kind}" if plain else None,
    )


@router.get("/{wanted}/keys", response=lists.Page[KeyDocument], auth=READS, summary="The integration keys of a service")
def list_keys(request: Request, wanted: str) -> dict:
    return {"items": [_key(key) for key in alert_queries.keys(find(wanted))], "next": None}


@router.post("/{wanted}/keys", response={201: KeyDocument}, auth=CONFIGURES, summary="Make an integration key; shown once")
def create_key(request: Request, wanted: str, body: NewKey) -> Status:
    key, plain = alerts.create_key(request.actor, find(wanted), kind=body.kind, name=body.name, now=request.now)
    return Status(201, _key(key, plain))


@router.post("/{wanted}/keys/{key_id}/revoke", response=KeyDocument, auth=CONFIGURES, summary="Revoke an integration key")
def revoke_key(request: Request, wanted: str, key_id: str) -> KeyDocument:
    key = alert_queries.key_by_id(request.actor, key_id)
    if key.service_id != find(wanted).id:
        raise NotFound("There is no such integration key.")
    return _key(alerts.revoke_key(request.actor, key, now=request.now))
