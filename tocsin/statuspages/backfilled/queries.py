"""What was written down afterwards. Reads only."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from tocsin.core.errors import NotFound
from tocsin.statuspages.models import Entry, Update


def entries() -> QuerySet[Entry]:
    """Every one, the latest first, with its words and parts."""
    said = Prefetch("updates", Update.objects.select_related("author"))
    rows = Entry.objects.filter(incident=None).select_related("page").prefetch_related(said, "components")
    return rows.order_by("-started_at", "-id")


def entry(wanted: str) -> Entry:
    """By its id. Raises NotFound, for one that spoke while it happened, too."""
    found = entries().filter(pk=wanted).first()
    if found is None:
        raise NotFound("There is no such past incident.")
    return found
