"""What was changed lately, wherever it was written down: by a release, in a state document, on a timeline."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tocsin.alerts.models import ChangeEvent
from tocsin.collab.models import TableRow
from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.directory.models import Service
from tocsin.incidents import events, permissions
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
    rows = list(TableRow.objects.select_related("document", "author").filter(table="changes", at__gte=since).order_by("-at")[:MOST])
    noted = list(Event.objects.filter(name=events.NOTED, at__gte=since, data__kind="change").order_by("-at")[:MOST])
    known = _incidents(actor, {row.document.subject for row in rows} | {event.subject for event in noted}, service)
    lines += [_row(row, known[row.document.subject]) for row in rows if row.document.subject in known]
    lines += [_note(event, known[event.subject]) for event in noted if event.subject in known]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST]


def _incidents(actor: Actor, ids: set[str], service: Service | None) -> dict[str, Incident]:
    rows = permissions.visible(actor, Incident.objects.filter(pk__in=ids, is_drill=False)).select_related("service")
    return {one.pk: one for one in (rows.filter(service=service) if service else rows)}


def _told(change: ChangeEvent) -> ChangeLine:
    return ChangeLine(change.at, change.summary, change.source, "", change.service, "", change.link)


def _row(row: TableRow, incident: Incident) -> ChangeLine:
    cells: dict[str, Any] = row.cells
    what = ", ".join(text for text in (cells.get("what"), cells.get("how")) if text)
    who = cells.get("who") or (row.author.name if row.author else "")
    return ChangeLine(row.at, what, who, cells.get("revert", ""), incident.service, incident.key, "")


def _note(event: Event, incident: Incident) -> ChangeLine:
    at = clock.parse(event.data["at"])
    return ChangeLine(at, event.data["text"], event.actor_name, "", incident.service, incident.key, "")
