"""What starts, winds up and ends the clocks; wired in `wiring.py`, inside the announcing transaction."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.incidents.models import Incident
from tocsin.statuspages.clocks import reminding


def incident_changed(event: Event, actor: Actor) -> None:
    """Declared, of another severity, private or no longer: what is owed has changed. Hears three events of incidents."""
    if event.name != "incident.field_changed" or event.data.get("field") == "is_private":
        reminding.wind(Incident.objects.get(pk=event.subject), event.at)


def words_said(event: Event, actor: Actor) -> None:
    """The clocks of the pages that spoke begin anew. Hears `update.published`."""
    reminding.wind(Incident.objects.get(pk=event.context), event.at)
