"""Reading the tasks that other trackers hold."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.incidents import permissions
from tocsin.incidents.cleanup.models import RemoteTask
from tocsin.incidents.models import Incident


def tasks(actor: Actor, incident: Incident) -> QuerySet[RemoteTask]:
    """The tasks elsewhere that clean up after an incident, open ones first."""
    permissions.require_seer(actor, incident)
    return incident.remote_tasks.select_related("state_by", "incident").order_by("-state", "created_at", "id")


def task(actor: Actor, incident: Incident, wanted: str) -> RemoteTask:
    """By id or address. Raises NotFound."""
    found = tasks(actor, incident).filter(Q(pk=wanted) | Q(url=wanted)).first()
    if found is None:
        raise NotFound(f"{incident.key} has no such task.")
    return found
