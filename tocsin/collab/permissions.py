"""Who may write where people work together. Who may see a room is decided by the owner of its subject."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.directory import permissions as directory


def may_write(actor: Actor) -> bool:
    """Whether the actor may keep rooms and documents: responders and administrators."""
    return directory.is_responder(actor)


def require_writer(actor: Actor) -> None:
    """Raises NotAllowed for whoever only reads."""
    directory.require_responder(actor)


def require_administrator(actor: Actor) -> None:
    """Raises NotAllowed for everybody but administrators: short links are the whole house's."""
    directory.require_administrator(actor)
