"""What incidents do when something happens below: wired in `wiring.py`, inside the announcing transaction."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.eventlog.events import record
from tocsin.core.ids import is_id
from tocsin.core.models import Event
from tocsin.directory.models import Person
from tocsin.incidents import events
from tocsin.incidents.models import Incident, IncidentMember


def let_paged_person_in(event: Event, actor: Actor) -> None:
    """Whoever is paged for a private incident may see it from then on. Hears `page.created`."""
    if not is_id(event.context, "inc"):
        return
    incident = Incident.objects.filter(pk=event.context, is_private=True).first()
    if incident is None:
        return
    person = Person.objects.get(pk=event.data["person"])
    _, made = IncidentMember.objects.get_or_create(incident=incident, person=person)
    if made:
        data = {"person": person.pk, "name": person.name, "why": "paged"}
        record(actor, events.MEMBER_ADDED, incident.id, context=incident.id, now=event.at, data=data)
