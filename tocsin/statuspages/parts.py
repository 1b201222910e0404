"""Finding pages and their parts by the names that people give. Reads only."""

from __future__ import annotations

from django.db.models import Q

from tocsin.core.errors import Invalid, NotFound
from tocsin.directory import queries as directory
from tocsin.directory.models import Product
from tocsin.statuspages.models import Component, StatusPage


def page(wanted: str) -> StatusPage:
    """A page by id, slug or audience. Raises NotFound."""
    found = StatusPage.objects.filter(Q(pk=wanted) | Q(slug=wanted) | Q(audience=wanted)).first()
    if found is None:
        raise NotFound("There is no such status page.")
    return found


def part(wanted: str) -> Component:
    """A part by its id. Raises NotFound."""
    found = Component.objects.select_related("page", "product").filter(pk=wanted).first()
    if found is None:
        raise NotFound("No status page has this part.")
    return found


def product(slug: str) -> Product | None:
    """The product that a part stands for; none for an empty slug. Raises Invalid."""
    found = directory.products().filter(slug=slug).first() if slug else None
    if slug and found is None:
        raise Invalid(f"There is no product “{slug}”.", field="product")
    return found


def pages() -> list[tuple[StatusPage, list[Component]]]:
    """Every page with its parts in order, the one for customers first. Two queries."""
    rows = StatusPage.objects.order_by("audience").prefetch_related("components__product")
    return [(row, list(row.components.all())) for row in rows]
