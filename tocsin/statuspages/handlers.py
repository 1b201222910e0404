"""What status pages ask before, and do after, an incident is resolved; wired in `wiring.py`, inside the resolving transaction."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.incidents.models import Incident
from tocsin.incidents.ports import Resolution
from tocsin.statuspages import commands, queries, rules


def demand_last_words(incident: Incident, resolution: Resolution) -> None:
    """A ResolveCheck: every open entry gets its last words, or somebody says why it stays open. Raises Invalid."""
    spoken = [entry.page.slug for entry in queries.left_open(incident)]
    rules.check_left_open(incident.key, spoken, resolution.leave_open, closes=resolution.closes)


def close_at_resolve(event: Event, actor: Actor) -> None:
    """Publish the last words, and keep why an entry stays open. Hears `incident.resolved`."""
    incident = Incident.objects.get(pk=event.subject)
    kept = event.data.get("leave_open") or {}
    if kept:
        commands.leave_open(actor, incident, kept, now=event.at)
    final = event.data.get("final")
    if final is not None:
        commands.close_entries(actor, incident, final=final, but=kept, confirmation=f"resolve {event.pk}", now=event.at)
