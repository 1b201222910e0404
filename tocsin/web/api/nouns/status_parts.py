"""Parts of the status pages, and what a page is called: below `/api/v1/status-pages`."""

from __future__ import annotations

from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.statuspages import commands, parts
from tocsin.statuspages.models import Component
from tocsin.web.api import shapes
from tocsin.web.api.nouns.status_pages import Present, State
from tocsin.web.api.scopes import CONFIGURES
from tocsin.web.forms.request import Request

router = Router(tags=["status-pages"])


class PartDocument(Schema):
    """A part that readers of a page recognise."""

    id: str
    page: str = Field(description="Slug of the page.")
    name: str
    product: str | None = Field(description="Slug of the product that it stands for.")
    group: str | None = Field(description="Id of the group that it stands in.")
    position: int
    state: Present


class NewPart(shapes.Body):
    name: shapes.Line
    product: shapes.Line = Field("", description="Slug; left out: it stands for none.")
    position: int = Field(0, ge=0, le=32_000, description="Small numbers come first.")


class PartState(shapes.Body):
    state: State


class PageName(shapes.Body):
    name: shapes.Line


class NamedPage(Schema):
    slug: str
    name: str


def show_part(part: Component) -> PartDocument:
    """A part as programs read it."""
    return PartDocument(
        id=part.id,
        page=part.page.slug,
        name=part.name,
        product=part.product.slug if part.product else None,
        group=part.group_id,
        position=part.position,
        state=part.state,
    )


@router.post("/{wanted}/rename", response=NamedPage, auth=CONFIGURES, summary="Give a page the name that readers see")
def rename_page(request: Request, wanted: str, body: PageName) -> NamedPage:
    page = commands.rename_page(request.actor, parts.page(wanted), name=body.name, now=request.now)
    return NamedPage(slug=page.slug, name=page.name)


@router.post("/{wanted}/components", response={201: PartDocument}, auth=CONFIGURES, summary="Add a part to a page")
def add_part(request: Request, wanted: str, body: NewPart) -> Status:
    page, product = parts.page(wanted), parts.product(body.product)
    made = commands.create_component(request.actor, page, name=body.name, product=product, position=body.position, now=request.now)
    return Status(201, show_part(made))


@router.post("/components/{component}/set-state", response=PartDocument, auth=CONFIGURES, summary="Say by hand how a part is")
def set_state(request: Request, component: str, body: PartState) -> PartDocument:
    return show_part(commands.set_component_state(request.actor, parts.part(component), body.state, now=request.now))


@router.post("/components/{component}/remove", response=PartDocument, auth=CONFIGURES, summary="Take a part off its page")
def remove_part(request: Request, component: str) -> PartDocument:
    part = parts.part(component)
    gone = show_part(part)
    commands.remove_component(request.actor, part, now=request.now)
    return gone
