"""What was changed lately: told by a release, or made while somebody worked on an incident."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tocsin.alerts.models import ChangeEvent
from tocsin.core.actor import Actor
from tocsin.directory.models import Service
from tocsin.incidents import permissions
from tocsin.incidents.iterating.models import Change
from tocsin.incidents.models import Incident

MOST = 300


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change. `where` is the service it hit, or None; `incident` the key of the incident it was made in, or empty."""

    at: dt.datetime
    what: str
    who: str
    revert: str
    service: Service | None
    incident: str
    link: str


def changes(actor: Actor, since: dt.datetime, service: Service | None = None) -> list[ChangeLine]:
    """The changes since an instant, newest first, at most 300; without drills and without what the actor may not know of."""
    told = ChangeEvent.objects.select_related("service").filter(at__gte=since)
    if service:
        told = told.filter(service=service)
    lines = [_told(change) for change in told[:MOST]]
    visible = permissions.visible(actor, Incident.objects.filter(is_drill=False))
    made = Change.objects.filter(at__gte=since, incident__in=visible).select_related("incident__service", "by").order_by("-at")
    if service:
        made = made.filter(incident__service=service)
    lines += [_made(change) for change in made[:MOST]]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST]


def _told(change: ChangeEvent) -> ChangeLine:
    return ChangeLine(change.at, change.summary, change.source, "", change.service, "", change.link)


def _made(change: Change) -> ChangeLine:
    what = ", ".join(text for text in (change.what, change.how) if text)
    who = change.who or (change.by.name if change.by else "")
    return ChangeLine(change.at, what, who, change.revert, change.incident.service, change.incident.key, "")
