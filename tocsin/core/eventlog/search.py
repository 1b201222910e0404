"""Looking through the log: by position, newest first, narrowed by one word."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tocsin.core.models import Event


def search(q: str = "", *, before: int | None = None) -> QuerySet[Event]:
    """Sealed events with a position below `before`, newest first; slice it.

    `q` is an id (subject, context or actor), an event's name or its beginning (`page.`), or part of a person's name.
    """
    rows = Event.objects.filter(position__isnull=False).order_by("-position")
    if before is not None:
        rows = rows.filter(position__lt=before)
    word = q.strip()[:64]
    if not word:
        return rows
    if "." in word:
        return rows.filter(name__startswith=word.lower())
    if "_" in word:
        return rows.filter(Q(subject=word) | Q(context=word) | Q(actor=word))
    return rows.filter(Q(actor_name__icontains=word) | Q(name__startswith=word.lower()))
