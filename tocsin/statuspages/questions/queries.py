"""Reading the questions of an incident."""

from __future__ import annotations

from django.db.models import QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.store.prepared import Prepared
from tocsin.incidents import permissions
from tocsin.incidents.models import Incident
from tocsin.statuspages.questions.models import Question


def questions(actor: Actor, incident: Incident) -> QuerySet[Question]:
    """What was asked about an incident by mail, oldest first. Raises NotFound for whoever may not know of it."""
    permissions.require_seer(actor, incident)
    return Question.objects.filter(incident=incident).select_related("person", "settled_by", "thread__list")


def question(actor: Actor, incident: Incident, wanted: str) -> Question:
    """Raises NotFound, for a question of another incident too."""
    found = questions(actor, incident).filter(pk=wanted).first()
    if found is None:
        raise NotFound(f"{incident.key} has no such question.")
    return found


_waiting = Prepared(lambda incident: Question.objects.filter(incident=incident, state=Question.OPEN).select_related("person"))


def waiting(incident: Incident) -> list[Question]:
    """What nobody has answered yet, oldest first."""
    return _waiting(incident.id)
