"""Schedules, their rotations and overrides, and which one is the last resort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text.texts import line
from tocsin.directory import permissions as people_permissions
from tocsin.directory import queries as people_queries
from tocsin.directory.models import Person, Team
from tocsin.oncall import events, permissions, queries
from tocsin.oncall.commands import _checks
from tocsin.oncall.models import Override, Rotation, RotationMember, Schedule

_LONGEST_OVERRIDE = dt.timedelta(days=400)
_MOST_MEMBERS = 200


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
def add_rotation(
    actor: Actor,
    schedule: Schedule,
    *,
    name: str,
    zone: str,
    starts_on: dt.date,
    handover_time: dt.time,
    weeks: int = 1,
    members: Sequence[Person],
    now: dt.datetime,
) -> Rotation:
    """A layer above those there are: turns of `weeks` weeks that begin at `handover_time` of `zone`, first on `starts_on`."""
    permissions.require_edit(actor, schedule)
    _check_turns(weeks, starts_on, members)
    rotation = Rotation.objects.create(
        schedule=schedule,
        name=_checks.name(name),
        position=schedule.rotations.count(),
        zone=_checks.zone(zone),
        starts_on=starts_on,
        handover_time=handover_time.replace(tzinfo=None),
        weeks=weeks,
    )
    places = [RotationMember(rotation=rotation, person=person, position=place) for place, person in enumerate(members)]
    RotationMember.objects.bulk_create(places)
    data = {
        "rotation": rotation.id,
        "name": rotation.name,
        "zone": rotation.zone,
        "starts_on": starts_on.isoformat(),
        "handover_time": rotation.handover_time.isoformat("minutes"),
        "weeks": weeks,
        "members": [person.id for person in members],
    }
    record(actor, events.ROTATION_ADDED, schedule.id, now=now, data=data)
    _touch(schedule, now)
    return rotation


def _check_turns(weeks: int, starts_on: dt.date, members: Sequence[Person]) -> None:
    if isinstance(weeks, bool) or not isinstance(weeks, int) or not 1 <= weeks <= 52:
        raise Invalid("A turn lasts 1 to 52 weeks.", field="weeks")
    if not 1970 <= starts_on.year <= 2200:
        raise Invalid("The first hand-over lies between 1970 and 2200.", field="starts_on")
    if not members:
        raise Invalid("A rotation needs at least one member.", field="members")
    if len(members) > _MOST_MEMBERS:
        raise Invalid(f"A rotation has at most {_MOST_MEMBERS} members.", field="members")
    for person in members:
        _checks.on_call_person(person, "members")


@transaction.atomic
def remove_rotation(actor: Actor, rotation: Rotation, *, now: dt.datetime) -> None:
    """Take a layer away. Refused for the last layer of the last resort."""
    schedule = db.lock(Schedule.objects.filter(pk=rotation.schedule_id)).get()
    permissions.require_edit(actor, schedule)
    if schedule.is_last_resort and schedule.rotations.count() == 1:
        raise Conflict("The last resort must not be empty. Add another rotation before you remove this one.")
    data = {"rotation": rotation.id, "name": rotation.name}
    rotation.delete()
    record(actor, events.ROTATION_REMOVED, schedule.id, now=now, data=data)
    _touch(schedule, now)


@transaction.atomic
def add_override(
    actor: Actor,
    schedule: Schedule,
    *,
    person: Person,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str = "",
    now: dt.datetime,
) -> Override:
    """One person instead of the rota, from `starts_at` until before `ends_at`. A later override beats an earlier one."""
    permissions.require_override(actor, schedule, person)
    _checks.on_call_person(person, "person")
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise Invalid("An instant needs a zone, such as Z or +01:00.", field="starts_at" if starts_at.tzinfo is None else "ends_at")
    starts_at, ends_at = starts_at.astimezone(clock.UTC), ends_at.astimezone(clock.UTC)
    if ends_at <= starts_at:
        raise Invalid("The end must be after the start.", field="ends_at")
    if ends_at <= now:
        raise Invalid("The end is in the past already.", field="ends_at")
    if ends_at - starts_at > _LONGEST_OVERRIDE:
        raise Invalid("An override lasts at most 400 days; change the rotation instead.", field="ends_at")
    override = Override.objects.create(
        schedule=schedule,
        person=person,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=line(reason, field="reason", limit=200, required=False),
        created_by=None if actor.is_system else Person.objects.filter(pk=actor.id).first(),
        created_at=now,
    )
    data = {
        "override": override.id,
        "person": person.id,
        "starts_at": clock.rfc3339(starts_at),
        "ends_at": clock.rfc3339(ends_at),
        "reason": override.reason,
    }
    record(actor, events.OVERRIDE_ADDED, schedule.id, now=now, data=data)
    return override


@transaction.atomic
def remove_override(actor: Actor, override: Override, *, now: dt.datetime) -> None:
    """The rota counts again from now on. The event log keeps what was."""
    permissions.require_remove_override(actor, override)
    schedule_id, data = override.schedule_id, {"override": override.id, "person": override.person_id}
    override.delete()
    record(actor, events.OVERRIDE_REMOVED, schedule_id, now=now, data=data)


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
    _touch(schedule, now)
    record(actor, events.LAST_RESORT_SET, schedule.id, now=now, data={"before": before.id if before else ""})
    return schedule


def _touch(schedule: Schedule, now: dt.datetime) -> None:
    schedule.updated_at = now
    schedule.save(update_fields=["is_last_resort", "updated_at"])
