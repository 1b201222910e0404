"""People last only so long: who is awake since when, who takes over which role next."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.directory import queries as directory
from tocsin.directory.models import Person
from tocsin.incidents import events, permissions
from tocsin.incidents.commands._numbers import author
from tocsin.incidents.commands._record import locked, require_open, tell
from tocsin.incidents.commands.iterating import prompts
from tocsin.incidents.iterating import queries, rules
from tocsin.incidents.iterating.models import Awake, Prompt, Relief
from tocsin.incidents.models import Incident
from tocsin.incidents.rules import ROLES, role_label, word_of

_LONGEST_AHEAD = dt.timedelta(days=7)


def declare_awake(
    actor: Actor, incident: Incident, awake: dt.timedelta, *, person: Person | None = None, now: dt.datetime
) -> Awake:
    """Say how long you (or `person`) have been awake. The engine tells the incident manager when it becomes too long."""
    permissions.require_responder(actor, incident)
    who = person or author(actor)
    if who is None:
        raise Invalid("Say who has been awake that long.", field="person")
    if not dt.timedelta() <= awake <= dt.timedelta(hours=rules.MOST_AWAKE):
        raise Invalid(f"Hours awake are between 0 and {rules.MOST_AWAKE}.", field="hours")
    with transaction.atomic():
        incident = locked(incident)
        require_open(incident)
        since = now - awake
        kept, _ = Awake.objects.update_or_create(incident=incident, person=who, defaults={"since": since, "at": now})
        due_at = max(now, since + queries.limits().awake)
        prompts.schedule(incident, Prompt.FATIGUE, due_at, about=Prompt.AWAKE, person=who)
        data = {"since": clock.rfc3339(since), "hours": round(awake.total_seconds() / 3600, 1)}
        tell(actor, events.AWAKE_DECLARED, incident, now=now, person=who.pk, name=who.name, **data)
    return kept


def plan_relief(actor: Actor, incident: Incident, role: str, person: Person, *, at: dt.datetime, now: dt.datetime) -> Relief:
    """Plan who takes over a role next, and when. Both sides hear of it a quarter of an hour before. A new plan replaces the old.

    Raises Invalid for a time that is over or far away, and for somebody who may not see a private incident.
    """
    permissions.require_responder(actor, incident)
    word_of(role, ROLES, "role")
    if not now < at <= now + _LONGEST_AHEAD:
        raise Invalid("A hand-over is planned for a time from now on, within a week.", field="at")
    if not person.is_active or person.role == Person.STAKEHOLDER:
        raise Invalid(f"{person.name} is not an active responder.", field="person")
    if not permissions.may_see(directory.actor_for(person), incident):
        raise Invalid(f"{person.name} may not see this private incident. Invite them first.", field="person")
    with transaction.atomic():
        incident = locked(incident)
        require_open(incident)
        before = incident.reliefs.select_related("person").filter(role=role).first()
        given = {"person": person, "at": at, "planned_at": now, "planned_by": author(actor)}
        planned, _ = Relief.objects.update_or_create(incident=incident, role=role, defaults=given)
        prompts.schedule(incident, Prompt.RELIEF, max(now, at - rules.REMIND_BEFORE), about=role)
        data = {"at": clock.rfc3339(at), "old_name": before.person.name if before else None}
        tell(actor, events.RELIEF_PLANNED, incident, now=now, role=role, person=person.pk, name=person.name, **data)
    return planned


def cancel_relief(actor: Actor, incident: Incident, role: str, *, now: dt.datetime) -> None:
    """Nobody takes this role over for now. Raises NotFound when nothing was planned."""
    permissions.require_responder(actor, incident)
    word_of(role, ROLES, "role")
    with transaction.atomic():
        incident = locked(incident)
        planned = incident.reliefs.select_related("person").filter(role=role).first()
        if planned is None:
            raise NotFound(f"No relief of the {role_label(role).lower()} is planned.")
        planned.delete()
        prompts.withdraw(incident, Prompt.RELIEF, about=role)
        tell(actor, events.RELIEF_CANCELLED, incident, now=now, role=role, name=planned.person.name)
