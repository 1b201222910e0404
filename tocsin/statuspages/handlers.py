"""What status pages do when an incident is resolved; wired in `wiring.py`, inside the resolving transaction."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.incidents.models import Incident
from tocsin.statuspages import commands


def close_at_resolve(event: Event, actor: Actor) -> None:
    """Publish the last words, when the person who resolved confirmed them. Hears `incident.resolved`."""
    final = event.data.get("final")
    if final is None:
        return
    incident = Incident.objects.get(pk=event.subject)
    commands.close_entries(actor, incident, final=final, confirmation=f"resolve {event.pk}", now=event.at)
