"""Who does what in an incident: taking command, roles, hand-over, bringing others in."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, NotFound
from tocsin.core.text import texts
from tocsin.directory.models import Person, Team
from tocsin.incidents import events, permissions, rules
from tocsin.incidents.commands import _paging
from tocsin.incidents.commands._numbers import author
from tocsin.incidents.commands._record import locked, refresh_room, require_open, save, tell
from tocsin.incidents.models import Incident, IncidentMember, ResponderRelease, RoleAssignment
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Policy, Schedule
from tocsin.paging import commands as paging


def take_command(actor: Actor, incident: Incident, *, now: dt.datetime) -> Incident:
    """Become the incident manager: assigned, Fixing, and the own page of this incident acknowledged, in one act.

    Whoever is the manager already changes nothing. Conflict, with the incident as it is, when somebody else was quicker.
    """
    permissions.require_responder(actor, incident)
    with transaction.atomic():
        incident = locked(incident)
        require_open(incident)
        manager = incident.manager
        if manager and manager.pk != actor.id:
            raise Conflict(f"{manager.name} is the incident manager of {incident.key}. Ask them to hand over.", current=incident)
        person = responder(actor.id)
        if manager is None:
            _assign_manager(actor, incident, person, now)
        if incident.state == Incident.PENDING:
            _begin_fixing(actor, incident, now)
        roster = oncall.roster_for(incident.service)
        paging.acknowledge_subject(actor, incident.id, via=actor.via, roster=roster, now=now)
        refresh_room(actor, incident, now=now)
    return incident


def assign_role(actor: Actor, incident: Incident, role: str, person: Person, *, about: str = "", now: dt.datetime) -> Incident:
    """Give somebody a role, one of `rules.ROLES` or one made for this incident; `about`: a tech lead's stream of work.

    There is one incident manager: giving that role to another hands it over.

    Nothing happens when the person holds it. The person may see a private incident from now on.
    """
    permissions.require_responder(actor, incident)
    role, about, person = rules.role(role), stream_of(role, about), responder(person.pk)
    with transaction.atomic():
        incident = locked(incident)
        require_open(incident)
        held = incident.roles.filter(role=role, about=about, person=person, until__isnull=True).exists()
        if not held and role == RoleAssignment.MANAGER:
            _assign_manager(actor, incident, person, now)
        elif not held:
            RoleAssignment.objects.create(incident=incident, role=role, about=about, person=person, since=now)
            save(incident, now=now)
            tell(actor, events.ROLE_TAKEN, incident, now=now, role=role, about=about, person=person.pk, name=person.name)
        refresh_room(actor, incident, now=now)
    return incident


def hand_over(
    actor: Actor, incident: Incident, person: Person, *, role: str = RoleAssignment.MANAGER, now: dt.datetime
) -> Incident:
    """Pass a role on: `person` holds it from now, the actor (or, for the incident manager, whoever did) no longer."""
    with transaction.atomic():
        incident = assign_role(actor, incident, role, person, now=now)
        mine = incident.roles.filter(role=role, person=actor.id, until__isnull=True)
        if role != RoleAssignment.MANAGER and person.pk != actor.id and mine.exists():
            incident = release_role(actor, incident, role, now=now)
    return incident


def release_role(actor: Actor, incident: Incident, role: str, person: Person | None = None, *, now: dt.datetime) -> Incident:
    """End a role, the actor's own unless `person` is named. An incident in Fixing keeps its manager: Conflict."""
    permissions.require_responder(actor, incident)
    role = rules.role(role)
    with transaction.atomic():
        incident = locked(incident)
        holder = person.pk if person else actor.id
        held = incident.roles.select_related("person").filter(role=role, person=holder, until__isnull=True).first()
        if held is None:
            raise NotFound(f"This person does not hold the role {rules.role_label(role).lower()} in {incident.key}.")
        if role == RoleAssignment.MANAGER and incident.state != Incident.PENDING:
            raise Conflict(f"{incident.key} is {incident.state} and keeps an incident manager. Hand over instead.", field="manager")
        held.until = now
        held.save(update_fields=["until"])
        if role == RoleAssignment.MANAGER:
            incident.manager = None
        save(incident, "manager", now=now)
        tell(actor, events.ROLE_RELEASED, incident, now=now, role=role, person=holder, name=held.person.name)
        refresh_room(actor, incident, now=now)
    return incident


def page_team(actor: Actor, incident: Incident, target: Team | Schedule | Policy | Person, *, now: dt.datetime) -> Incident:
    """Wake a team (by its policy, else its schedule), a schedule's people, or one person. No approval, at any severity.

    Conflict for a drill, which pages nobody, and for a team that nobody can be paged for.
    """
    permissions.require_responder(actor, incident)
    with transaction.atomic():
        incident = locked(incident)
        require_open(incident)
        if incident.is_drill:
            raise Conflict(f"{incident.key} is a drill: it pages nobody.", code="drill")
        tell(actor, events.TEAM_PAGED, incident, now=now, target=target.pk, name=target.name)
        card = _paging.card_of(incident)
        reached = _reached(target)
        if isinstance(reached, Policy):
            paging.start_escalation(actor, incident.id, card, policy=reached, roster=None, urgency="high", now=now)
        elif isinstance(reached, Schedule):
            paging.page_schedule(actor, incident.id, card, reached, now=now)
        else:
            paging.page_person(actor, incident.id, card, reached, now=now)
    return incident


def add_member(actor: Actor, incident: Incident, person: Person, *, why: str = "invited", now: dt.datetime) -> Incident:
    """Let a person see a private incident."""
    permissions.require_responder(actor, incident)
    with transaction.atomic():
        _, made = IncidentMember.objects.get_or_create(incident=incident, person=person)
        if made:
            tell(actor, events.MEMBER_ADDED, incident, now=now, person=person.pk, name=person.name, why=why)
    return incident


def release_responder(actor: Actor, incident: Incident, person: Person, *, now: dt.datetime) -> ResponderRelease:
    """Somebody who was called in is not needed. Nothing is counted against them, and they may come back at any time."""
    permissions.require_responder(actor, incident)
    with transaction.atomic():
        incident = locked(incident)
        require_open(incident)
        if incident.roles.filter(person=person, until__isnull=True).exists():
            raise Conflict(f"{person.name} holds a role in {incident.key}. Hand that over first.", field="person")
        thanked = {"at": now, "by": author(actor)}
        release, made = ResponderRelease.objects.get_or_create(incident=incident, person=person, defaults=thanked)
        if made:
            tell(actor, events.RESPONDER_RELEASED, incident, now=now, person=person.pk, name=person.name)
    return release


def way_to(team: Team) -> Policy | Schedule | None:
    """How a team is paged: its policy, else its schedule; None when it has neither."""
    return team.policies.order_by("created_at").first() or team.schedules.order_by("created_at").first()


def _reached(target: Team | Schedule | Policy | Person) -> Schedule | Policy | Person:
    way = way_to(target) if isinstance(target, Team) else target
    if way is None:
        raise Conflict(f"{target.name} has neither an escalation policy nor a schedule. Page a person.", field="target")
    return way


def _assign_manager(actor: Actor, incident: Incident, person: Person, now: dt.datetime) -> None:
    before = incident.manager
    incident.roles.filter(role=RoleAssignment.MANAGER, until__isnull=True).update(until=now)
    RoleAssignment.objects.create(incident=incident, role=RoleAssignment.MANAGER, person=person, since=now)
    incident.manager = person
    save(incident, "manager", now=now)
    tell(
        actor,
        events.ROLE_TAKEN,
        incident,
        now=now,
        role=RoleAssignment.MANAGER,
        person=person.pk,
        name=person.name,
        old=before.pk if before else None,
        old_name=before.name if before else None,
    )


def _begin_fixing(actor: Actor, incident: Incident, now: dt.datetime) -> None:
    rules.require_transition(incident.key, incident.state, rules.FIXING, has_manager=incident.manager is not None)
    old, incident.state, incident.fixing_at = incident.state, Incident.FIXING, now
    save(incident, "state", "fixing_at", now=now)
    tell(actor, events.STATE_CHANGED, incident, now=now, old=old, new=incident.state)


def stream_of(role: str, about: str) -> str:
    """Which stream of work a tech lead leads; other roles are for the whole incident."""
    return texts.line(about, field="about", limit=80, required=False) if rules.role(role) == rules.TECH_LEAD else ""


def responder(person_id: str) -> Person:
    """Somebody who may hold a role. Raises Invalid."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise Invalid("A role needs a person.", field="person")
    if not person.is_active or person.role == Person.STAKEHOLDER:
        raise Invalid(f"{person.name} is not an active responder.", field="person")
    return person
