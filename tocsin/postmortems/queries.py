"""Reading postmortems and actions, within the incidents that the actor may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.models import Event
from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import Person
from tocsin.incidents import permissions as incidents
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.models import Incident
from tocsin.postmortems import rules, wording
from tocsin.postmortems.models import Action, Postmortem


@dataclass(frozen=True, slots=True)
class Move:
    """When a postmortem came into a state, and who brought it there."""

    state: str
    at: dt.datetime
    actor_name: str


def _seen(actor: Actor) -> QuerySet[Incident]:
    return incidents.visible(actor, Incident.objects.all())


def titled(actor: Actor, q: str) -> QuerySet[Postmortem]:
    """Those among the newest fifty whose title holds `q` that the actor may see, with their incident."""
    newest = Postmortem.objects.filter(title__icontains=q).order_by("-created_at").values_list("incident", flat=True)[:50]
    seen = incidents.visible(actor, Incident.objects.filter(pk__in=list(newest)))
    return Postmortem.objects.select_related("incident").filter(incident__in=seen).order_by("-created_at")


def postmortems(actor: Actor, *, state: str | None = None, q: str = "") -> QuerySet[Postmortem]:
    """The library, newest first; `q` is looked for in key, title, summary, causes and service. Raises Invalid for a wrong state."""
    rows = Postmortem.objects.select_related("incident__service__team", "incident__service__owner", "owner")
    rows = incidents.visible_through(actor, rows.prefetch_related("incident__service__team__memberships__person"))
    if state:
        rows = rows.filter(state=incident_rules.word_of(state, rules.STATES, "state"))
    for word in q.replace("\x00", "").split()[:8]:
        rows = rows.filter(
            Q(incident__key__iexact=word)
            | Q(title__icontains=word)
            | Q(summary__icontains=word)
            | Q(causes__icontains=word)
            | Q(incident__service__name__icontains=word)
        )
    return rows.order_by("-created_at", "-id")


_of = Prepared(
    lambda incident: Postmortem.objects.filter(incident=incident).select_related(
        "incident__service__team", "incident__service__owner", "owner"
    )
)


def by_incident(actor: Actor, incident: Incident) -> Postmortem | None:
    """The postmortem of an incident, None before it is started and for whoever may not know of it."""
    return _of.first(incident.id) if incidents.may_see(actor, incident) else None


def by_id(actor: Actor, postmortem_id: str) -> Postmortem:
    """The postmortem of a typed id. Raises NotFound."""
    found = postmortems(actor).filter(pk=postmortem_id).first()
    if found is None:
        raise NotFound("There is no such postmortem.")
    return found


def suggested_approver(postmortem: Postmortem) -> Person | None:
    """Who should approve: the owner of the service, else a manager of its team; never the one who owns the postmortem."""
    service = postmortem.incident.service
    if service is None:
        return None
    managers = [place.person for place in service.team.memberships.all() if place.is_manager]
    asked = [service.owner, *sorted(managers, key=lambda person: (person.name, person.pk))]
    return next((one for one in asked if one is not None and _can_approve(one, postmortem)), None)


def _can_approve(person: Person, postmortem: Postmortem) -> bool:
    return person.is_active and person.role != Person.STAKEHOLDER and person.pk != postmortem.owner_id


def missing(actor: Actor) -> QuerySet[Incident]:
    """Major incidents that are resolved and have no postmortem, drills left out."""
    rows = _seen(actor).filter(state=Incident.RESOLVED, severity__in=incident_rules.MAJOR, is_drill=False, postmortem=None)
    return rows.select_related("service__team", "manager").order_by("-resolved_at")


def moves(postmortem: Postmortem) -> list[Move]:
    """Each state it came into, from the draft on, oldest first."""
    rows = Event.objects.filter(subject=postmortem.id, name__in=("postmortem.started", "postmortem.state_changed")).order_by("id")
    return [Move(row.data.get("new", rules.DRAFT), row.at, row.actor_name) for row in rows]


def actions(
    actor: Actor, state: str | None = None, owner: Person | None = None, *, incident: Incident | None = None
) -> QuerySet[Action]:
    """Actions by the day they are due. Raises Invalid for an unknown state."""
    rows = incidents.visible_through(actor, _whole())
    if state:
        rows = rows.filter(state=incident_rules.word_of(state, rules.ACTION_STATES, "state"))
    if owner:
        rows = rows.filter(owner=owner)
    if incident:
        rows = rows.filter(incident=incident)
    return rows.order_by("due_on", "number")


def _whole() -> QuerySet[Action]:
    return Action.objects.select_related("incident__service__team", "owner", "postmortem")


_promised = incidents.Visible(lambda owner: _whole().filter(owner=owner, state=Action.OPEN).order_by("due_on", "number"), most=8)


def promised_by(actor: Actor) -> list[Action]:
    """The actor's own open actions, the eight that are due next."""
    return _promised(actor, actor.id)


def action_by_number(actor: Actor, number: int) -> Action:
    """The action people call x/<number>. Raises NotFound."""
    found = actions(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such action.")
    return found


def action_by_id(actor: Actor, action_id: str) -> Action:
    """The action of a typed id. Raises NotFound."""
    found = actions(actor).filter(pk=action_id).first()
    if found is None:
        raise NotFound("There is no such action.")
    return found


def export(postmortem: Postmortem) -> str:
    """The postmortem as Markdown with its four parts."""
    rows = [
        wording.ActionLine(row.number, row.title, row.category, row.link_type, row.state, row.owner.name, row.due_on)
        for row in Action.objects.filter(incident=postmortem.incident_id).select_related("owner").order_by("due_on", "number")
    ]
    texts = {name: getattr(postmortem, name) for name in rules.FIELDS}
    return wording.markdown(postmortem.state, postmortem.owner.name, texts, rows)
