"""Who may write where people work together. Who may see a room is decided by the owner of its subject."""

from __future__ import annotations

from tocsin.collab.models import Message
from tocsin.core.actor import Actor
from tocsin.core.errors import NotAllowed
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


def may_edit(actor: Actor, message: Message) -> bool:
    """Whether these are the actor's own words."""
    return message.author_id == actor.id


def may_remove(actor: Actor, message: Message) -> bool:
    """Authors take back their own words; an administrator anybody's, such as a secret that was pasted."""
    return message.author_id == actor.id or actor.is_administrator


def require_author(actor: Actor, message: Message) -> None:
    """Raises NotAllowed unless the words are the actor's own."""
    if not may_edit(actor, message):
        raise NotAllowed("Only who wrote a message can correct it. Answer it, or ask an administrator to remove it.")


def require_remover(actor: Actor, message: Message) -> None:
    """Raises NotAllowed unless the actor wrote the message or is an administrator."""
    if not may_remove(actor, message):
        raise NotAllowed("Only who wrote a message, or an administrator, can remove it.")
