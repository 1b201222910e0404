"""`/api/v1/gateways`: templated HTTP calls that reach phones and chats."""

from __future__ import annotations

from typing import Literal

from django.db.models import Q
from ninja import Router, Status
from pydantic import Field

from tocsin.core.errors import Invalid, NotFound
from tocsin.directory import commands, queries
from tocsin.directory.models import Gateway
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["gateways"])

Method = Literal["POST", "PUT", "PATCH", "GET"]


class GatewayDocument(shapes.Object):
    """A way to call out. What its headers say is never shown."""

    name: str
    method: Method


class NewGateway(shapes.Body):
    """URL, header values and body may use `{{ to }}`, `{{ subject }}`, `{{ text }}` and `{{ link }}`."""

    name: shapes.Line
    method: Method = "POST"
    url: str = Field(max_length=500)
    headers: dict[str, str] = Field(default_factory=dict, max_length=30)
    body: shapes.Prose = ""


def find(wanted: str, *, field: str = "") -> Gateway:
    """By id or name. Raises NotFound, or Invalid when a request named it in `field`."""
    found = queries.gateways().filter(Q(id=wanted) | Q(name=wanted)).first()
    if found is None:
        if field:
            raise Invalid(f"There is no gateway called {wanted[:80]!r}.", field=field)
        raise NotFound("There is no such gateway.")
    return found


def _document(gateway: Gateway) -> GatewayDocument:
    return GatewayDocument(
        id=gateway.id,
        url=shapes.address("/gateways"),
        created_at=gateway.created_at,
        updated_at=gateway.updated_at,
        name=gateway.name,
        method=gateway.method,
    )


@router.get("", response=lists.Page[GatewayDocument], auth=READS, summary="List gateways")
def list_gateways(request: Request) -> dict:
    return {"items": [_document(gateway) for gateway in queries.gateways()], "next": None}


@router.post("", response={201: GatewayDocument}, auth=CONFIGURES, summary="Add a gateway")
def create_gateway(request: Request, body: NewGateway) -> Status:
    gateway = commands.create_gateway(request.actor, **body.model_dump(), now=request.now)
    return Status(201, etags.one(request, _document(gateway)))


@router.get("/{wanted}", response=GatewayDocument, auth=READS, summary="One gateway, by id or name")
def get_gateway(request: Request, wanted: str) -> GatewayDocument:
    return etags.one(request, _document(find(wanted)))
