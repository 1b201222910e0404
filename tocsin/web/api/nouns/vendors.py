"""`/api/v1/vendors`: whom outside the house to call, and what to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal

from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.core.errors import Invalid, NotFound
from tocsin.directory import commands, queries
from tocsin.directory.models import Vendor
from tocsin.directory.vendor_status import queries as status
from tocsin.directory.vendor_status.queries import Standing
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["vendors"])


class ReportDocument(Schema):
    """Something that a vendor reports about itself."""

    title: str
    status: str
    impact: str
    text: str
    address: str
    began_at: shapes.Instant | None
    said_at: shapes.Instant | None


class StandingDocument(Schema):
    """What a vendor's feed says, and how old that is: broken and stale are never calm."""

    vendor: str = Field(description="Slug.")
    name: str
    state: Literal["unread", "broken", "stale", "trouble", "calm"]
    words: str
    as_of: shapes.Instant | None = Field(description="When it was last read well.")
    fault: str = Field(description="Why the last try failed.")
    indicator: str
    reports: list[ReportDocument]


class VendorDocument(shapes.Object):
    """Somebody whose part our services need."""

    slug: str
    name: str
    support_url: str = Field(description="Where a case is opened, or their state is shown.")
    phone: str
    procedure: str = Field(description="How to escalate there.")
    status_feed: str = Field(description="Where their state is read: a status page, its JSON, or an Atom or RSS feed.")
    status: StandingDocument | None = Field(description="What they report; null without a feed.")
    services: list[str] = Field(description="Slugs of services that need it.")


class NewVendor(shapes.Body):
    name: shapes.Line
    slug: Annotated[str, StringConstraints(max_length=60)] = ""
    support_url: shapes.Line = ""
    phone: shapes.Line = ""
    procedure: shapes.Prose = ""
    status_feed: shapes.Line = ""


class VendorChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    support_url: shapes.Line | None = None
    phone: shapes.Line | None = None
    procedure: shapes.Prose | None = None
    status_feed: shapes.Line | None = None


def standing(one: Standing) -> StandingDocument:
    """What a vendor says, as the API shows it."""
    return StandingDocument(
        vendor=one.vendor.slug,
        name=one.vendor.name,
        state=one.kind,
        words=one.words,
        as_of=one.as_of,
        fault=one.fault,
        indicator=one.indicator,
        reports=[
            ReportDocument(
                title=report.title,
                status=report.status,
                impact=report.impact,
                text=report.text,
                address=report.url,
                began_at=report.began_at,
                said_at=report.said_at,
            )
            for report in one.reports
        ],
    )


def _show(vendor: Vendor, said: Standing | None) -> VendorDocument:
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
        status_feed=vendor.status_feed,
        status=standing(said) if said else None,
        services=[service.slug for service in vendor.services.all()],
    )


def _one(request: Request, vendor: Vendor) -> VendorDocument:
    fresh = queries.vendor(vendor.id)
    return etags.one(request, _show(fresh, status.standing(fresh, request.now)))


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


def _show_all(found: Iterable[Vendor], now: dt.datetime) -> list[VendorDocument]:
    rows = list(found)
    said = status.standings(rows, now)
    return [_show(vendor, said.get(vendor.id)) for vendor in rows]


@router.get("", response=lists.Page[VendorDocument], auth=READS, summary="List vendors by slug")
def list_vendors(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    rows = queries.vendors()
    return lists.page(rows, "slug", limit=limit, cursor=cursor, show=lambda found: _show_all(found, request.now))


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
    etags.require_current(request, _show(vendor, status.standing(vendor, request.now)))
    commands.change_vendor(request.actor, vendor, **body.model_dump(), now=request.now)
    return _one(request, vendor)
