"""What the pace of an incident follows: who takes roles, what is assessed, when it ends. Wired in `wiring.py`."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.directory.models import Person
from tocsin.incidents.commands.iterating import prompts
from tocsin.incidents.iterating.models import Prompt
from tocsin.incidents.models import Incident


def state_changed(event: Event, actor: Actor) -> None:
    """The regular question begins with Fixing and ends with everything else. Hears `incident.state_changed`."""
    incident = Incident.objects.get(pk=event.subject)
    if incident.state == Incident.RESOLVED:
        prompts.withdraw_all(incident)
    else:
        prompts.review_due(incident, event.at)


def looked_again(event: Event, actor: Actor) -> None:
    """Somebody has assessed the impact or set the severity: that answers the question. Hears both events."""
    incident = Incident.objects.get(pk=event.subject)
    if incident.state == Incident.FIXING:
        word = "assessed" if event.name == "incident.assessed" else "severity"
        prompts.answer(incident, Person.objects.filter(pk=actor.id).first(), word, now=event.at)


def role_changed_hands(event: Event, actor: Actor) -> None:
    """Hours count from now; a planned relief that came true is no plan any more. Hears `incident.role_taken` and `_released`."""
    incident = Incident.objects.get(pk=event.subject)
    people = Person.objects.filter(pk__in=[event.data["person"], event.data.get("old") or ""])
    for person in people:
        prompts.watch_person(incident, person, event.at)
    if event.name == "incident.role_taken":
        done = incident.reliefs.filter(role=event.data["role"], person=event.data["person"])
        if done.delete()[0]:
            prompts.withdraw(incident, Prompt.RELIEF, about=event.data["role"])
