"""Who may change schedules and policies. Everybody who signs in may read them."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.errors import NotAllowed
from tocsin.directory import permissions
from tocsin.directory.models import Person
from tocsin.oncall.models import Override, Schedule


def may_edit(actor: Actor, schedule: Schedule) -> bool:
    """Whether the actor may change rotations and anybody's overrides; a schedule without a team is the administrators'."""
    return permissions.is_manager(actor, schedule.team)


def require_edit(actor: Actor, schedule: Schedule) -> None:
    permissions.require_manager(actor, schedule.team)


def may_override(actor: Actor, schedule: Schedule, person: Person) -> bool:
    """Managers put in anybody; a member of the team may take a shift upon themselves."""
    return may_edit(actor, schedule) or (actor.id == person.id and schedule.team_id in actor.member_of)


def require_override(actor: Actor, schedule: Schedule, person: Person) -> None:
    permissions.require_responder(actor)
    if not may_override(actor, schedule, person):
        raise NotAllowed("You may take a shift of your own team upon yourself; for others ask a manager of the team.")


def require_remove_override(actor: Actor, override: Override) -> None:
    permissions.require_responder(actor)
    if not (may_edit(actor, override.schedule) or actor.id in {override.created_by_id, override.person_id}):
        raise NotAllowed("Only whoever made this override, the person in it, or a manager of the team may remove it.")
