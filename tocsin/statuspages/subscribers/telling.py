"""What subscribers are told of, whatever it is: an update of an incident, or of planned work. Reads only."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from tocsin.core import clock
from tocsin.statuspages import rules as pages
from tocsin.statuspages import words
from tocsin.statuspages.maintenance import rules as work
from tocsin.statuspages.maintenance.models import MaintenanceUpdate
from tocsin.statuspages.models import StatusPage, Update
from tocsin.statuspages.outside import rules as outside
from tocsin.statuspages.pages import addresses
from tocsin.statuspages.subscribers.models import FanOut
from tocsin.statuspages.words import Words


@dataclass(frozen=True, slots=True)
class Telling:
    """One update on its way outside. `number` is its own, `thread` that of what it is about, whose mails stand together."""

    number: str
    thread: str
    page: StatusPage
    title: str
    status: str
    body: str
    promise: str
    link: str
    kind: str
    """`incident.update` or `maintenance.update`, for programs."""
    document: Mapping[str, Any]
    """What it is about, as hosted pages write it, with this update alone."""

    @property
    def words(self) -> str:
        """What a channel that shows text is sent."""
        return "\n\n".join(part for part in (f"{self.status}. {self.body}", self.promise) if part)


def tellings(wanted: Collection[str]) -> dict[str, Telling]:
    """What these fan-outs tell, by their ids; nothing for what must not leave the house any more. At most two queries."""
    updates = Update.objects.select_related("entry__page", "entry__incident", "fan_out").filter(fan_out__in=wanted)
    found = {update.fan_out.pk: of_incident(update) for update in updates if not is_hidden(update)}
    if len(found) == len(wanted):
        return found
    planned = MaintenanceUpdate.objects.select_related("maintenance__page", "fan_out").filter(fan_out__in=wanted)
    return found | {update.fan_out.pk: of_work(update) for update in planned}


def is_hidden(update: Update) -> bool:
    """Whether nobody outside may read of it (any more)."""
    return update.entry.incident is None or update.entry.incident.is_private


@dataclass(frozen=True, slots=True)
class Concern:
    """Whom it is for: of those who follow `page`, whoever chose one of these `parts` (none: everybody), or heard of it before."""

    page: str
    parts: tuple[str, ...]
    heard_before: Q


def concern(fan_out: FanOut) -> Concern | None:
    """Of the update of a fan-out; None when it must not be told any more."""
    if fan_out.of_work is not None:
        planned = fan_out.of_work.maintenance
        return Concern(planned.page_id, _ids(planned.parts), Q(fan_out__of_work__maintenance=planned.pk))
    update = fan_out.update
    if update is None or is_hidden(update):
        return None
    return Concern(update.entry.page_id, _ids(update.entry.components), Q(fan_out__update__entry=update.entry_id))


def _ids(parts: Any) -> tuple[str, ...]:
    return tuple(parts.values_list("pk", flat=True))


def of_incident(update: Update) -> Telling:
    entry, said = update.entry, words.of(update.entry.page.language)
    link, resolved = _link(entry.page, entry.pk), update.at if update.status == pages.RESOLVED else None
    about = _about(entry.pk, entry.title, update.status, entry.created_at, entry.started_at, resolved, entry.page_id, link, update)
    promise, status = _promise(update, said), said.statuses[update.status]
    return Telling(
        update.pk, entry.pk, entry.page, entry.title, status, update.body, promise, link, "incident.update", {"incident": about}
    )


def _promise(update: Update, said: Words) -> str:
    if update.next_update_at is None:
        return ""
    at = update.next_update_at.astimezone(zoneinfo.ZoneInfo(update.entry.page.zone))
    return said.mail_promise.format(time=f"{at:%H:%M}", zone=f"{at:%Z}", day=said.calendar.long(at))


def of_work(update: MaintenanceUpdate) -> Telling:
    planned, said = update.maintenance, words.of(update.maintenance.page.language)
    link, over = _link(planned.page, planned.pk), planned.over_at if update.status not in work.OPEN else None
    status = work.COMPLETED if update.status == work.CANCELLED else update.status
    began = planned.begun_at or planned.starts_at
    about = _about(planned.pk, planned.title, status, planned.created_at, began, over, planned.page_id, link, update) | {
        "impact": outside.MAINTENANCE,
        "scheduled_for": clock.rfc3339(planned.starts_at),
        "scheduled_until": clock.rfc3339(planned.ends_at),
    }
    title, status = said.planned_work.format(planned.title), said.work[update.status]
    promise = said.planned_for.format(said.span(planned.starts_at, planned.ends_at, planned.page.zone))
    promise = promise if update.status in work.OPEN else ""
    return Telling(
        update.pk, planned.pk, planned.page, title, status, update.body, promise, link, "maintenance.update", {"incident": about}
    )


def _about(
    key: str,
    title: str,
    status: str,
    created_at: dt.datetime,
    started_at: dt.datetime,
    resolved_at: dt.datetime | None,
    page: str,
    link: str,
    update: Update | MaintenanceUpdate,
) -> dict[str, Any]:
    at = clock.rfc3339(update.at)
    said = {
        "id": outside.code(update.pk),
        "status": status,
        "body": update.body,
        "created_at": at,
        "display_at": at,
        "updated_at": at,
        "incident_id": outside.code(key),
    }
    return {
        "id": outside.code(key),
        "name": title,
        "status": status,
        "created_at": clock.rfc3339(created_at),
        "started_at": clock.rfc3339(started_at),
        "updated_at": at,
        "resolved_at": clock.rfc3339(resolved_at) if resolved_at else None,
        "shortlink": link,
        "page_id": outside.code(page),
        "incident_updates": [said],
    }


def _link(page: StatusPage, key: str) -> str:
    """Where it is read; nowhere that may be written down for a page with a secret address."""
    there = addresses.told(page)
    return f"{there}/incidents/{outside.code(key)}" if there else ""
