"""Following an incident by mail: what is published inside comes to whoever asked for it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.directory.models import Person
from tocsin.incidents import events, permissions
from tocsin.incidents.commands._numbers import author
from tocsin.incidents.commands._record import locked, tell
from tocsin.incidents.models import Incident
from tocsin.incidents.template.models import Follower


def follow(actor: Actor, incident: Incident, *, now: dt.datetime) -> Incident:
    """Tell me by mail what is published inside. Whoever may see the incident may follow it; a drill publishes nothing."""
    permissions.require_speaker(actor, incident)
    person = _somebody(actor)
    with transaction.atomic():
        incident = locked(incident)
        if incident.is_drill:
            raise Conflict(f"{incident.key} is a drill: nothing of it is published, so nothing would come.", code="drill")
        _, made = Follower.objects.get_or_create(incident=incident, person=person, defaults={"since": now})
        if made:
            tell(actor, events.FOLLOWED, incident, now=now, person=person.pk, name=person.name)
    return incident


def unfollow(actor: Actor, incident: Incident, *, now: dt.datetime) -> Incident:
    """No more mail about it, whoever had asked for it."""
    permissions.require_speaker(actor, incident)
    person = _somebody(actor)
    with transaction.atomic():
        incident = locked(incident)
        gone, _ = Follower.objects.filter(incident=incident, person=person).delete()
        if gone:
            tell(actor, events.UNFOLLOWED, incident, now=now, person=person.pk, name=person.name)
    return incident


def _somebody(actor: Actor) -> Person:
    person = author(actor)
    if person is None:
        raise Invalid("Only a person can follow an incident.", field="person")
    return person
