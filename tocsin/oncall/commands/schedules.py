"""Schedules, and which one is the last resort."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.directory import permissions as people_permissions
from tocsin.directory import queries as people_queries
from tocsin.directory.models import Team
from tocsin.oncall import events, permissions, queries, wording
from tocsin.oncall.commands import _checks
from tocsin.oncall.models import Schedule


@transaction.atomic
def create_schedule(actor: Actor, *, team: Team | None, name: str, zone: str, slug: str = "", now: dt.datetime) -> Schedule:
    """A roster without rotations: all of it is a gap until one is added. Without a team it belongs to the administrators."""
    people_permissions.require_manager(actor, team)
    name = _checks.name(name)
    schedule = Schedule.objects.create(
        team=team,
        name=name,
        slug=_checks.slug(slug, name, Schedule),
        zone=_checks.zone(zone),
        created_at=now,
        updated_at=now,
    )
    data = {"name": name, "team": team.id if team else "", "zone": schedule.zone}
    record(actor, events.SCHEDULE_CREATED, schedule.id, now=now, data=data)
    return schedule


@transaction.atomic
def change_schedule(actor: Actor, schedule: Schedule, *, name: str, zone: str, now: dt.datetime) -> Schedule:
    """Another name or zone; the zone is how the roster is shown, each layer has its own."""
    permissions.require_edit(actor, schedule)
    before = {"name": schedule.name, "zone": schedule.zone}
    schedule.name, schedule.zone, schedule.updated_at = _checks.name(name), _checks.zone(zone), now
    schedule.save(update_fields=["name", "zone", "updated_at"])
    after = {"name": schedule.name, "zone": schedule.zone}
    data = {"before": before, "after": after, "changes": wording.of_schedule(before, after)}
    record(actor, events.SCHEDULE_CHANGED, schedule.id, now=now, data=data)
    return schedule


@transaction.atomic
def set_last_resort(actor: Actor, schedule: Schedule, *, now: dt.datetime) -> Schedule:
    """Make this the one roster that is paged when nobody else answers, or when nobody covers a service.

    Refused when it has nobody on call now who can be reached: the last resort must not be a promise only.
    """
    people_permissions.require_administrator(actor)
    before = db.lock(Schedule.objects.filter(is_last_resort=True)).first()
    people = queries.people_on_call(schedule, now)
    if not people:
        raise Invalid(f"Nobody is on call in {schedule.name} now, so it cannot be the last resort.", field="schedule")
    if not any(people_queries.reachable(person, "high") for person in people):
        detail = f"Nobody on call in {schedule.name} has a verified way to be paged, so it cannot be the last resort."
        raise Invalid(detail, field="schedule", code="nobody_reachable")
    if before is not None and before.pk == schedule.pk:
        return schedule
    Schedule.objects.filter(is_last_resort=True).update(is_last_resort=False, updated_at=now)
    schedule.is_last_resort = True
    schedule.updated_at = now
    schedule.save(update_fields=["is_last_resort", "updated_at"])
    data = {"before": before.id if before else ""}
    words = wording.of_link("last resort", before.name if before else "", schedule.name)
    record(actor, events.LAST_RESORT_SET, schedule.id, now=now, data={**data, "changes": [words]})
    return schedule
