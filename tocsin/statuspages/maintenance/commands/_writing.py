"""What every command on planned work does alike: the row locked, its words checked, its update and its event written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.core.work import hints
from tocsin.statuspages import rules as pages
from tocsin.statuspages.maintenance import rules
from tocsin.statuspages.maintenance.models import Maintenance, MaintenanceUpdate
from tocsin.statuspages.models import Component, StatusPage

LANE = "maintenance"


def locked(maintenance: Maintenance) -> Maintenance:
    """The row as it is now; nobody else changes it before the commit."""
    return db.lock(Maintenance.objects.filter(pk=maintenance.pk)).select_related("page").get()


def page_to_plan_on(page: StatusPage) -> StatusPage:
    """The page as it is now, locked. Raises Conflict for one that nobody reads any more."""
    page = db.lock(StatusPage.objects.filter(pk=page.pk)).get()
    if page.archived_at is not None:
        raise Conflict(f"{page.name} is archived: nobody would read it. Bring the page back first.", field="page")
    return page


def keep(maintenance: Maintenance, *fields: str, now: dt.datetime) -> None:
    """Save these fields, and when the engine looks next."""
    due = rules.due_at(maintenance.state, maintenance.starts_at, maintenance.ends_at, reminder_of(maintenance, now))
    maintenance.due_at = due or maintenance.due_at
    maintenance.work_state = Maintenance.DUE if due else Maintenance.DONE
    maintenance.lease_until, maintenance.updated_at = None, now
    maintenance.save(update_fields=["due_at", "work_state", "lease_until", "updated_at", *fields])
    hints.wake_after_commit(LANE)


def reminder_of(maintenance: Maintenance, now: dt.datetime) -> dt.datetime | None:
    """When readers are to be reminded of it, if at all."""
    return rules.reminder_at(maintenance.starts_at, maintenance.reminded_at, now) if maintenance.reminds else None


def tell(
    actor: Actor, maintenance: Maintenance, act: str, event: str, body: str, *, is_told: bool = True, now: dt.datetime, **data: Any
) -> MaintenanceUpdate:
    """An update for readers with the event that announces it."""
    update = MaintenanceUpdate.objects.create(
        maintenance=maintenance,
        act=act,
        status=maintenance.state,
        body=body,
        author_id=None if actor.is_system else actor.id,
        at=now,
        is_told=is_told,
    )
    record(actor, event, maintenance.id, now=now, data={"title": maintenance.title, "update": update.id, **data})
    return update


def title_of(text: str, page: StatusPage) -> str:
    """Raises Invalid (`title`)."""
    return _allowed(texts.line(text, field="title", limit=270), "title", page)


def body_of(text: str, page: StatusPage, *, required: bool = True) -> str:
    """Raises Invalid (`body`)."""
    return _allowed(texts.prose(text, field="body", limit=20_000, required=required), "body", page)


def _allowed(text: str, field: str, page: StatusPage) -> str:
    """Customers read no key of an incident."""
    if page.audience == pages.EXTERNAL:
        prefix = settings.TOCSIN.incident_prefix
        pages.check_public(text, field, prefix, f"{prefix}-0")
    return text


def parts_of(page: StatusPage, wanted: Iterable[str]) -> list[Component]:
    """The parts with these ids, in order. Raises Invalid (`parts`) for one that is not on the page."""
    chosen = set(wanted)
    found = list(page.components.filter(pk__in=chosen))
    if len(found) != len(chosen):
        raise Invalid(f"A part is not on the page “{page.name}”. Choose among its own.", field="parts")
    return found
