"""Who looks, and what may reach them. Everything here touches the database and runs in a thread of the live door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest

from tocsin.collab.documents import queries as documents
from tocsin.core.actor import Actor
from tocsin.core.errors import Refused
from tocsin.core.eventlog import events
from tocsin.core.models import Event
from tocsin.directory import queries as directory
from tocsin.incidents import permissions
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident

_sessions: Any = import_module(settings.SESSION_ENGINE)


def viewer(session_key: str) -> Actor | None:
    """The person of a session, read now; None when the session is over or the person was deactivated."""
    close_old_connections()
    request = HttpRequest()
    request.session = _sessions.SessionStore(session_key)
    person: Any = get_user(request)
    return directory.actor_for(person, via="web") if person.is_authenticated else None


@dataclass(frozen=True, slots=True)
class Typist:
    """Somebody who asks to type in the document of an incident; without one it is not for them, or not there."""

    actor: Actor
    subject: str = ""
    document: str = ""


def typist(session_key: str, key: str) -> Typist | None:
    """Who a session belongs to, and the document of `HOT-12` if they may type in it now. None when the session is over."""
    actor = viewer(session_key)
    if actor is None:
        return None
    try:
        incident = incidents.by_key(actor, key.upper())
        permissions.require_responder(actor, incident)
    except Refused:
        return Typist(actor)
    document = documents.document(incident.id)
    return Typist(actor, incident.id, document.pk) if document else Typist(actor)


def news(after: int) -> Sequence[Event]:
    """Sealed events after a position, at most 500."""
    close_old_connections()
    return events.after(after)


def position() -> int:
    """How far the log goes now."""
    close_old_connections()
    return events.last_position()


def things(event: Event) -> set[str]:
    """The ids that an event is about."""
    return {event.subject, event.context} - {""}


def private_among(found: Iterable[Event]) -> set[str]:
    """The ids of private incidents that these events are about. One query, none when no incident is concerned."""
    incidents = {thing for event in found for thing in things(event) if thing.startswith("inc_")}
    if not incidents:
        return set()
    return set(Incident.objects.filter(id__in=incidents, is_private=True).values_list("id", flat=True))


def seen_by(actor: Actor, private: set[str]) -> set[str]:
    """Those private incidents that this viewer may know of."""
    rows = Incident.objects.filter(id__in=private)
    return set(permissions.visible(actor, rows).values_list("id", flat=True))
