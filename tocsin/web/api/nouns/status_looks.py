"""Status pages: reading, making, changing and archiving them, and their groups: `/api/v1/status-pages`."""

from __future__ import annotations

from typing import Annotated

from ninja import Router, Status
from pydantic import Field, StringConstraints

from tocsin.statuspages import parts, permissions, queries
from tocsin.statuspages.pages import commands
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.pages.commands import grouping
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns.status_pages import GroupDocument, StatusPageDocument, show_group, show_page
from tocsin.web.api.nouns.status_parts import PartDocument, show_part
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["status-pages"])

Position = Annotated[int | None, Field(ge=0, le=32_000, description="Small numbers come first.")]
Theme = Annotated[
    dict[shapes.Named, Annotated[str, StringConstraints(max_length=20)]] | None,
    Field(
        max_length=20,
        description="ink, muted, accent, alarm, warn, each also with _dark, as #rrggbb; their contrast with paper is at least 4.5.",
    ),
]


class Looks(shapes.Body):
    """What is left out stays as it is; `theme` replaces all colours."""

    name: shapes.Line | None = None
    language: shapes.Named | None = Field(None, description="en, de or fr: of the page's own words.")
    zone: shapes.Line | None = Field(None, description="Such as Europe/Vienna.")
    theme: Theme = None
    host: shapes.Line | None = Field(None, description="Of its own, such as status.example.com; empty for none.")
    is_secret: bool | None = Field(None, description="Read by those alone who know its address.")
    position: Position = None
    text_gateway: shapes.Line | None = Field(
        None, description="Id or name of the gateway that carries texts to subscribers; empty: nobody subscribes by SMS."
    )


class NewPage(Looks):
    name: shapes.Line
    slug: shapes.Line = Field("", description="In its address; left out: made from the name. It stays.")


class NewGroup(shapes.Body):
    name: shapes.Line
    position: int = Field(0, ge=0, le=32_000, description="Small numbers come first.")


class GroupChange(shapes.Body):
    name: shapes.Line | None = None
    position: Position = None
    state: shapes.Named | None = Field(None, description="By hand; empty: as the worst of its parts.")


class PartChange(shapes.Body):
    """What is left out stays; an empty `product` or `group` is none."""

    name: shapes.Line | None = None
    product: shapes.Line | None = None
    group: shapes.Line | None = Field(None, description="Id or name of a group of the same page.")
    position: Position = None


@router.get("", response=lists.Page[StatusPageDocument], auth=READS, summary="The status pages")
def list_status_pages(request: Request, archived: bool = False) -> dict:
    rows = several.archived() if archived else queries.pages()
    return {"items": [show_page(request.actor, page, request) for page in rows], "next": None}


@router.get("/{wanted}", response=StatusPageDocument, auth=READS, summary="One status page, by id or slug")
def get_status_page(request: Request, wanted: str) -> StatusPageDocument:
    return etags.one(request, show_page(request.actor, several.found(wanted), request))


@router.post("", response={201: StatusPageDocument}, auth=CONFIGURES, summary="Make a further page for customers")
def create_page(request: Request, body: NewPage) -> Status:
    given = body.model_dump(exclude_none=True)
    page = commands.create_page(request.actor, **given, now=request.now)
    return Status(201, show_page(request.actor, page, request))


@router.patch("/{wanted}", response=StatusPageDocument, auth=CONFIGURES, summary="Change words, zone, colours or address")
def change_page(request: Request, wanted: str, body: Looks) -> StatusPageDocument:
    permissions.require_editor(request.actor)
    page = parts.page(wanted)
    etags.require_current(request, show_page(request.actor, page, request))
    page = commands.change_page(request.actor, page, **body.model_dump(), now=request.now)
    return etags.one(request, show_page(request.actor, page, request))


@router.post("/{wanted}/renew-address", response=StatusPageDocument, auth=CONFIGURES, summary="Make another secret address")
def renew_address(request: Request, wanted: str) -> StatusPageDocument:
    page = commands.renew_address(request.actor, parts.page(wanted), now=request.now)
    return show_page(request.actor, page, request)


@router.post("/{wanted}/archive", response=StatusPageDocument, auth=CONFIGURES, summary="Nobody reads it any more")
def archive_page(request: Request, wanted: str) -> StatusPageDocument:
    page = commands.archive_page(request.actor, parts.page(wanted), now=request.now)
    return show_page(request.actor, page, request)


@router.post("/{wanted}/restore", response=StatusPageDocument, auth=CONFIGURES, summary="Let an archived page be read again")
def restore_page(request: Request, wanted: str) -> StatusPageDocument:
    page = commands.restore_page(request.actor, parts.page(wanted), now=request.now)
    return show_page(request.actor, page, request)


@router.post("/{wanted}/groups", response={201: GroupDocument}, auth=CONFIGURES, summary="Add a group of parts to a page")
def add_group(request: Request, wanted: str, body: NewGroup) -> Status:
    page = parts.page(wanted)
    return Status(201, show_group(grouping.create_group(request.actor, page, **body.model_dump(), now=request.now)))


@router.post("/groups/{group}/change", response=GroupDocument, auth=CONFIGURES, summary="Change a group of parts")
def change_group(request: Request, group: str, body: GroupChange) -> GroupDocument:
    return show_group(grouping.change_group(request.actor, parts.group(group), **body.model_dump(), now=request.now))


@router.post("/groups/{group}/remove", response=GroupDocument, auth=CONFIGURES, summary="Take a group away; its parts stay")
def remove_group(request: Request, group: str) -> GroupDocument:
    found = parts.group(group)
    gone = show_group(found)
    grouping.remove_group(request.actor, found, now=request.now)
    return gone


@router.post("/components/{component}/change", response=PartDocument, auth=CONFIGURES, summary="Change a part of a page")
def change_part(request: Request, component: str, body: PartChange) -> PartDocument:
    part, given = parts.part(component), body.model_dump(exclude_none=True)
    if "product" in given:
        given["product"] = parts.product(given["product"])
    if "group" in given:
        given["group"] = parts.group_named(part.page, given["group"])
    return show_part(grouping.change_component(request.actor, part, **given, now=request.now))
