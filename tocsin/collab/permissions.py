"""Who may write where people work together. Who may see a room is decided by the owner of its subject."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.errors import NotAllowed


def may_write(actor: Actor) -> bool:
    """Whether the actor may keep rooms and documents: responders and administrators."""
    return actor.is_administrator or "responder" in actor.roles


def require_writer(actor: Actor) -> None:
    """Raises NotAllowed for whoever only reads."""
    if not may_write(actor):
        raise NotAllowed("Responders write here. Ask in the room, or ask an administrator to make you a responder.")


def require_administrator(actor: Actor) -> None:
    """Raises NotAllowed for everybody but administrators."""
    if not actor.is_administrator:
        raise NotAllowed("Only an administrator may change short links.")
