"""Who may report, see and run incidents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotAllowed, NotFound
from tocsin.core.store.prepared import Prepared, Value
from tocsin.directory import permissions as directory
from tocsin.directory import rules as scopes
from tocsin.incidents.models import Incident, IncidentMember, RoleAssignment

M = TypeVar("M", bound=Model)
T = TypeVar("T")


def visible(actor: Actor, rows: QuerySet[Incident]) -> QuerySet[Incident]:
    """The incidents among `rows` that the actor may know of.

    A private one is for its reporter, its members, whoever holds or held a role in it, and administrators.
    """
    return rows if actor.is_administrator else seen_by(rows, actor.id)


def visible_through(actor: Actor, rows: QuerySet[M], to: str = "incident") -> QuerySet[M]:
    """Those rows of another table whose incident, through the field `to`, the actor may know of; no other incident is looked at."""
    return rows if actor.is_administrator else seen_by(rows, actor.id, to)


class Visible(Generic[T]):
    """A prepared question, of which each actor gets the rows of incidents they may know of: `rows(actor, value, ...)`.

    `to` is the field that names the incident, empty for incidents themselves; no more than `most` rows are read.
    """

    def __init__(self, question: Callable[..., QuerySet[Any, T]], to: str = "incident", *, most: int | None = None) -> None:
        self._all = Prepared(lambda *values: question(*values)[:most])
        self._seen = Prepared(lambda person, *values: seen_by(question(*values), person, to)[:most])

    def __call__(self, actor: Actor, *values: Value) -> list[T]:
        """The rows, read now."""
        return self._all(*values) if actor.is_administrator else self._seen(actor.id, *values)


def seen_by(rows: QuerySet[M], person: str, to: str = "") -> QuerySet[M]:
    """The rows that a person, an id, may know of who administers nothing; `to` as above."""
    incident, field = (f"{to}_id", f"{to}__") if to else ("pk", "")
    member = IncidentMember.objects.filter(incident=OuterRef(incident), person=person)
    holder = RoleAssignment.objects.filter(incident=OuterRef(incident), person=person)
    open_to = Q(**{f"{field}is_private": False}) | Q(**{f"{field}reporter": person})
    return rows.filter(open_to | Exists(member) | Exists(holder))


def is_private(subject: str) -> bool:
    """Whether this is the id of an incident that only some may know of: what the pager asks before it tells anybody outside."""
    return Incident.objects.filter(pk=subject, is_private=True).exists()


def hidden_from(actor: Actor) -> QuerySet[Incident]:
    """The private incidents that the actor may not know of."""
    private = Incident.objects.filter(is_private=True)
    return private.exclude(pk__in=visible(actor, private).values("pk"))


def may_see(actor: Actor, incident: Incident) -> bool:
    """Whether the actor may know of this incident."""
    if not incident.is_private or actor.is_administrator:
        return True
    return visible(actor, Incident.objects.filter(pk=incident.pk)).exists()


def require_seer(actor: Actor, incident: Incident) -> None:
    """Raises NotFound for whoever may not know of this incident."""
    if not may_see(actor, incident):
        raise NotFound(f"There is no incident {incident.key}.")


def require_responder(actor: Actor, incident: Incident) -> None:
    """Raises NotFound for whoever may not see the incident, NotAllowed for whoever only reads and asks."""
    require_seer(actor, incident)
    directory.require_scope(actor, scopes.RESPOND)
    if not directory.is_responder(actor):
        raise NotAllowed("Responders run incidents. You can read this one and ask in its room.")


def require_reporter(actor: Actor) -> None:
    """Raises NotAllowed unless the actor is somebody of the house: every role may report."""
    directory.require_scope(actor, scopes.RESPOND)
    if not (actor.roles or actor.is_system):
        raise NotAllowed("Sign in to report an incident.")


def require_speaker(actor: Actor, incident: Incident) -> None:
    """Whoever may see the incident may speak in its room. Raises NotFound, and NotAllowed for a token that only reads."""
    require_seer(actor, incident)
    directory.require_scope(actor, scopes.RESPOND)
