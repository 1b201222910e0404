"""Who may register pages elsewhere, and who may try again."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.directory import permissions as directory
from tocsin.incidents.models import Incident
from tocsin.statuspages.permissions import require_publisher


def require_editor(actor: Actor) -> None:
    """Raises NotAllowed for whoever may not register pages elsewhere, nor look at them."""
    directory.require_administrator(actor)


def require_retry(actor: Actor, incident: Incident) -> None:
    """Whoever may publish may try again. Raises NotFound or NotAllowed."""
    require_publisher(actor, incident)
