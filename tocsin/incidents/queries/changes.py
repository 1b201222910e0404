"""What was changed lately: told by a release, or made while somebody worked on an incident; and what was near its start."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tocsin.alerts.models import ChangeEvent
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.directory.models import Service
from tocsin.incidents import permissions
from tocsin.incidents.iterating.models import Change, SuspectedCause
from tocsin.incidents.models import Incident

MOST = 300
BEFORE, AFTER = dt.timedelta(hours=24), dt.timedelta(minutes=30)
"""How far from the start of the impact a change is looked for; a little after it, because starts are estimated."""
NEAREST = 8


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change. `service` is what it hit, or None; `incident` the key of the incident it was made in, or empty."""

    at: dt.datetime
    what: str
    who: str
    revert: str
    service: Service | None
    incident: str
    link: str
    id: str


@dataclass(frozen=True, slots=True)
class NearChange:
    """A change and how long before the start of the impact it was made; less than nothing: after it began."""

    line: ChangeLine
    before: dt.timedelta

    @property
    def distance(self) -> dt.timedelta:
        return abs(self.before)


@dataclass(frozen=True, slots=True)
class Near:
    """Changes around an instant, nearest first. `since` is that instant, `known` whether it is the start of the impact itself."""

    since: dt.datetime
    known: bool
    changes: tuple[NearChange, ...]


def changes(actor: Actor, since: dt.datetime, service: Service | None = None) -> list[ChangeLine]:
    """The changes since an instant, newest first, at most 300; without drills and without what the actor may not know of."""
    told = ChangeEvent.objects.select_related("service").filter(at__gte=since)
    if service:
        told = told.filter(service=service)
    lines = [_told(change) for change in told[:MOST]]
    made = permissions.visible_through(actor, Change.objects.filter(at__gte=since, incident__is_drill=False))
    made = made.select_related("incident__service", "by").order_by("-at")
    if service:
        made = made.filter(incident__service=service)
    lines += [_made(change) for change in made[:MOST]]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST]


def near(actor: Actor, incident: Incident) -> Near:
    """The changes nearest to the start of the impact, or to the detection while that is not known; at most eight.

    What was changed in the response itself is no cause, and words of another private incident are not brought here.
    """
    permissions.require_seer(actor, incident)
    since = incident.impact_started_at or incident.detected_at or incident.created_at
    window = {"at__gte": since - BEFORE, "at__lte": since + AFTER}
    lines = [_told(change) for change in ChangeEvent.objects.select_related("service").filter(**window).order_by("-at")[:MOST]]
    lines += [_made(change) for change in _namable(incident).filter(**window).order_by("-at")[:MOST]]
    found = sorted((NearChange(line, since - line.at) for line in lines), key=lambda one: one.distance)
    return Near(since, incident.impact_started_at is not None, tuple(found[:NEAREST]))


def change_for(incident: Incident, wanted: str) -> ChangeLine:
    """A change by its id, when this incident may name it. Raises NotFound."""
    told = ChangeEvent.objects.select_related("service").filter(pk=wanted).first()
    if told is not None:
        return _told(told)
    made = _namable(incident).filter(pk=wanted).first()
    if made is None:
        raise NotFound("There is no such change.")
    return _made(made)


def suspected(actor: Actor, incident: Incident) -> QuerySet[SuspectedCause]:
    """The changes that are suspected to be the cause, in the order they were named."""
    permissions.require_seer(actor, incident)
    return incident.suspected_causes.select_related("by")


def _namable(incident: Incident) -> QuerySet[Change]:
    """Changes of incidents that everybody may read, and of this one before its impact began."""
    others = Q(incident__is_private=False, incident__is_drill=False) & ~Q(incident=incident)
    began = incident.impact_started_at
    own = Q(incident=incident, at__lte=began) if began else Q(pk__in=())
    return Change.objects.filter(others | own).select_related("incident__service", "by")


def _told(change: ChangeEvent) -> ChangeLine:
    return ChangeLine(change.at, change.summary, change.source, "", change.service, "", change.link, change.id)


def _made(change: Change) -> ChangeLine:
    what = ", ".join(text for text in (change.what, change.how) if text)
    who = change.who or (change.by.name if change.by else "")
    return ChangeLine(change.at, what, who, change.revert, change.incident.service, change.incident.key, "", change.id)
