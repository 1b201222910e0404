"""Who may change schedules and policies. Everybody who signs in may read them."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.errors import NotAllowed
from tocsin.directory import permissions
from tocsin.directory import rules as scopes
from tocsin.directory.models import Person, Team
from tocsin.oncall.models import CalendarFeed, CoverRequest, Override, Schedule, Webhook


def may_edit(actor: Actor, schedule: Schedule) -> bool:
    """Whether the actor may change rotations and anybody's overrides; a schedule without a team is the administrators'."""
    return permissions.is_manager(actor, schedule.team)


def require_edit(actor: Actor, schedule: Schedule) -> None:
    permissions.require_manager(actor, schedule.team)


def require_read_calls(actor: Actor, webhook: Webhook) -> None:
    """What was sent to a webhook, and what came back, is for managers of its team."""
    if not permissions.is_manager(actor, webhook.team):
        raise NotAllowed(f"Only a manager of {webhook.team.name} may read the calls of {webhook.name}.")


def require_change_webhook(actor: Actor, webhook: Webhook | None, team: Team, *, tells_private: bool) -> None:
    """A manager of its team. One that is told of private incidents is an administrator's: they alone may know of all of them."""
    permissions.require_manager(actor, team)
    private = tells_private or (webhook is not None and webhook.tells_private)
    if private and not actor.is_administrator:
        raise NotAllowed("A webhook that is told of private incidents is made and changed by an administrator.")


def may_change_webhook(actor: Actor, webhook: Webhook) -> bool:
    """Whether the actor may change it, its secret included."""
    return permissions.is_manager(actor, webhook.team) and (actor.is_administrator or not webhook.tells_private)


def may_override(actor: Actor, schedule: Schedule, person: Person | None) -> bool:
    """Managers put in anybody or nobody; a member of the team may take a shift upon themselves."""
    mine = person is not None and actor.id == person.id
    return may_edit(actor, schedule) or (mine and schedule.team_id in actor.member_of)


def require_override(actor: Actor, schedule: Schedule, person: Person | None) -> None:
    permissions.require_responder(actor)
    if not may_override(actor, schedule, person):
        raise NotAllowed("You may take a shift of your own team upon yourself; for others ask a manager of the team.")


def require_ask_cover(actor: Actor, schedule: Schedule, person: Person) -> None:
    """Everybody gives away their own shifts, managers those of others."""
    permissions.require_responder(actor)
    if actor.id != person.id and not may_edit(actor, schedule):
        raise NotAllowed("You may give away your own shifts; for others ask a manager of the team.")


def may_answer_cover(actor: Actor, request: CoverRequest) -> bool:
    """Whoever was asked; without a name, members of the team but the one who asks."""
    if request.asked_id:
        return actor.id == request.asked_id
    return actor.id != request.person_id and request.schedule.team_id in actor.member_of


def require_answer_cover(actor: Actor, request: CoverRequest) -> None:
    permissions.require_responder(actor)
    if not may_answer_cover(actor, request):
        raise NotAllowed("This request was not made to you.")


def require_remove_override(actor: Actor, override: Override) -> None:
    permissions.require_responder(actor)
    if not (may_edit(actor, override.schedule) or actor.id in {override.created_by_id, override.person_id}):
        raise NotAllowed("Only whoever made this override, the person in it, or a manager of the team may remove it.")


def may_keep_calendars(actor: Actor, owner: Person | Team) -> bool:
    """Feeds and calendars of absences: a person their own, a team's its managers."""
    return actor.id == owner.pk if isinstance(owner, Person) else permissions.is_manager(actor, owner)


def require_own_feed(actor: Actor, owner: Person | Team) -> None:
    """Nobody makes a feed for somebody else: its address would be known to two."""
    permissions.require_scope(actor, scopes.CONFIGURE)
    if not (actor.is_system or may_keep_calendars(actor, owner)):
        whose = "their own" if isinstance(owner, Person) else f"a team's, as a manager of {owner.name}"
        raise NotAllowed(f"People make calendar feeds of {whose}.")


def require_revoke_feed(actor: Actor, feed: CalendarFeed) -> None:
    """Whoever may make it, and administrators."""
    if feed.person:
        permissions.require_self_or_administrator(actor, feed.person)
    else:
        permissions.require_manager(actor, feed.team)


def require_away_calendars(actor: Actor, owner: Person | Team) -> None:
    """A person and administrators theirs, managers those of the team."""
    if isinstance(owner, Person):
        permissions.require_self_or_administrator(actor, owner)
    else:
        permissions.require_manager(actor, owner)
