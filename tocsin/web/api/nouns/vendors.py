"""`/api/v1/vendors`: whom outside the house to call, and what to say."""

from __future__ import annotations

from typing import Annotated

from ninja import Router, Status
from pydantic import Field, StringConstraints

from tocsin.core.errors import Invalid, NotFound
from tocsin.directory import commands, queries
from tocsin.directory.models import Vendor
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["vendors"])


class VendorDocument(shapes.Object):
    """Somebody whose part our services need."""

    slug: str
    name: str
    support_url: str = Field(description="Where a case is opened, or their state is shown.")
    phone: str
    procedure: str = Field(description="How to escalate there.")
    services: list[str] = Field(description="Slugs of services that need it.")


class NewVendor(shapes.Body):
    name: shapes.Line
    slug: Annotated[str, StringConstraints(max_length=60)] = ""
    support_url: shapes.Line = ""
    phone: shapes.Line = ""
    procedure: shapes.Prose = ""


class VendorChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    support_url: shapes.Line | None = None
    phone: shapes.Line | None = None
    procedure: shapes.Prose | None = None


def _show(vendor: Vendor) -> VendorDocument:
    return VendorDocument(
        id=vendor.id,
        url=shapes.address(f"/v/{vendor.slug}"),
        created_at=vendor.created_at,
        updated_at=vendor.updated_at,
        slug=vendor.slug,
        name=vendor.name,
        support_url=vendor.support_url,
        phone=vendor.phone,
        procedure=vendor.procedure,
        services=[service.slug for service in vendor.services.all()],
    )


def _one(request: Request, vendor: Vendor) -> VendorDocument:
    return etags.one(request, _show(queries.vendor(vendor.id)))


def find_all(wanted: list[str]) -> list[Vendor]:
    """Vendors by id or slug. Raises Invalid for the first that does not exist."""
    known = {name: vendor for vendor in queries.vendors() for name in (vendor.id, vendor.slug)}
    for index, name in enumerate(wanted):
        if name not in known:
            raise Invalid(f"There is no vendor called {name[:80]!r}.", field=f"vendors.{index}")
    return [known[name] for name in wanted]


def find(wanted: str, *, field: str) -> Vendor:
    """By id or slug. Raises Invalid for the request that named it in `field`."""
    try:
        return queries.vendor(wanted)
    except NotFound as missing:
        raise Invalid(missing.detail, field=field) from None


@router.get("", response=lists.Page[VendorDocument], auth=READS, summary="List vendors by slug")
def list_vendors(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    rows = queries.vendors()
    return lists.page(rows, "slug", limit=limit, cursor=cursor, show=lambda found: [_show(vendor) for vendor in found])


@router.post("", response={201: VendorDocument}, auth=CONFIGURES, summary="Add a vendor")
def create_vendor(request: Request, body: NewVendor) -> Status:
    vendor = commands.create_vendor(request.actor, **body.model_dump(), now=request.now)
    return Status(201, _one(request, vendor))


@router.get("/{wanted}", response=VendorDocument, auth=READS, summary="One vendor, by id or slug")
def get_vendor(request: Request, wanted: str) -> VendorDocument:
    return _one(request, queries.vendor(wanted))


@router.patch("/{wanted}", response=VendorDocument, auth=CONFIGURES, summary="Change a vendor")
def change_vendor(request: Request, wanted: str, body: VendorChange) -> VendorDocument:
    vendor = queries.vendor(wanted)
    etags.require_current(request, _show(vendor))
    commands.change_vendor(request.actor, vendor, **body.model_dump(), now=request.now)
    return _one(request, vendor)
