"""Where short links lead."""

from __future__ import annotations

from django.db.models import QuerySet

from tocsin.collab.models import ShortLink
from tocsin.core.errors import NotFound


def short_link(name: str) -> ShortLink | None:
    """Where `/go/<name>` leads."""
    return ShortLink.objects.filter(name=name.lower()).first()


def short_link_to_change(name: str) -> ShortLink:
    """Raises NotFound."""
    found = short_link(name)
    if found is None:
        raise NotFound(f"There is no short link go/{name[:40]}.")
    return found


def short_links() -> QuerySet[ShortLink]:
    """All short links by name."""
    return ShortLink.objects.order_by("name")
