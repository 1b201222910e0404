"""`/api/v1/products` and `/api/v1/severities`: the words of this installation."""

from __future__ import annotations

from typing import Annotated

from django.db.models import Q
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.core.errors import NotFound
from tocsin.directory import commands, queries
from tocsin.directory.models import Product, Severity
from tocsin.web.api import etags, lists, shapes
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
    """One of the three severities: its name and its meaning."""

    number: int
    name: str
    meaning: str


class SeverityBody(shapes.Body):
    name: shapes.Line
    meaning: shapes.Line


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
    return SeverityDocument(number=severity.number, name=severity.name, meaning=severity.meaning)


@severities.get("", response=lists.Page[SeverityDocument], auth=READS, summary="The three severities")
def list_severities(request: Request) -> dict:
    return {"items": [_severity(severity) for severity in queries.severities()], "next": None}


@severities.post("/{number}/set-meaning", response=SeverityDocument, auth=CONFIGURES, summary="Name a severity, say what it means")
def set_meaning(request: Request, number: int, body: SeverityBody) -> SeverityDocument:
    severity = commands.set_severity_meaning(request.actor, number, name=body.name, meaning=body.meaning, now=request.now)
    return _severity(severity)
