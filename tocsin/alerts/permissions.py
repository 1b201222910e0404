"""Who may do what with alerts and keys. Alerts are never private: whoever is signed in may read them."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.errors import NotAllowed
from tocsin.directory.models import Service


def require_answer(actor: Actor) -> None:
    """May acknowledge, resolve and open alerts: every responder."""
    if not (actor.is_administrator or "responder" in actor.roles):
        raise NotAllowed("Only responders may answer alerts; ask an administrator for the role.")


def require_keys(actor: Actor, service: Service) -> None:
    """May make and revoke integration keys of this service: its team's managers, and administrators."""
    if not (actor.is_administrator or service.team_id in actor.manages):
        raise NotAllowed(f"Only managers of the team that owns {service.name} may change its integration keys.")
