"""Opening a room and saying what it is about."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.collab import events
from tocsin.collab.models import Room
from tocsin.core.actor import Actor
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts

_LONGEST_TOPIC = 4_000
"""Room for a summary, three links and every role that people make up: the topic of an incident is never cut."""


def open_room(actor: Actor, subject: str, name: str, topic: str, *, now: dt.datetime) -> Room:
    """The room of a subject (a typed id as text); made when there is none, otherwise the one that exists, unchanged."""
    with transaction.atomic():
        room, made = Room.objects.get_or_create(
            subject=subject,
            defaults={"name": name, "topic": texts.shorten(topic, _LONGEST_TOPIC), "created_at": now, "updated_at": now},
        )
        if made:
            record(actor, events.ROOM_OPENED, room.id, context=subject, now=now, data={"name": name, "topic": room.topic})
    return room


def set_topic(actor: Actor, room: Room, topic: str, *, now: dt.datetime) -> Room:
    """Say what the room is about. Nothing happens when it says so already."""
    topic = texts.shorten(topic, _LONGEST_TOPIC)
    with transaction.atomic():
        room = db.lock(Room.objects.filter(pk=room.pk)).get()
        if room.topic != topic:
            old, room.topic, room.updated_at = room.topic, topic, now
            room.save(update_fields=["topic", "updated_at"])
            record(actor, events.TOPIC_CHANGED, room.id, context=room.subject, now=now, data={"old": old, "new": topic})
    return room
