"""Teams and who is in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.core.eventlog.events import record
from tocsin.directory import events, permissions
from tocsin.directory.commands import _checks
from tocsin.directory.models import Membership, Person, Team


@transaction.atomic
def create_team(actor: Actor, *, name: str, zone: str = "UTC", slug: str = "", now: dt.datetime) -> Team:
    """A team without members. Raises Conflict when the name is taken."""
    permissions.require_administrator(actor)
    name = _checks.one_line(name, "name", 120)
    short = _checks.slug(slug, name, list(Team.objects.values_list("slug", flat=True)))
    with _checks.only_once("name", f"There is a team “{name}” already."):
        team = Team.objects.create(name=name, slug=short, zone=_checks.zone(zone), created_at=now, updated_at=now)
    record(actor, events.TEAM_CREATED, team.id, now=now, data={"name": name, "slug": short})
    return team


@transaction.atomic
def change_team(actor: Actor, team: Team, *, name: str | None = None, zone: str | None = None, now: dt.datetime) -> Team:
    """Change what is given; the short name stays, links point at it."""
    permissions.require_manager(actor, team)
    changed: dict[str, Any] = {}
    if name is not None and name.strip() != team.name:
        changed["name"] = _checks.one_line(name, "name", 120)
    if zone is not None and zone != team.zone:
        changed["zone"] = _checks.zone(zone)
    if not changed:
        return team
    for field, value in changed.items():
        setattr(team, field, value)
    team.updated_at = now
    with _checks.only_once("name", f"There is a team “{team.name}” already."):
        team.save(update_fields=[*changed, "updated_at"])
    record(actor, events.TEAM_CHANGED, team.id, now=now, data=changed)
    return team


@transaction.atomic
def add_member(actor: Actor, team: Team, person: Person, *, is_manager: bool = False, now: dt.datetime) -> Membership:
    """Put a person into a team, or change whether they manage it."""
    permissions.require_manager(actor, team)
    if not person.is_active:
        raise Conflict(f"{person.name} is deactivated.", field="person")
    if person.role == Person.STAKEHOLDER:
        raise Conflict(f"{person.name} is a stakeholder and is not paged. Make them a responder first.", field="person")
    before = Membership.objects.filter(team=team, person=person).first()
    if before is not None and before.is_manager == is_manager:
        return before
    membership, _ = Membership.objects.update_or_create(team=team, person=person, defaults={"is_manager": is_manager})
    data = {"person": person.id, "name": person.name, "is_manager": is_manager}
    record(actor, events.TEAM_MEMBER_ADDED, team.id, now=now, data=data)
    return membership


@transaction.atomic
def remove_member(actor: Actor, team: Team, person: Person, *, now: dt.datetime) -> None:
    """Take a person out of a team; rotations and policies that name them stay and are shown there."""
    permissions.require_manager(actor, team)
    deleted, _ = Membership.objects.filter(team=team, person=person).delete()
    if deleted:
        record(actor, events.TEAM_MEMBER_REMOVED, team.id, now=now, data={"person": person.id, "name": person.name})
