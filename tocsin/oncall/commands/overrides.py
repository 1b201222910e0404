"""One person, or nobody on purpose, instead of the rota."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text.texts import line
from tocsin.directory.models import Person
from tocsin.oncall import events, permissions, rules, wording
from tocsin.oncall.commands import _checks
from tocsin.oncall.commands._touching import touch
from tocsin.oncall.models import Override, Rotation, Schedule

LONGEST = dt.timedelta(days=400)


@transaction.atomic
def add_override(
    actor: Actor,
    schedule: Schedule,
    *,
    person: Person | None,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    rotation: Rotation | None = None,
    reason: str = "",
    now: dt.datetime,
) -> Override:
    """This person, or nobody on purpose, from `starts_at` until before `ends_at`; with `rotation` in that layer only.

    A later override beats an earlier one.
    """
    schedule = db.lock(Schedule.objects.filter(pk=schedule.pk)).get()
    permissions.require_override(actor, schedule, person)
    if rotation is not None and rotation.schedule_id != schedule.pk:
        raise Invalid("This layer belongs to another schedule.", field="rotation")
    entry = write(actor, schedule, person, *stretch(starts_at, ends_at, now), rotation, reason, now)
    touch(schedule, now)
    return entry


def stretch(starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime, *, prefix: str = "") -> tuple[dt.datetime, dt.datetime]:
    """Start and end in UTC. Raises Invalid that names the field."""
    for field, value in (("starts_at", starts_at), ("ends_at", ends_at)):
        if value.tzinfo is None:
            raise Invalid("An instant needs a zone, such as Z or +01:00.", field=prefix + field)
    starts_at, ends_at = starts_at.astimezone(clock.UTC), ends_at.astimezone(clock.UTC)
    if ends_at <= starts_at:
        raise Invalid("The end must be after the start.", field=prefix + "ends_at")
    if ends_at <= now:
        raise Invalid("The end is in the past already.", field=prefix + "ends_at")
    if ends_at - starts_at > LONGEST:
        raise Invalid("An override lasts at most 400 days; change the rotation instead.", field=prefix + "ends_at")
    return starts_at, ends_at


def write(
    actor: Actor,
    schedule: Schedule,
    person: Person | None,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    rotation: Rotation | None,
    reason: str,
    now: dt.datetime,
) -> Override:
    """The row and its event. Inside a transaction; the caller touches the schedule."""
    if person is not None:
        _checks.on_call_person(person, "person")
    override = Override.objects.create(
        schedule=schedule,
        rotation=rotation,
        person=person,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=line(reason, field="reason", limit=200, required=False),
        created_by=None if actor.is_system else Person.objects.filter(pk=actor.id).first(),
        created_at=now,
    )
    data: dict[str, Any] = {
        "override": override.id,
        "person": person.id if person else "",
        "rotation": rotation.id if rotation else "",
        "starts_at": clock.rfc3339(starts_at),
        "ends_at": clock.rfc3339(ends_at),
        "reason": override.reason,
        "changes": _words(override, schedule),
    }
    record(actor, events.OVERRIDE_ADDED, schedule.id, now=now, data=data)
    return override


def _words(override: Override, schedule: Schedule, *, removed: bool = False) -> list[str]:
    person = override.person.name if override.person else ""
    layer = override.rotation.name if override.rotation else ""
    span = (override.starts_at, override.ends_at)
    return wording.of_override(person, layer, *span, rules.zone_of(schedule.zone), removed=removed)


@transaction.atomic
def remove_override(actor: Actor, override: Override, *, now: dt.datetime) -> None:
    """The rota counts again from now on; the part that is over stays as it was."""
    permissions.require_remove_override(actor, override)
    schedule = db.lock(Schedule.objects.filter(pk=override.schedule_id)).get()
    if override.ends_at <= now:
        raise Conflict("This override is over already; what was, stays.")
    words = _words(override, schedule, removed=True)
    data = {"override": override.id, "person": override.person_id or "", "changes": words}
    if override.starts_at >= now:
        override.delete()
    else:
        Override.objects.filter(pk=override.pk).update(ends_at=now)
    record(actor, events.OVERRIDE_REMOVED, schedule.pk, now=now, data=data)
    touch(schedule, now)
