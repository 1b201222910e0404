"""Who may speak for the company."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.directory import permissions as directory
from tocsin.incidents import permissions as incidents
from tocsin.incidents.models import Incident


def require_publisher(actor: Actor, incident: Incident) -> None:
    """Raises NotFound for whoever may not see the incident, NotAllowed for whoever is not a responder."""
    incidents.require_responder(actor, incident)


def require_speaker(actor: Actor) -> None:
    """Raises NotAllowed for whoever may not speak to customers without an incident, which is whoever is not a responder."""
    directory.require_responder(actor)


def require_publishable(incident: Incident) -> None:
    """Raises Conflict when customers must not read of this incident: a private one, or a drill."""
    if incident.is_private:
        raise Conflict(f"{incident.key} is private and never shown to customers.", field="external", code="private_incident")
    if incident.is_drill:
        raise Conflict(f"{incident.key} is a drill: nothing of it leaves the house.", field="external", code="drill")


def require_no_drill(incident: Incident) -> None:
    """Raises Conflict for a drill: its words are drafts, on no page."""
    if incident.is_drill:
        raise Conflict(f"{incident.key} is a drill: it publishes nothing. Keep the draft and read it aloud.", code="drill")


def require_editor(actor: Actor) -> None:
    """Raises NotAllowed for whoever may not change pages and components."""
    directory.require_administrator(actor)
