"""Who may see and change subscribers."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.directory import permissions as directory


def require_keeper(actor: Actor) -> None:
    """Raises NotAllowed for whoever may not see the addresses of subscribers, which is everybody but administrators."""
    directory.require_administrator(actor)
