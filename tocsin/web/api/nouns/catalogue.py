"""`/api/v1/products` and `/api/v1/severities`: the words of this installation."""

from __future__ import annotations

from typing import Annotated

from django.db.models import Q
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.core.errors import NotFound
from tocsin.directory import agreed, commands, queries
from tocsin.directory.models import Product, Severity
from tocsin.incidents.rules import is_major
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import teams
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

products = Router(tags=["products"])
severities = Router(tags=["severities"])


class ProductDocument(shapes.Object):
    """What customers know by name."""

    slug: str
    name: str
    services: list[str] = Field(description="Slugs.")


class NewProduct(shapes.Body):
    name: shapes.Line
    slug: Annotated[str, StringConstraints(max_length=60)] = ""


class ProductChange(shapes.Body):
    name: shapes.Line


class SeverityDocument(Schema):
    """One of the three severities: its name, its meaning, examples one a line."""

    number: int
    name: str
    meaning: str
    examples: str
    is_major: bool = Field(description="Pages people, is worked on without a pause, demands a postmortem.")


class SeverityBody(shapes.Body):
    name: shapes.Line
    meaning: shapes.Line
    examples: shapes.Prose | None = Field(None, description="One a line; null leaves them.")


class SignOffDocument(Schema):
    team: str = Field(description="Its slug.")
    version: int
    at: shapes.Instant
    by: shapes.PersonRef | None


class MatrixDocument(Schema):
    """The three severities as one text: which version, since when, and which teams agree to it."""

    version: int
    changed_at: shapes.Instant | None = Field(description="Null: as it came with Tocsin.")
    severities: list[SeverityDocument]
    signed: list[SignOffDocument]
    waiting: list[str] = Field(description="Slugs of teams that have not agreed to this version.")


class Signature(shapes.Body):
    team: shapes.Named = Field(description="Id or slug.")
    version: int | None = Field(None, description="The version that was read; another one since then is a 409.")


def _product(product: Product) -> ProductDocument:
    return ProductDocument(
        id=product.id,
        url=shapes.address("/products"),
        created_at=product.created_at,
        updated_at=product.updated_at,
        slug=product.slug,
        name=product.name,
        services=[service.slug for service in product.services.all()],
    )


def _find(wanted: str) -> Product:
    found = queries.products().filter(Q(id=wanted) | Q(slug=wanted)).first()
    if found is None:
        raise NotFound("There is no such product.")
    return found


@products.get("", response=lists.Page[ProductDocument], auth=READS, summary="List products by slug")
def list_products(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    return lists.page(
        queries.products(), "slug", limit=limit, cursor=cursor, show=lambda found: [_product(product) for product in found]
    )


@products.post("", response={201: ProductDocument}, auth=CONFIGURES, summary="Add a product")
def create_product(request: Request, body: NewProduct) -> Status:
    product = commands.create_product(request.actor, name=body.name, slug=body.slug, now=request.now)
    return Status(201, etags.one(request, _product(_find(product.id))))


@products.get("/{wanted}", response=ProductDocument, auth=READS, summary="One product, by id or slug")
def get_product(request: Request, wanted: str) -> ProductDocument:
    return etags.one(request, _product(_find(wanted)))


@products.patch("/{wanted}", response=ProductDocument, auth=CONFIGURES, summary="Rename a product")
def change_product(request: Request, wanted: str, body: ProductChange) -> ProductDocument:
    product = _find(wanted)
    etags.require_current(request, _product(product))
    commands.change_product(request.actor, product, name=body.name, now=request.now)
    return etags.one(request, _product(_find(product.id)))


def _severity(severity: Severity) -> SeverityDocument:
    plain = {name: getattr(severity, name) for name in ("number", "name", "meaning", "examples")}
    return SeverityDocument(**plain, is_major=is_major(severity.number))


def _matrix() -> MatrixDocument:
    found = agreed.matrix()
    return MatrixDocument(
        version=found.version,
        changed_at=found.changed_at,
        severities=[_severity(one) for one in found.severities],
        signed=[
            SignOffDocument(team=one.team.slug, version=one.version, at=one.at, by=shapes.person(one.by)) for one in found.signed
        ],
        waiting=[team.slug for team in found.waiting],
    )


@severities.get("", response=lists.Page[SeverityDocument], auth=READS, summary="The three severities")
def list_severities(request: Request) -> dict:
    return {"items": [_severity(severity) for severity in queries.severities()], "next": None}


@severities.post("/{number}/set-meaning", response=SeverityDocument, auth=CONFIGURES, summary="Name a severity, say what it means")
def set_meaning(request: Request, number: int, body: SeverityBody) -> SeverityDocument:
    return _severity(commands.set_severity_meaning(request.actor, number, **body.model_dump(), now=request.now))


@severities.get("/agreement", response=MatrixDocument, auth=READS, summary="The severities with version and sign-offs")
def get_agreement(request: Request) -> MatrixDocument:
    return _matrix()


@severities.post("/sign", response=MatrixDocument, auth=CONFIGURES, summary="A team agrees to the severities")
def sign(request: Request, body: Signature) -> MatrixDocument:
    commands.sign_severities(request.actor, teams.find(body.team, field="team"), version=body.version, now=request.now)
    return _matrix()
