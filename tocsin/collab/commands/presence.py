"""Being in a room: who is here, since when, and how far they have read."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.collab import events, rules
from tocsin.collab.models import Mention, Presence, Room
from tocsin.core.actor import Actor
from tocsin.core.eventlog.events import last_position, record
from tocsin.core.store import db


def be_here(actor: Actor, room: Room, *, read: int = 0, now: dt.datetime) -> Presence | None:
    """Note that the actor looks at the room and has read up to a position of the event log; None for the system.

    Coming for the first time is an event. A report soon after another that tells nothing new writes nothing.
    """
    if actor.is_system:
        return None
    known = Presence.objects.filter(room=room, person=actor.id).first()
    if known and read <= known.read and dt.timedelta(0) <= now - known.last_at < rules.REPORTED:
        return known
    with transaction.atomic():
        return _noted(actor, room, min(read, last_position()), read > 0, now)


def _noted(actor: Actor, room: Room, read: int, looked: bool, now: dt.datetime) -> Presence:
    values = {"joined_at": now, "last_at": now, "read": read or last_position(), "before": read or last_position()}
    row, made = Presence.objects.get_or_create(room=room, person_id=actor.id, defaults=values)
    if made:
        data = {"person": actor.id, "name": actor.name}
        record(actor, events.ROOM_JOINED, room.id, context=room.subject, now=now, data=data)
    else:
        row = db.lock(Presence.objects.filter(pk=row.pk)).get()
        row.before = rules.read_place(row.read, row.before, row.last_at, now)
        row.read, row.last_at = max(row.read, read), max(row.last_at, now)
        row.save(update_fields=["before", "read", "last_at"])
    if looked:
        Mention.objects.filter(person=actor.id, message__room=room, seen_at__isnull=True).update(seen_at=now)
    return row
