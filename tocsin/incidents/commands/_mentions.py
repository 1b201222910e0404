"""Telling people that a message names them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings

from tocsin.collab import queries as rooms
from tocsin.collab.models import Message
from tocsin.core.actor import Actor
from tocsin.core.work import outbox
from tocsin.directory.models import Person
from tocsin.incidents.models import Incident


def mail(actor: Actor, incident: Incident, message: Message, named: Iterable[Person], *, now: dt.datetime) -> None:
    """A mail to each of these people who is not in the room now; one for each message and person, whatever is retried.

    What is said of a private incident stays in its room: the mail says only that somebody asks for the reader.
    """
    away = [person for person in named if person.email]
    if not away or incident.is_drill:  # nothing of a drill leaves the house: who is named sees it on Home
        return
    here = {one.id for one in rooms.visitors(message.room, now) if one.here}
    about = "" if incident.is_private else f" {incident.summary}"
    words = "It is private; read it in the room." if incident.is_private else message.text
    address = f"{settings.TOCSIN.base_url.rstrip('/')}/{incident.key}#{message.id}"
    for person in away:
        if person.pk not in here:
            outbox.enqueue(
                person.email,
                f"[{incident.key}] {actor.name} mentions you:{about}",
                f"{actor.name} wrote in the room of {incident.key}{about}:\n\n{words}\n\nAnswer there: {address}\n",
                now=now,
                key=f"mention.{message.id}.{person.pk}",
            )
