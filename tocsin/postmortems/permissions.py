"""Who may write postmortems and actions: every responder who may see the incident."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.directory.models import Person
from tocsin.incidents import permissions as incidents
from tocsin.incidents.models import Incident


def require_author(actor: Actor, incident: Incident) -> None:
    """Raises NotFound for whoever may not see the incident, NotAllowed for whoever only reads."""
    incidents.require_responder(actor, incident)


def accountable(person: Person | None, field: str = "owner") -> Person:
    """The person when they can answer for something. Raises Invalid for nobody and for whoever has left."""
    if person is None:
        raise Invalid("Name the person who owns this.", field=field)
    if not person.is_active:
        raise Invalid(f"{person.name} is deactivated and cannot own this.", field=field)
    return person
