"""Who is in a room, and what somebody has not read yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, Subquery

from tocsin.collab import rules
from tocsin.collab.models import Mention, Presence, Room
from tocsin.core.models import Event
from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import Person


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has been in the room: since when, when last, and whether now; up to which position nothing is new to them."""

    id: str
    name: str
    joined_at: dt.datetime
    last_at: dt.datetime
    here: bool
    place: int
    person: Person


_presences = Prepared(lambda room: Presence.objects.filter(room=room).select_related("person"))


def visitors(room: Room | None, now: dt.datetime) -> list[Visitor]:
    """Everybody who has ever joined a room: who is here first, then in the order in which they came. One query."""
    rows = _presences(room.id) if room else ()
    return sorted((_visitor(row, now) for row in rows), key=lambda one: (not one.here, one.joined_at))


def _visitor(row: Presence, now: dt.datetime) -> Visitor:
    place = rules.read_place(row.read, row.before, row.last_at, now)
    here = now - row.last_at < rules.PRESENT
    return Visitor(row.person_id, row.person.name, row.joined_at, row.last_at, here, place, row.person)


def place(room: Room | None, person: str, now: dt.datetime) -> int | None:
    """The position up to which nothing in the room is new to a person; None for whoever was never there."""
    row = Presence.objects.filter(room=room, person=person).first() if room else None
    return rules.read_place(row.read, row.before, row.last_at, now) if row else None


def unread(person: str, subjects: Iterable[str]) -> dict[str, int]:
    """How many messages of others a person has not read, by subject; rooms where they never were are left out. One query."""
    mine = Presence.objects.filter(room__subject=OuterRef("context"), person=person)
    rows = Event.objects.filter(context__in=list(subjects), name="message.posted").exclude(actor=person)
    rows = rows.annotate(read=Subquery(mine.values("read")[:1])).filter(read__isnull=False)
    rows = rows.filter(Q(position__gt=F("read")) | Q(position__isnull=True))
    return dict(rows.values_list("context").annotate(number=Count("pk")).order_by())


_unseen = Prepared(
    lambda person: (
        Mention.objects.filter(person=person, seen_at__isnull=True)
        .select_related("message__author", "message__room")
        .order_by("-message__at", "-pk")[:8]
    )
)


def unseen_mentions(person: str) -> Sequence[Mention]:
    """The latest eight messages that name a person who has not been in their room since, newest first, with author and room."""
    return _unseen(person)
