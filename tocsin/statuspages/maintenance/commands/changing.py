"""Another time, other words, other parts: readers and their calendars take it over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.eventlog.events import record
from tocsin.statuspages import events, permissions, words
from tocsin.statuspages.commands.components import put
from tocsin.statuspages.maintenance import rules
from tocsin.statuspages.maintenance.commands import _writing as writing
from tocsin.statuspages.maintenance.commands.acting import release, require_open
from tocsin.statuspages.maintenance.models import Maintenance
from tocsin.statuspages.models import Component
from tocsin.statuspages.rules import OPERATIONAL, UNDER_MAINTENANCE


def move(
    actor: Actor,
    maintenance: Maintenance,
    *,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    body: str = "",
    now: dt.datetime,
) -> Maintenance:
    """Another time, of a series for this one alone; what has begun gets another end. None leaves an instant as it is, except that
    a start alone keeps the length. Raises Invalid with the field, Conflict when it is over.
    """
    permissions.require_speaker(actor)
    with transaction.atomic():
        maintenance = writing.locked(maintenance)
        require_open(maintenance)
        old = maintenance.starts_at, maintenance.ends_at
        new = _new_times(maintenance, starts_at, ends_at, now)
        if new == old:
            return maintenance
        maintenance.starts_at, maintenance.ends_at = new
        maintenance.sequence += 1
        if new[0] != old[0]:
            maintenance.reminded_at = None
        writing.keep(maintenance, "starts_at", "ends_at", "sequence", "reminded_at", now=now)
        begun = maintenance.state in rules.ACTIVE
        drafted = words.of(maintenance.page.language).moved(old, new, maintenance.page.zone, begun=begun)
        own = writing.body_of(body, maintenance.page, required=False)
        data: dict[str, Any] = {name: [clock.rfc3339(one) for one in times] for name, times in (("old", old), ("new", new))}
        body = f"{drafted}\n\n{own}" if own else drafted
        writing.tell(actor, maintenance, "moved", events.MAINTENANCE_MOVED, body, now=now, **data)
    return maintenance


def _new_times(
    maintenance: Maintenance, starts_at: dt.datetime | None, ends_at: dt.datetime | None, now: dt.datetime
) -> tuple[dt.datetime, dt.datetime]:
    if maintenance.state in rules.ACTIVE:
        if starts_at is not None and starts_at != maintenance.starts_at:
            raise Invalid("It has begun; only its end can be moved.", field="starts_at")
        end = ends_at or maintenance.ends_at
        rules.check_end(maintenance.starts_at, end, now)
        return maintenance.starts_at, end
    start = starts_at or maintenance.starts_at
    kept = start + (maintenance.ends_at - maintenance.starts_at) if starts_at else maintenance.ends_at
    rules.check_times(start, ends_at or kept, now)
    return start, ends_at or kept


def change(
    actor: Actor,
    maintenance: Maintenance,
    *,
    title: str | None = None,
    body: str | None = None,
    parts: Collection[str] | None = None,
    begins_by_itself: bool | None = None,
    ends_by_itself: bool | None = None,
    reminds: bool | None = None,
    say: str = "",
    now: dt.datetime,
) -> Maintenance:
    """Other words, parts, or ways to remind, begin and end; None leaves them. Readers are told when `say` tells them something.

    Another `body` is an update too, told or not: what was said before stays as it was said.
    """
    permissions.require_speaker(actor)
    with transaction.atomic():
        maintenance = writing.locked(maintenance)
        require_open(maintenance)
        new = {
            "title": None if title is None else writing.title_of(title, maintenance.page),
            "body": None if body is None else writing.body_of(body, maintenance.page),
            "begins_by_itself": begins_by_itself,
            "ends_by_itself": ends_by_itself,
            "reminds": reminds,
        }
        fields = {name: value for name, value in new.items() if value is not None and getattr(maintenance, name) != value}
        for name, value in fields.items():
            setattr(maintenance, name, value)
        told = [*fields, *_set_parts(actor, maintenance, parts, now)]
        if not told and not say:
            return maintenance
        maintenance.sequence += 1
        writing.keep(maintenance, "sequence", *fields, now=now)
        told_words = writing.body_of(say, maintenance.page, required=False)
        said = told_words or (maintenance.body if "body" in fields else "")
        if said:
            event = events.MAINTENANCE_CHANGED
            writing.tell(actor, maintenance, "changed", event, said, is_told=bool(told_words), now=now, fields=told)
        else:
            data = {"title": maintenance.title, "fields": told, "update": ""}
            record(actor, events.MAINTENANCE_CHANGED, maintenance.id, now=now, data=data)
    return maintenance


def _set_parts(actor: Actor, maintenance: Maintenance, parts: Collection[str] | None, now: dt.datetime) -> list[str]:
    """The word `parts` when they are others now. While it goes on, new ones come under maintenance and old ones are released."""
    if parts is None:
        return []
    old: list[Component] = list(maintenance.parts.all())
    new = writing.parts_of(maintenance.page, parts)
    if {one.pk for one in old} == {one.pk for one in new}:
        return []
    maintenance.parts.set(new)
    if maintenance.state in rules.ACTIVE:
        gone = [one for one in old if one not in new and one.state == UNDER_MAINTENANCE]
        release(actor, maintenance, gone, now=now)
        for one in new:
            if one.state == OPERATIONAL:
                put(actor, one, UNDER_MAINTENANCE, maintenance.id, now)
    return ["parts"]
