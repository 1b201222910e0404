"""What waits for somebody in the rooms of incidents: messages that name them, messages they have not read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.collab import queries as rooms
from tocsin.collab.models import Message
from tocsin.core.actor import Actor
from tocsin.incidents import permissions
from tocsin.incidents.models import Incident


@dataclass(frozen=True, slots=True)
class Named:
    """A message that names the reader, and the incident in whose room it stands."""

    message: Message
    incident: Incident


def mentions(actor: Actor) -> list[Named]:
    """The latest messages that name the actor and were not seen yet, newest first. Two queries."""
    waiting = rooms.unseen_mentions(actor.id)
    if not waiting:
        return []
    subjects = {one.message.room.subject for one in waiting}
    known = {row.pk: row for row in permissions.visible(actor, Incident.objects.filter(pk__in=subjects))}
    rows = [(one.message, known.get(one.message.room.subject)) for one in waiting]
    return [Named(message, incident) for message, incident in rows if incident is not None]


def unread(actor: Actor, incidents: Iterable[Incident]) -> dict[str, int]:
    """How many messages of others the actor has not read, by incident id. One query."""
    ids = [incident.pk for incident in incidents]
    return rooms.unread(actor.id, ids) if ids else {}
