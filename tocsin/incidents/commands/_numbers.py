"""Numbers within one incident, and who writes."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from tocsin.core.actor import Actor
from tocsin.directory.models import Person


def following(rows: Any) -> int:
    """The next number of these rows of one incident, which is locked."""
    return int(rows.aggregate(last=Max("number"))["last"] or 0) + 1


def author(actor: Actor) -> Person | None:
    """The person who acts, None for the system."""
    return None if actor.is_system else Person.objects.filter(pk=actor.id).first()
