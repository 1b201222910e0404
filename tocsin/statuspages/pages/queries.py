"""Which pages there are, and which of them an update goes to. Reads only."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from tocsin.core.errors import Invalid, NotFound
from tocsin.core.store.prepared import Prepared
from tocsin.incidents.models import Incident
from tocsin.statuspages import rules
from tocsin.statuspages.models import Component, StatusPage
from tocsin.statuspages.pages import addresses


def outside() -> QuerySet[StatusPage]:
    """The pages for customers in their order, the first page first."""
    return StatusPage.objects.filter(audience=rules.EXTERNAL, archived_at=None).order_by("position", "created_at", "id")


def archived() -> QuerySet[StatusPage]:
    """Those that nobody reads any more."""
    return StatusPage.objects.exclude(archived_at=None).order_by("name", "id")


_from_the_first_day = Prepared(lambda slug: StatusPage.objects.filter(slug=slug))


def first(audience: str) -> StatusPage:
    """The page of an audience that was there from the first day."""
    return _from_the_first_day(audience)[0]


def by_host(host: str) -> StatusPage | None:
    """The page that has this host of its own."""
    return outside().filter(host=host, is_secret=False).first() if host else None


def by_secret(given: str) -> StatusPage:
    """The page at this secret address. Raises NotFound, also for one that was changed."""
    for page in outside().filter(is_secret=True):
        if hmac.compare_digest(addresses.secret(page).encode(), given.encode("utf-8", "replace")):
            return page
    raise NotFound("Nothing is at this address. Was it copied whole, or was it changed?")


def by_slug(slug: str) -> StatusPage:
    """A page that everybody may read, by its short name. Raises NotFound."""
    found = outside().filter(slug=slug, is_secret=False).first()
    if found is None:
        raise NotFound("There is no such status page.")
    return found


def meant(incident: Incident, status: str, chosen: Sequence[str] | None = None) -> list[StatusPage]:
    """The pages for customers that an update goes to, in their order: those `chosen` by slug or id; None: those that speak of the
    incident, and until its last words those with a part of its products; without any the first page. Raises Invalid for `pages`.
    """
    there = list(outside())
    if chosen is not None:
        return _chosen(there, chosen)
    speaking = set(incident.entries.values_list("page_id", flat=True))
    touched: set[str] = set()
    if status != rules.RESOLVED or not speaking & {page.pk for page in there}:
        parts = Component.objects.filter(page__in=there, product__in=incident.products.all())
        touched = set(parts.values_list("page_id", flat=True))
    found = [page for page in there if page.pk in speaking | touched]
    return found or [page for page in there if page.is_first]


def _chosen(there: Sequence[StatusPage], chosen: Sequence[str]) -> list[StatusPage]:
    names = {name: page.pk for page in there for name in (page.slug, page.pk)}
    unknown = [one for one in chosen if one not in names]
    if unknown:
        raise Invalid(
            f"Customers read no page {unknown[0][:40]!r}; there are {', '.join(page.slug for page in there)}.", field="pages"
        )
    if not chosen:
        raise Invalid("Choose a page that customers read, or leave out the words for them.", field="pages")
    wanted = {names[one] for one in chosen}
    return [page for page in there if page.pk in wanted]


def found(wanted: str) -> StatusPage:
    """A page by id or slug, also an archived one. Raises NotFound."""
    page = StatusPage.objects.filter(Q(pk=wanted) | Q(slug=wanted)).first()
    if page is None:
        raise NotFound("There is no such status page.")
    return page
