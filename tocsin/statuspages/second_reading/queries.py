"""Reading drafts that wait for their second reader."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound, Refused
from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import Person
from tocsin.incidents import permissions
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.models import Incident
from tocsin.statuspages.second_reading import exact
from tocsin.statuspages.second_reading.models import SecondReading

_open = Prepared(
    lambda incident: SecondReading.objects.filter(incident=incident, state__in=SecondReading.OPEN).select_related(
        "reader", "author"
    )
)


def under_way(incident: Incident) -> list[SecondReading]:
    """Drafts of an incident that were given to a reader and have not been said, newest first. The caller has let the reader in."""
    return _open(incident.id)


def readings(actor: Actor, incident: Incident) -> QuerySet[SecondReading]:
    """All of an incident, newest first."""
    permissions.require_seer(actor, incident)
    return SecondReading.objects.filter(incident=incident).select_related("reader", "author", "incident")


def one(actor: Actor, incident: Incident, wanted: str) -> SecondReading:
    """By id. Raises NotFound, of another incident too."""
    found = readings(actor, incident).filter(pk=wanted).first()
    if found is None:
        raise NotFound(f"{incident.key} has no such draft.")
    return found


_asked = permissions.Visible(
    lambda reader: (
        SecondReading.objects.filter(
            Q(incident__state__in=Incident.OPEN) | Q(asked_at__gte=F("incident__resolved_at")),
            reader=reader,
            state=SecondReading.ASKED,
        )
        .select_related("incident", "author")
        .order_by("asked_at")
    )
)


def asked_of(actor: Actor) -> list[SecondReading]:
    """What waits for the actor's answer, the oldest first; nothing that was overtaken by the end of its incident."""
    return _asked(actor, actor.id)


def holder(incident: Incident, role: str) -> Person:
    """Whoever holds a role now. Raises Invalid when nobody does."""
    wanted = incident_rules.role(role)
    held = incident.roles.filter(role=wanted, until__isnull=True).select_related("person").order_by("since").first()
    if held is None:
        raise Invalid(f"Nobody is {incident_rules.role_label(wanted).lower()} of {incident.key} now.", field="role")
    return held.person


def approval(incident: Incident, words: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Who approved exactly these words, and who approved or was asked about others; names. Words that cannot be said have none."""
    rows = under_way(incident)
    if not rows:
        return [], []
    try:
        said = exact.digest(incident, status=words["status"], internal=words["internal"], external=words["external"])
    except Refused:
        said = ""
    same = [one.reader.name for one in rows if one.digest == said and one.state == SecondReading.APPROVED]
    return same, [one.reader.name for one in rows if one.reader.name not in same]
