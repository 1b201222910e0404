"""Carrying out what a template prepared, in the transaction that declares: pages, offers of roles, people told, first words."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import NotAllowed, Refused
from tocsin.core.work import outbox
from tocsin.directory import permissions as directory
from tocsin.directory.models import Person, Team
from tocsin.incidents import events, rules
from tocsin.incidents.commands._record import tell
from tocsin.incidents.commands.offering import offer_role
from tocsin.incidents.commands.running import page_team, way_to
from tocsin.incidents.commands.talking import note
from tocsin.incidents.models import Incident, IncidentMember
from tocsin.incidents.template import preparation, queries
from tocsin.incidents.template.models import Follower, Plan
from tocsin.incidents.template.preparation import Preparation, Target
from tocsin.oncall import queries as oncall


def require_own(actor: Actor, prepared: Preparation, now: dt.datetime) -> None:
    """Whoever only reports takes a template as it is, or leaves lines out: others are added by responders. Raises NotAllowed."""
    if directory.is_responder(actor):
        return
    own = queries.preparation(prepared.template, now) if prepared.template else Preparation()
    added = (set(prepared.pages) - set(own.pages), set(prepared.offers) - set(own.offers), set(prepared.told) - set(own.told))
    if any(added):
        raise NotAllowed("Only responders add somebody to what a template prepares. Take it as it is, or leave lines out.")


def carry_out(actor: Actor, incident: Incident, prepared: Preparation, *, now: dt.datetime) -> None:
    """What cannot be done, such as paging a team that lost its schedule, is written into the timeline and stops nothing else."""
    template = prepared.template
    Plan.objects.create(
        incident=incident,
        template=template,
        name=template.name if template else "",
        internal=prepared.internal,
        external=prepared.external,
        audiences=preparation.audiences(prepared.audiences),
    )
    told = _told(incident, prepared)
    name, names = (template.name if template else ""), [one.name for one in told]
    tell(actor, events.PREPARED, incident, now=now, template=template.id if template else None, name=name, told=names)
    _follow(actor, incident, told, now)
    waking = dataclasses.replace(actor, roles=actor.roles | {Person.RESPONDER})
    if rules.pages(incident.severity, drill=incident.is_drill):
        for target in _others(incident, prepared.pages):
            act = functools.partial(page_team, waking, incident, target, now=now)
            _try(waking, incident, f"{target.name} was not paged.", act, now)
    for one in prepared.offers:
        words = f"{one.person.name} was not asked to be {rules.role_label(one.role).lower()}."
        _try(waking, incident, words, functools.partial(offer_role, waking, incident, one.role, one.person, now=now), now)


def _told(incident: Incident, prepared: Preparation) -> list[Person]:
    """A private incident is not told to those whom a template for open ones names; who was added on purpose hears of it."""
    template = prepared.template
    if not incident.is_private or template is None or template.is_private:
        return list(prepared.told)
    named = set(queries.preparation(template, incident.created_at).told)
    return [person for person in prepared.told if person not in named]


def _others(incident: Incident, targets: Iterable[Target]) -> list[Target]:
    """Without those that the declaration itself pages already: the service's policy and its roster."""
    paged = {oncall.policy_for(incident.service), oncall.roster_for(incident.service)}
    return [one for one in targets if (way_to(one) if isinstance(one, Team) else one) not in paged]


def _try(actor: Actor, incident: Incident, words: str, act: Callable[[], object], now: dt.datetime) -> None:
    try:
        with transaction.atomic():
            act()
    except Refused as refused:
        note(actor, incident, kind="escalation", text=f"{words} {refused.detail}", now=now)


def _follow(actor: Actor, incident: Incident, people: Iterable[Person], now: dt.datetime) -> None:
    """From now on these are told; of a private incident they may know. Nothing of a drill leaves the house."""
    address = f"{settings.TOCSIN.base_url.rstrip('/')}/{incident.key}"
    about = "" if incident.is_private else f": {incident.summary}"
    for person in people:
        Follower.objects.get_or_create(incident=incident, person=person, defaults={"since": now})
        if incident.is_private:
            IncidentMember.objects.get_or_create(incident=incident, person=person)
        if not incident.is_drill and person.pk != actor.id:
            outbox.enqueue(
                person.email,
                f"[{incident.key}] Sev {incident.severity}{about}",
                f"{actor.name} declared {incident.key}, Sev {incident.severity}{about}.\n\n"
                f"You are told because its template names you. Mails follow when something is published inside.\n\n{address}\n",
                now=now,
                key=f"follower.{incident.id}.{person.pk}",
            )
