"""What postmortems ask before, and do after, an incident is resolved. Wired in `wiring.py`."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.models import Event
from tocsin.core.text import texts
from tocsin.directory.models import Person
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.models import Incident
from tocsin.incidents.ports import Resolution
from tocsin.postmortems import commands, permissions
from tocsin.postmortems.models import Postmortem


def demand_owner(incident: Incident, resolution: Resolution) -> None:
    """A ResolveCheck: a major incident (no drill) needs somebody who owns its postmortem. Raises Invalid."""
    if not incident_rules.is_major(incident.severity) or incident.is_drill:
        return
    if Postmortem.objects.filter(incident=incident).exists():
        return
    if not resolution.postmortem_owner:
        raise Invalid("Name the person who owns the postmortem: your last duty as incident manager.", field="postmortem_owner")
    permissions.accountable(Person.objects.filter(pk=resolution.postmortem_owner).first(), "postmortem_owner")


def measure_what_was_lost(event: Event, actor: Actor) -> None:
    """A restart destroys what shows the cause: somebody sees to it that it is there next time. Hears `incident.evidence_lost`.

    The incident manager owns the action, whoever wrote it down while there is none.
    """
    incident = Incident.objects.select_related("manager").get(pk=event.subject)
    writer = Person.objects.filter(pk=actor.id).first()
    owner = next((one for one in (incident.manager, writer) if one and one.is_active), None)
    if owner is None:
        return
    title = texts.shorten(f"Measure what was lost by: {event.data['what']}", 240)
    commands.add_action(actor, incident, title=title, category="detect", link_type="improvement", owner=owner, now=event.at)


def start_at_resolve(event: Event, actor: Actor) -> None:
    """Begin the postmortem with the named owner. Hears `incident.resolved`, in the resolving transaction."""
    owner_id = event.data.get("postmortem_owner")
    if not owner_id:
        return
    incident = Incident.objects.select_related("service").get(pk=event.subject)
    commands.start(actor, incident, owner=Person.objects.get(pk=owner_id), now=event.at)
