"""What every command on an incident begins and ends with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from tocsin.collab import commands as collab
from tocsin.collab.documents import commands as documents
from tocsin.collab.documents.models import Document
from tocsin.collab.models import Room
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Stale
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.incidents import rules
from tocsin.incidents.models import Incident

_DOCUMENT = "state_document"


def locked(incident: Incident, expected_version: int | None = None) -> Incident:
    """The incident as it is now, held until the transaction ends. Raises Stale when it is not at the expected version.

    Locked first, joined afterwards: on PostgreSQL a row that was waited for is new, but what is joined to it is not.
    """
    db.lock(Incident.objects.filter(pk=incident.pk)).get()
    fresh = Incident.objects.select_related("service__team", "manager").get(pk=incident.pk)
    if expected_version is not None and fresh.version != expected_version:
        raise Stale(f"{fresh.key} was changed by somebody else meanwhile.", field="version", current=fresh)
    return fresh


def require_open(incident: Incident) -> None:
    """Raises Conflict when the incident is resolved."""
    if incident.state == Incident.RESOLVED:
        raise Conflict(f"{incident.key} is resolved.", current=incident)


def save(incident: Incident, *fields: str, now: dt.datetime) -> None:
    """Write the named fields, one version on."""
    incident.version += 1
    incident.updated_at = now
    incident.save(update_fields=[*fields, "version", "updated_at"])


def tell(actor: Actor, event: str, incident: Incident, /, *, now: dt.datetime, **data: Any) -> None:
    """Record an event of this incident."""
    record(actor, event, incident.id, context=incident.id, now=now, data=data)


def refresh_room(actor: Actor, incident: Incident, *, now: dt.datetime) -> None:
    """Let the room's topic and the document's title say what is true now. Nothing happens before set-up."""
    room = Room.objects.filter(subject=incident.id).first()
    if room is None:
        return
    collab.set_topic(actor, room, topic_of(incident), now=now)
    document = Document.objects.filter(subject=incident.id).first()
    title = rules.document_title(incident.key, incident.summary)
    if document and document.title != title:
        documents.set_title(actor, document, title, now=now)


def topic_of(incident: Incident) -> str:
    """The topic of the incident's room: its fields, who holds its roles, and where page, video call and state document are."""
    held = incident.roles.filter(until__isnull=True).order_by("since").values_list("role", "person__name", "about")
    holders = [(role, f"{name} ({about})" if about else name) for role, name, about in held]
    page = f"{settings.TOCSIN.base_url.rstrip('/')}/{incident.key}"
    backup = incident.fallbacks.filter(kind=_DOCUMENT, until=None).values_list("link", flat=True).first()
    links = [page, *([incident.video_url] if incident.video_url else []), backup or f"{page}/doc"]
    return rules.topic(incident.key, incident.summary, incident.severity, incident.state, holders, links)
