"""Rooms and what was said in them."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.collab.models import Message, Room
from tocsin.core.store.prepared import Prepared

_room = Prepared(lambda subject: Room.objects.filter(subject=subject))


def room(subject: str) -> Room | None:
    """The room of a subject, None before it is opened."""
    return _room.first(subject)


def messages(room: Room, *, after: str | None = None, limit: int = 200) -> Sequence[Message]:
    """The latest messages in the order they were said; with `after` (a message id) only later ones."""
    rows = room.messages.select_related("author")
    if after:
        rows = rows.filter(pk__gt=after)
    return list(reversed(rows.order_by("-at", "-id")[:limit]))
