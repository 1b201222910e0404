"""Reading what waits."""

from __future__ import annotations

import datetime as dt

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.store.prepared import Prepared
from tocsin.incidents import permissions
from tocsin.incidents.models import Incident
from tocsin.statuspages.held.models import HeldUpdate

_waiting = Prepared(lambda incident: HeldUpdate.objects.filter(incident=incident, state=HeldUpdate.HELD).select_related("author"))


def waiting(incident: Incident) -> list[HeldUpdate]:
    """The confirmed updates of an incident that have not gone out, the next one first. The caller has let the reader in."""
    return _waiting(incident.id)


def one(actor: Actor, incident: Incident, wanted: str) -> HeldUpdate:
    """By id, for whoever may take it back. Raises NotAllowed or NotFound."""
    permissions.require_responder(actor, incident)
    found = HeldUpdate.objects.select_related("incident", "author").filter(incident=incident, pk=wanted).first()
    if found is None:
        raise NotFound(f"{incident.key} has no such update.")
    return found


def by_confirmation(incident: Incident, confirmation: str) -> HeldUpdate | None:
    """What became of one confirmation."""
    return HeldUpdate.objects.filter(incident=incident, confirmation=confirmation or "-").first()


def speaks_at(incident: Incident, audience: str) -> dt.datetime | None:
    """When words for this audience go out that are on their way, None while there are none."""
    return next((held.due_at for held in waiting(incident) if audience in held.audiences), None)
