"""Who may do what. One function per question; commands of every room call them, doors do not decide.

Each `require_…` raises NotAllowed with a sentence. A token may do what its person may do, and only within its scopes.
"""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.errors import NotAllowed
from tocsin.directory import rules
from tocsin.directory.models import Person, Team


def has_scope(actor: Actor, scope: str) -> bool:
    """Whether the actor's token carries this scope; whoever signed in with a password carries all."""
    return actor.scopes is None or scope in actor.scopes


def require_scope(actor: Actor, scope: str) -> None:
    if not has_scope(actor, scope):
        raise NotAllowed(f"This token lacks the scope “{scope}”.", code="scope_missing")


def require_administrator(actor: Actor) -> None:
    require_scope(actor, rules.CONFIGURE)
    if not actor.is_administrator:
        raise NotAllowed("Only an administrator may do this.")


def is_responder(actor: Actor) -> bool:
    """Whether the actor may answer alerts and work on incidents."""
    return actor.is_administrator or Person.RESPONDER in actor.roles


def require_responder(actor: Actor) -> None:
    require_scope(actor, rules.RESPOND)
    if not is_responder(actor):
        raise NotAllowed("Only a responder may do this. An administrator can change your role.")


def is_manager(actor: Actor, team: Team | None) -> bool:
    """Whether the actor may edit this team's schedules, policies and services. Without a team only administrators may."""
    return actor.is_administrator or (team is not None and team.id in actor.manages)


def require_manager(actor: Actor, team: Team | None) -> None:
    require_scope(actor, rules.CONFIGURE)
    if not is_manager(actor, team):
        whose = f"a manager of {team.name}" if team else "an administrator"
        raise NotAllowed(f"Only {whose} may do this.")


def sees_contact_methods(actor: Actor) -> bool:
    """Whether the actor may see how colleagues are called: whoever works on incidents. Others see what the list of people says."""
    return actor.is_system or is_responder(actor)


def require_contacts(actor: Actor) -> None:
    """Raises NotAllowed for whoever may not see how colleagues are called."""
    if not sees_contact_methods(actor):
        raise NotAllowed("Telephone numbers are in this: it is for responders. An administrator can change your role.")


def may_qualify(actor: Actor, person: Person) -> bool:
    """Whether the actor may say what this person can do: administrators, and managers of a team that the person is in."""
    if actor.is_administrator or actor.is_system:
        return True
    return bool(actor.manages) and person.memberships.filter(team__in=actor.manages).exists()


def require_qualify(actor: Actor, person: Person) -> None:
    require_scope(actor, rules.CONFIGURE)
    if not may_qualify(actor, person):
        raise NotAllowed(f"Only an administrator or a manager of a team of {person.name} may do this.")


def is_self(actor: Actor, person: Person) -> bool:
    return actor.id == person.id


def require_self_or_administrator(actor: Actor, person: Person) -> None:
    require_scope(actor, rules.CONFIGURE)
    if not (is_self(actor, person) or actor.is_administrator):
        raise NotAllowed(f"Only {person.name} or an administrator may do this.")
