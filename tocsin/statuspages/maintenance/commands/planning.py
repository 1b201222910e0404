"""Planning work, once or again and again, and letting a series end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.directory.rules import is_zone
from tocsin.oncall.rules import zone_of
from tocsin.statuspages import events, permissions, words
from tocsin.statuspages.maintenance import repeating, rules
from tocsin.statuspages.maintenance.commands import _writing as writing
from tocsin.statuspages.maintenance.commands.acting import call_off
from tocsin.statuspages.maintenance.models import Maintenance, MaintenanceSeries
from tocsin.statuspages.models import Component, StatusPage


def plan(
    actor: Actor,
    page: StatusPage,
    *,
    title: str,
    body: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    parts: Collection[str] = (),
    begins_by_itself: bool = True,
    ends_by_itself: bool = True,
    reminds: bool = True,
    now: dt.datetime,
) -> Maintenance:
    """Plan work on these parts (ids; none: on no part in particular) and tell whoever wants to hear of them, with `reminds` once
    more an hour before.

    Raises Invalid with the field, Conflict when the same is planned already, as after pressing twice.
    """
    permissions.require_speaker(actor)
    title, body = writing.title_of(title, page), writing.body_of(body, page)
    rules.check_times(starts_at, ends_at, now)
    with transaction.atomic():
        chosen = writing.parts_of(page, parts)
        page = writing.page_to_plan_on(page)
        if page.maintenances.filter(title=title, starts_at=starts_at, state__in=Maintenance.OPEN).exists():
            raise Conflict(f"“{title}” is planned for that time already.", field="title", code="planned_already")
        made = Maintenance(
            page=page,
            title=title,
            body=body,
            starts_at=starts_at,
            ends_at=ends_at,
            begins_by_itself=begins_by_itself,
            ends_by_itself=ends_by_itself,
            reminds=reminds,
            owner_id=None if actor.is_system else actor.id,
        )
        return add(actor, made, chosen, now=now)


def add(actor: Actor, made: Maintenance, parts: Collection[Component], *, is_told: bool = True, now: dt.datetime) -> Maintenance:
    """Write one time of work with its first update. Inside a transaction."""
    made.lane, made.created_at, made.updated_at = writing.LANE, now, now
    made.due_at = writing.reminder_of(made, now) or made.starts_at
    made.save(force_insert=True)
    made.parts.set(parts)
    data = {
        "starts_at": clock.rfc3339(made.starts_at),
        "ends_at": clock.rfc3339(made.ends_at),
        "parts": [part.name for part in parts],
        "series": made.series_id,
    }
    writing.tell(actor, made, "planned", events.MAINTENANCE_PLANNED, made.body, is_told=is_told, now=now, **data)
    return made


def plan_series(
    actor: Actor,
    page: StatusPage,
    *,
    title: str,
    body: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    rule: str,
    zone: str,
    parts: Collection[str] = (),
    begins_by_itself: bool = True,
    ends_by_itself: bool = True,
    reminds: bool = True,
    now: dt.datetime,
) -> MaintenanceSeries:
    """Plan work that comes again by `rule` (see `repeating`) on the wall of `zone`, first at `starts_at`. Raises as `plan`."""
    permissions.require_speaker(actor)
    title, body = writing.title_of(title, page), writing.body_of(body, page)
    repeat = repeating.read(texts.line(rule, field="rule", limit=120))
    _require_zone(zone)
    rules.check_times(starts_at, ends_at, now)
    wall = starts_at.astimezone(zone_of(zone)).replace(tzinfo=None)
    with transaction.atomic():
        chosen = writing.parts_of(page, parts)
        page = writing.page_to_plan_on(page)
        if page.maintenance_series.filter(title=title, rule=str(repeat), ended_at=None).exists():
            raise Conflict(f"“{title}” comes again by this rule already.", field="title", code="planned_already")
        series = MaintenanceSeries.objects.create(
            lane=writing.LANE,
            due_at=now,
            page=page,
            title=title,
            body=body,
            rule=str(repeat),
            zone=zone,
            first_on=wall.date(),
            at_time=wall.time(),
            minutes=max(1, round((ends_at - starts_at) / dt.timedelta(minutes=1))),
            begins_by_itself=begins_by_itself,
            ends_by_itself=ends_by_itself,
            reminds=reminds,
            owner_id=None if actor.is_system else actor.id,
            created_at=now,
            updated_at=now,
        )
        _set_up(actor, series, chosen, now)
    return series


def _require_zone(zone: str) -> None:
    if not is_zone(zone):
        raise Invalid("Name a zone of the tz database, such as Europe/Vienna.", field="zone")


def _set_up(actor: Actor, series: MaintenanceSeries, parts: Collection[Component], now: dt.datetime) -> None:
    """Its parts, its event, its first times. Raises Invalid (`rule`) when there are none."""
    series.parts.set(parts)
    data = {"title": series.title, "rule": series.rule, "zone": series.zone, "minutes": series.minutes}
    record(actor, events.MAINTENANCE_SERIES_PLANNED, series.id, now=now, data=data)
    if not make_times(actor, series, parts, now=now):
        raise Invalid("No time fits this rule before it ends.", field="rule")


def make_times(actor: Actor, series: MaintenanceSeries, parts: Collection[Component], *, now: dt.datetime) -> int:
    """Make the times of a series that are to be made now, and say when to look again; how many. Inside a transaction."""
    length = dt.timedelta(minutes=series.minutes)
    coming = series.maintenances.filter(state=Maintenance.SCHEDULED, starts_at__gt=now).order_by("-number").first()
    found = repeating.starts(repeating.read(series.rule), series.first_on, series.at_time, series.zone)
    made = repeating.to_make(found, series.made, length, coming.starts_at if coming else None, now)
    for place, (number, start) in enumerate(made.times):
        one = Maintenance(
            page=series.page,
            series=series,
            number=number,
            title=series.title,
            body=series.body,
            starts_at=start,
            ends_at=start + length,
            begins_by_itself=series.begins_by_itself,
            ends_by_itself=series.ends_by_itself,
            reminds=series.reminds,
            owner_id=series.owner_id,
        )
        add(actor, one, parts, is_told=series.made == 0 and place == 0, now=now)
    series.made, series.lease_until, series.updated_at = made.looked_at, None, now
    series.work_state = MaintenanceSeries.DUE if made.again_at else MaintenanceSeries.DONE
    series.due_at = made.again_at or series.due_at
    series.save(update_fields=["made", "due_at", "work_state", "lease_until", "updated_at"])
    return len(made.times)


def end_series(actor: Actor, series: MaintenanceSeries, *, now: dt.datetime) -> MaintenanceSeries:
    """It comes no more. What is still planned of it is called off, and told once; what is in progress goes on."""
    permissions.require_speaker(actor)
    with transaction.atomic():
        series = db.lock(MaintenanceSeries.objects.filter(pk=series.pk)).get()
        if series.ended_at is not None:
            raise Conflict("This series has ended already.", current=series)
        series.ended_at = series.updated_at = now
        series.work_state, series.lease_until = MaintenanceSeries.DONE, None
        series.save(update_fields=["ended_at", "updated_at", "work_state", "lease_until"])
        rest = list(db.lock(series.maintenances.filter(state=Maintenance.SCHEDULED).order_by("starts_at")).select_related("page"))
        for place, one in enumerate(rest):
            said = words.of(one.page.language)
            body = said.work_ends_series if place == 0 and len(rest) > 1 else said.work_called_off
            call_off(actor, one, body, is_told=place == 0, now=now)
        data = {"title": series.title, "called_off": len(rest)}
        record(actor, events.MAINTENANCE_SERIES_ENDED, series.id, now=now, data=data)
    return series
