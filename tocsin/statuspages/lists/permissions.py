"""Who may change lists, and who may put themselves on one."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.errors import NotAllowed
from tocsin.directory import permissions as directory
from tocsin.directory import rules as scopes
from tocsin.statuspages.lists.models import DistributionList


def require_editor(actor: Actor) -> None:
    """Raises NotAllowed for whoever may not make lists and choose who is on them."""
    directory.require_administrator(actor)


def require_subscriber(actor: Actor, chosen: DistributionList) -> None:
    """Raises NotAllowed where people do not put themselves on this list."""
    directory.require_scope(actor, scopes.RESPOND)
    if not chosen.is_open:
        raise NotAllowed(f"An administrator says who is on {chosen.name}. Ask them.")


def sees_members(actor: Actor) -> bool:
    """Whether the actor may see who is on a list, and at which address."""
    return directory.sees_contact_methods(actor)
