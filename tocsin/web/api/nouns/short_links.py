"""`/api/v1/short-links`: names below `/go/`."""

from __future__ import annotations

from ninja import Router, Status
from pydantic import Field

from tocsin.collab import commands, queries
from tocsin.collab.models import ShortLink
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["short links"])


class ShortLinkDocument(shapes.Object):
    """A name that leads to an address. Following it does not change its ETag."""

    name: str
    target: str = Field(description="A path of ours, or an address elsewhere.")
    note: str
    hits: int = Field(description="How often it was followed; counted within seconds.")


class NewShortLink(shapes.Body):
    name: shapes.Line
    target: str = Field(max_length=1000)
    note: shapes.Line = ""


class ShortLinkChange(shapes.Body):
    """What is left out stays as it is."""

    target: str | None = Field(None, max_length=1000)
    note: shapes.Line | None = None


def _show(link: ShortLink, *, hits: int | None = None) -> ShortLinkDocument:
    return ShortLinkDocument(
        id=link.id,
        url=shapes.address(f"/go/{link.name}"),
        created_at=link.created_at,
        updated_at=link.updated_at,
        name=link.name,
        target=link.target,
        note=link.note,
        hits=link.hits if hits is None else hits,
    )


def _one(request: Request, link: ShortLink) -> ShortLinkDocument:
    """The document; its tag leaves the hits out, so that following a link makes nobody's change stale."""
    etags.one(request, _show(link, hits=0))
    return _show(link)


@router.get("", response=lists.Page[ShortLinkDocument], auth=READS, summary="List short links by name")
def list_short_links(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    rows = queries.short_links()
    return lists.page(rows, "name", limit=limit, cursor=cursor, show=lambda found: [_show(link) for link in found])


@router.post("", response={201: ShortLinkDocument}, auth=CONFIGURES, summary="Make a short link; a name that is taken is refused")
def create_short_link(request: Request, body: NewShortLink) -> Status:
    link = commands.create_short_link(request.actor, body.name, body.target, note=body.note, now=request.now)
    return Status(201, _one(request, link))


@router.get("/{name}", response=ShortLinkDocument, auth=READS, summary="One short link, by name")
def get_short_link(request: Request, name: str) -> ShortLinkDocument:
    return _one(request, queries.short_link_to_change(name))


@router.patch("/{name}", response=ShortLinkDocument, auth=CONFIGURES, summary="Point a short link elsewhere")
def change_short_link(request: Request, name: str, body: ShortLinkChange) -> ShortLinkDocument:
    link = queries.short_link_to_change(name)
    etags.require_current(request, _show(link, hits=0))
    link = commands.change_short_link(request.actor, link, target=body.target, note=body.note, now=request.now)
    return _one(request, link)


@router.post("/{name}/remove", response=ShortLinkDocument, auth=CONFIGURES, summary="Take a short link away")
def remove_short_link(request: Request, name: str) -> ShortLinkDocument:
    link = queries.short_link_to_change(name)
    shown = _show(link)
    commands.remove_short_link(request.actor, link, now=request.now)
    return shown
