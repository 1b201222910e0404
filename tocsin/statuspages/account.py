"""What was said about an incident, in its order, with who said it and as what: the account that staff share."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tocsin.core.store.prepared import Prepared
from tocsin.incidents import rules as incidents
from tocsin.incidents.models import RoleAssignment
from tocsin.statuspages.models import Update
from tocsin.statuspages.queries import EntryView


@dataclass(frozen=True, slots=True)
class Line:
    """One update as staff read it; `role` is what its author was in the incident at that moment, empty for nothing."""

    at: dt.datetime
    status: str
    body: str
    author: str
    role: str


@dataclass(frozen=True, slots=True)
class Account:
    """One entry with all that was said in it, newest first."""

    view: EntryView
    lines: tuple[Line, ...]


def accounts(views: Sequence[EntryView]) -> list[Account]:
    """These entries with their words. One query for the roles of all authors."""
    held = _held(view.entry.incident_id for view in views if view.entry.incident_id)
    return [Account(view, tuple(_line(view, update, held) for update in view.updates)) for view in views]


def _line(view: EntryView, update: Update, held: dict[tuple[str, str], list[RoleAssignment]]) -> Line:
    author = update.author
    roles = _roles_at(update.at, held.get((view.entry.incident_id, author.pk), ())) if author else ""
    return Line(update.at, update.status, update.body, author.name if author else "", roles)


_roles = Prepared(lambda incidents: RoleAssignment.objects.filter(incident__in=incidents).order_by("since"))


def _held(found: Iterable[str]) -> dict[tuple[str, str], list[RoleAssignment]]:
    by_person: dict[tuple[str, str], list[RoleAssignment]] = defaultdict(list)
    for one in _roles(list(found)):
        by_person[one.incident_id, one.person_id].append(one)
    return by_person


def _roles_at(at: dt.datetime, held: Iterable[RoleAssignment]) -> str:
    """`Incident manager and Tech lead`, most telling first."""
    names = {one.role for one in held if one.since <= at and (one.until is None or at < one.until)}
    ordered = [name for name in incidents.ROLES if name in names] + sorted(names - set(incidents.ROLES))
    return incidents.joined([incidents.role_label(name) for name in ordered]) if ordered else ""
