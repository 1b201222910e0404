"""What incidents do when something happens below: wired in `wiring.py`, inside the announcing transaction."""

from __future__ import annotations

from django.conf import settings

from tocsin.core.actor import Actor
from tocsin.core.eventlog.events import record
from tocsin.core.ids import is_id
from tocsin.core.models import Event
from tocsin.core.work import outbox
from tocsin.directory.models import Person
from tocsin.incidents import events, ports
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


def tell_followers(event: Event, actor: Actor) -> None:
    """Mail what was published inside to those who follow the incident. Hears `update.published`; a drill publishes nothing.

    What is said of a private incident stays where it is: the mail says only that there is something to read.
    """
    body = event.data.get("bodies", {}).get("internal")
    if body is None:
        return
    incident = Incident.objects.get(pk=event.context)
    words = "It is private; read it there." if incident.is_private else body
    title = "an update" if incident.is_private else event.data["titles"]["internal"].removeprefix(f"{incident.key} - ")
    address = f"{settings.TOCSIN.base_url.rstrip('/')}/{incident.key}"
    told = ports.mailed(event.subject)  # by a list that they are on
    for person in [row.person for row in incident.followers.select_related("person") if row.person_id != actor.id]:
        if person.is_active and person.email.lower() not in told:
            outbox.enqueue(
                person.email,
                f"[{incident.key}] {title}",
                f"{words}\n\n{actor.name} published this about {incident.key}. {address}\n",
                now=event.at,
                key=f"follower.{event.pk}.{person.pk}",
            )
