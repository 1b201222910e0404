"""Layers of a schedule and their members. What was, stays: an edit ends a layer that has begun and lets another follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, Stale
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.directory.models import Person
from tocsin.oncall import compiling, events, meanwhile, permissions, queries, wording
from tocsin.oncall.commands import _checks, _said
from tocsin.oncall.commands._touching import touch
from tocsin.oncall.models import Rotation, RotationMember, Schedule

Members = Sequence[Person | Sequence[Person]]
"""One entry for each turn: a person, or several who have it together; an empty entry is a turn of nobody."""

_MOST_MEMBERS, _MOST_LAYERS, _MOST_LENGTHS = 200, 30, 14
_LONGEST = {"hours": 24 * 60, "days": 366, "weeks": 52, "months": 12}


@dataclass(frozen=True, slots=True)
class Turns:
    """When a layer changes hands and in which hours it counts; see `Rotation` for each field."""

    zone: str
    starts_on: dt.date
    handover_time: dt.time
    unit: str = "weeks"
    lengths: Sequence[int] = (1,)
    anchor: str = "date"
    windows: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    by_calendar: bool = False
    ends_at: dt.datetime | None = None

    def checked(self) -> dict[str, Any]:
        """The fields as they are stored. Raises Invalid that names the field."""
        if self.unit not in Rotation.UNITS:
            raise Invalid("A turn is counted in hours, days, weeks or months.", field="unit")
        if self.anchor not in Rotation.ANCHORS:
            raise Invalid("Months count by the date, by the weekday, or by the first workday.", field="anchor")
        if not 1970 <= self.starts_on.year <= 2200:
            raise Invalid("The first hand-over lies between 1970 and 2200.", field="starts_on")
        if self.ends_at is not None and self.ends_at.tzinfo is None:
            raise Invalid("An instant needs a zone, such as Z or +01:00.", field="ends_at")
        return {
            "zone": _checks.zone(self.zone),
            "starts_on": self.starts_on,
            "handover_time": self.handover_time.replace(tzinfo=None, second=0, microsecond=0),
            "unit": self.unit,
            "lengths": _lengths(self.unit, self.lengths),
            "anchor": self.anchor,
            "windows": _checks.windows(self.windows),
            "by_calendar": bool(self.by_calendar),
            "ends_at": self.ends_at and self.ends_at.astimezone(clock.UTC),
        }


def _lengths(unit: str, lengths: Sequence[int]) -> list[int]:
    most = _LONGEST[unit]
    if not 1 <= len(lengths) <= _MOST_LENGTHS:
        raise Invalid(f"Give 1 to {_MOST_LENGTHS} lengths, such as 4 and 3 days.", field="lengths")
    for length in lengths:
        if isinstance(length, bool) or not isinstance(length, int) or not 1 <= length <= most:
            raise Invalid(f"A turn lasts 1 to {most:,} {unit}.", field="lengths")
    return list(lengths)


@transaction.atomic
def add_rotation(actor: Actor, schedule: Schedule, *, name: str, turns: Turns, members: Members, now: dt.datetime) -> Rotation:
    """A layer above those there are."""
    schedule = db.lock(Schedule.objects.filter(pk=schedule.pk)).get()
    permissions.require_edit(actor, schedule)
    fields, places = turns.checked(), places_of(members)
    _check_end(turns, now)
    present = current(schedule, now)
    if len(present) >= _MOST_LAYERS:
        raise Conflict(f"A schedule has at most {_MOST_LAYERS} layers.")
    position = max((one.position for one in present), default=-1) + 1
    rotation = Rotation.objects.create(schedule=schedule, name=_checks.name(name), position=position, **fields)
    RotationMember.objects.bulk_create(members_of(rotation, places))
    data = said(rotation)
    data["changes"] = wording.of_new_layer(*_said.layers(data))
    record(actor, events.ROTATION_ADDED, schedule.id, now=now, data=data)
    touch(schedule, now)
    return rotation


@transaction.atomic
def change_rotation(actor: Actor, rotation: Rotation, *, name: str, turns: Turns, members: Members, now: dt.datetime) -> Rotation:
    """From now on the layer is another. One that has begun ends now and a new one follows in its place; returns the new one.

    Raises Stale when the layer was changed, ended or given other members since `rotation` was read.
    """
    schedule = db.lock(Schedule.objects.filter(pk=rotation.schedule_id)).get()
    permissions.require_edit(actor, schedule)
    _require_present(schedule, rotation, now)
    fields, places = turns.checked(), places_of(members)
    _check_end(turns, now)
    before = said(rotation)
    _end(rotation, now)
    fresh = Rotation.objects.create(schedule=schedule, name=_checks.name(name), position=rotation.position, begins_at=now, **fields)
    RotationMember.objects.bulk_create(members_after(fresh, rotation, places, now))
    rotation.overrides.filter(ends_at__gt=now).update(rotation=fresh)
    _drop_if_never_in_force(rotation)
    after = said(fresh)
    data = {"before": before, "after": after, "changes": wording.of_layer(*_said.layers(before, after))}
    record(actor, events.ROTATION_CHANGED, schedule.id, now=now, data=data)
    touch(schedule, now)
    return fresh


@transaction.atomic
def change_members(actor: Actor, rotation: Rotation, *, members: Members, since: dt.date, now: dt.datetime) -> Rotation:
    """Who has turns from the first hand-over not before `since` on. Turns before it stay whose they are."""
    schedule = db.lock(Schedule.objects.filter(pk=rotation.schedule_id)).get()
    permissions.require_edit(actor, schedule)
    places = places_of(members)
    if since < now.astimezone(compiling.rules.zone_of(rotation.zone)).date():
        raise Invalid("The day is in the past; turns that were had stay as they were.", field="since")
    before = _names_at(rotation, since)
    rotation.members.filter(since=since).delete()
    RotationMember.objects.bulk_create(members_of(rotation, places, since))
    data: dict[str, Any] = {"rotation": rotation.id, "name": rotation.name, "since": since.isoformat(), "members": _ids(places)}
    words = wording.of_members(before, [[person.name for person in place] for place in places])
    data["changes"] = [f"layer {rotation.name} from {since.isoformat()} on: {'; '.join(words)}"] if words else []
    record(actor, events.MEMBERS_CHANGED, schedule.id, now=now, data=data)
    touch(schedule, now)
    return rotation


@transaction.atomic
def order_rotations(actor: Actor, schedule: Schedule, *, order: Sequence[str], now: dt.datetime) -> None:
    """Put the layers in this order, by id, the lowest first."""
    schedule = db.lock(Schedule.objects.filter(pk=schedule.pk)).get()
    permissions.require_edit(actor, schedule)
    present = {one.id: one for one in current(schedule, now)}
    if sorted(order) != sorted(present):
        raise Invalid("Name every layer of the schedule once.", field="order")
    for position, wanted in enumerate(order):
        Rotation.objects.filter(pk=wanted).update(position=position)
    names = [present[one].name for one in order]
    data = {"order": names, "changes": wording.of_order([one.name for one in present.values()], names)}
    record(actor, events.ROTATIONS_ORDERED, schedule.id, now=now, data=data)
    touch(schedule, now)


@transaction.atomic
def remove_rotation(actor: Actor, rotation: Rotation, *, now: dt.datetime) -> None:
    """The layer ends now. Refused for the last layer of the last resort."""
    schedule = db.lock(Schedule.objects.filter(pk=rotation.schedule_id)).get()
    permissions.require_edit(actor, schedule)
    if schedule.is_last_resort and len(current(schedule, now)) == 1:
        raise Conflict("The last resort must not be empty. Add another rotation before you remove this one.")
    data = {"rotation": rotation.id, "name": rotation.name, "changes": [f"removed layer {rotation.name}"]}
    _end(rotation, now)
    _drop_if_never_in_force(rotation)
    record(actor, events.ROTATION_REMOVED, schedule.id, now=now, data=data)
    touch(schedule, now)


def current(schedule: Schedule, now: dt.datetime) -> list[Rotation]:
    """The layers that are in force or will be, the lowest first."""
    return [one for one in schedule.rotations.order_by("position", "id") if one.ends_at is None or one.ends_at > now]


def _require_present(schedule: Schedule, rotation: Rotation, now: dt.datetime) -> None:
    """An edit of a layer that is over would bring it back beside the one that followed it."""
    present, words = meanwhile.present_layer(schedule, rotation.id, now)
    if present is None or present.id != rotation.id:
        raise Stale(words, field="version")
    if meanwhile.version_of_layer(present) != meanwhile.version_of_layer(rotation):
        raise Stale(meanwhile.members_changed(present), field="version")


def _end(rotation: Rotation, now: dt.datetime) -> None:
    rotation.ends_at = min(rotation.ends_at or now, now)
    rotation.save(update_fields=["ends_at"])


def _drop_if_never_in_force(rotation: Rotation) -> None:
    """A layer that nobody was ever on call in leaves no trace but the event log."""
    rule = compiling.layer_rule(rotation, rotation.members.all())
    first = compiling.rules.clock_of(rule.zone).to_instant(rule.first)
    begin = max(first, rule.since or first)
    if rule.until is not None and rule.until <= begin:
        rotation.delete()


def _check_end(turns: Turns, now: dt.datetime) -> None:
    if turns.ends_at is not None and turns.ends_at <= now:
        raise Invalid("The end is in the past already.", field="ends_at")


def places_of(members: Members) -> list[list[Person]]:
    """One list of people for each turn. Raises Invalid."""
    places = [[one] if isinstance(one, Person) else list(one) for one in members]
    people = [person for place in places for person in place]
    if not people:
        raise Invalid("A rotation needs at least one member.", field="members")
    if len(people) > _MOST_MEMBERS or len(places) > _MOST_MEMBERS:
        raise Invalid(f"A rotation has at most {_MOST_MEMBERS} members.", field="members")
    for person in people:
        _checks.on_call_person(person, "members")
    return places


def members_of(rotation: Rotation, places: list[list[Person]], since: dt.date | None = None) -> list[RotationMember]:
    """One list of members as rows that are not saved; a turn of nobody is a row as well, or it would not be a turn."""
    turns = [(position, person) for position, place in enumerate(places) for person in (*place, *([] if place else [None]))]
    return [RotationMember(rotation=rotation, person=person, position=position, since=since) for position, person in turns]


def members_after(fresh: Rotation, rotation: Rotation, places: list[list[Person]], now: dt.datetime) -> list[RotationMember]:
    """The members of the layer that follows `rotation`. While they are those of now, lists that were and will be stay as well:
    turns are counted through all of them.
    """
    if places != queries.turns_now(rotation, now):
        return members_of(fresh, places)
    rows = rotation.members.select_related("person")
    return [RotationMember(rotation=fresh, person=one.person, position=one.position, since=one.since) for one in rows]


def _names_at(rotation: Rotation, day: dt.date) -> list[list[str]]:
    """Whose turns they would be on that day as it is: the names of the newest list that counts by then."""
    rows = list(rotation.members.select_related("person").order_by("position", "id"))
    newest = max((row.since for row in rows if row.since is not None and row.since <= day), default=None)
    turns: dict[int, list[str]] = {}
    for row in rows:
        if row.since == newest:
            turns.setdefault(row.position, []).extend([row.person.name] if row.person else [])
    return list(turns.values())


def _ids(places: list[list[Person]]) -> list[list[str]]:
    return [[person.id for person in place] for place in places]


def said(rotation: Rotation) -> dict[str, Any]:
    """What the event log keeps of a layer."""
    rule = compiling.layer_rule(rotation, rotation.members.all())
    return {
        "rotation": rotation.id,
        "name": rotation.name,
        "zone": rotation.zone,
        "starts_on": rotation.starts_on.isoformat(),
        "handover_time": rotation.handover_time.isoformat("minutes"),
        "unit": rotation.unit,
        "lengths": list(rotation.lengths),
        "anchor": rotation.anchor,
        "windows": rotation.windows,
        "by_calendar": rotation.by_calendar,
        "ends_at": clock.rfc3339(rotation.ends_at) if rotation.ends_at else "",
        "members": [list(slot) for slot in rule.slots],
    }
