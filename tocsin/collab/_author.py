"""Who wrote a row."""

from __future__ import annotations

from tocsin.core.actor import Actor


def author_of(actor: Actor) -> str | None:
    """The person's id, None for the system."""
    return None if actor.is_system else actor.id
