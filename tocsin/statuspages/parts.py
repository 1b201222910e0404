"""Finding pages and their parts by the names that people give. Reads only."""

from __future__ import annotations

from django.db.models import Q

from tocsin.core.errors import Invalid, NotFound
from tocsin.directory import queries as directory
from tocsin.directory.models import Product
from tocsin.statuspages.models import Component, ComponentGroup, StatusPage
from tocsin.statuspages.pages import queries as several


def page(wanted: str) -> StatusPage:
    """A page by id or slug, also an archived one. Raises NotFound."""
    return several.found(wanted)


def part(wanted: str) -> Component:
    """A part by its id. Raises NotFound."""
    found = Component.objects.select_related("page", "product").filter(pk=wanted).first()
    if found is None:
        raise NotFound("No status page has this part.")
    return found


def group(wanted: str) -> ComponentGroup:
    """A group by its id. Raises NotFound."""
    found = ComponentGroup.objects.select_related("page").filter(pk=wanted).first()
    if found is None:
        raise NotFound("No status page has this group.")
    return found


def group_named(page: StatusPage, wanted: str) -> ComponentGroup | None:
    """A group of a page by id or name; none for nothing. Raises Invalid."""
    found = page.groups.filter(Q(pk=wanted) | Q(name=wanted)).first() if wanted else None
    if wanted and found is None:
        raise Invalid(f"{page.name} has no group “{wanted[:60]}”.", field="group")
    return found


def product(slug: str) -> Product | None:
    """The product that a part stands for; none for an empty slug. Raises Invalid."""
    found = directory.products().filter(slug=slug).first() if slug else None
    if slug and found is None:
        raise Invalid(f"There is no product “{slug}”.", field="product")
    return found


def pages() -> list[tuple[StatusPage, list[Component]]]:
    """Every page with its parts in order, the one for customers first. Two queries."""
    order = ("audience", "position", "created_at", "id")
    rows = StatusPage.objects.filter(archived_at=None).order_by(*order).prefetch_related("components__product")
    return [(row, list(row.components.all())) for row in rows]
