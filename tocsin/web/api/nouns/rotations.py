"""Layers and overrides of a schedule: `/api/v1/schedules/{id}/rotations` and what else is said there."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Router, Schema, Status
from pydantic import Field

from tocsin.directory.models import Person
from tocsin.oncall import commands, queries
from tocsin.oncall.models import Override, Rotation, Schedule
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns import people, schedules
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["schedules"])


class Hours(shapes.Body):
    """Hours of the week. An end that is not after the start lies on the next day."""

    days: list[Annotated[int, Field(ge=0, le=6)]] = Field(min_length=1, max_length=7, description="0 is Monday.")
    since: Annotated[str, Field(alias="from", pattern=r"^\d\d:\d\d$")]
    until: Annotated[str, Field(alias="to", pattern=r"^\d\d:\d\d$")]


class NewRotation(shapes.Body):
    """A layer: turns that change hands at a wall time of its zone. Later layers lie above earlier ones."""

    name: shapes.Line = "Rotation"
    zone: shapes.Line | None = Field(None, description="The schedule's zone when left out.")
    starts_on: dt.date
    handover_time: dt.time
    unit: Literal["hours", "days", "weeks", "months"] = "weeks"
    lengths: list[int] = Field([1], min_length=1, max_length=14, description="One after the other and again: `[4, 3]` days.")
    anchor: Literal["date", "weekday", "workday"] = Field("date", description="How months count.")
    windows: list[Hours] = Field([], max_length=20, description="The hours in which the layer counts; none: always.")
    by_calendar: bool = Field(False, description="Shifts without an hour in which the layer counts take a turn too.")
    ends_at: shapes.Instant | None = None
    members: list[shapes.Named | list[shapes.Named]] = Field(
        min_length=1, max_length=100, description="Ids or mail addresses, in order; a list in the list shares a turn."
    )


class NewMembers(shapes.Body):
    since: dt.date = Field(description="In force from the first hand-over not before this day.")
    members: list[shapes.Named | list[shapes.Named]] = Field(min_length=1, max_length=100)


class RotationDocument(Schema):
    """A layer as it is or will be in force, the lowest first."""

    id: str
    name: str
    zone: str
    starts_on: dt.date
    handover_time: dt.time
    unit: str
    lengths: list[int]
    anchor: str
    windows: list[dict]
    by_calendar: bool
    ends_at: shapes.Instant | None
    members: list[list[shapes.PersonRef]]


class NewOverride(shapes.Body):
    person: shapes.Named | None = Field(description="Null: nobody, on purpose.")
    rotation: str = Field("", max_length=40, description="The id of a rotation: of that layer only.")
    starts_at: shapes.Instant
    ends_at: shapes.Instant
    reason: shapes.Line = ""


class OverrideDocument(Schema):
    id: str
    person: shapes.PersonRef | None
    rotation: str
    starts_at: shapes.Instant
    ends_at: shapes.Instant
    reason: str


@router.get("/{wanted}/rotations", response=lists.Page[RotationDocument], auth=READS, summary="The layers, the lowest first")
def list_rotations(request: Request, wanted: str) -> dict:
    found = queries.layers(queries.schedule(request.actor, wanted), request.now)
    return {"items": [_rotation(one, request.now) for one in found], "next": None}


def _rotation(row: Rotation, now: dt.datetime) -> RotationDocument:
    plain = ("id", "name", "zone", "starts_on", "handover_time", "unit", "lengths", "anchor", "windows", "by_calendar", "ends_at")
    turns = [[shapes.PersonRef(id=person.id, name=person.name) for person in turn] for turn in queries.turns_now(row, now)]
    return RotationDocument(**{name: getattr(row, name) for name in plain}, members=turns)


def _members(given: list[str | list[str]]) -> list[list[Person]]:
    """In order, one list for each turn."""
    turns = [[one] if isinstance(one, str) else one for one in given]
    return [[people.find(name, field=f"members.{place}") for name in turn] for place, turn in enumerate(turns)]


def _turns(body: NewRotation, schedule: Schedule) -> commands.Turns:
    return commands.Turns(
        zone=body.zone or schedule.zone,
        starts_on=body.starts_on,
        handover_time=body.handover_time,
        unit=body.unit,
        lengths=body.lengths,
        anchor=body.anchor,
        windows=[one.model_dump(by_alias=True) for one in body.windows],
        by_calendar=body.by_calendar,
        ends_at=body.ends_at,
    )


@router.post("/{wanted}/add-rotation", response=schedules.ScheduleDocument, auth=CONFIGURES, summary="Add a layer")
def add_rotation(request: Request, wanted: str, body: NewRotation) -> schedules.ScheduleDocument:
    schedule = queries.schedule(request.actor, wanted)
    given = {"name": body.name, "turns": _turns(body, schedule), "members": _members(body.members)}
    commands.add_rotation(request.actor, schedule, **given, now=request.now)
    return schedules.one(request, schedule)


@router.post(
    "/{wanted}/rotations/{rotation}/change", response=RotationDocument, auth=CONFIGURES, summary="Change a layer from now on"
)
def change_rotation(request: Request, wanted: str, rotation: str, body: NewRotation) -> RotationDocument:
    schedule = queries.schedule(request.actor, wanted)
    given = {"name": body.name, "turns": _turns(body, schedule), "members": _members(body.members)}
    changed = commands.change_rotation(request.actor, queries.layer(schedule, rotation), **given, now=request.now)
    return _rotation(changed, request.now)


@router.post(
    "/{wanted}/rotations/{rotation}/change-members", response=RotationDocument, auth=CONFIGURES, summary="Members from a day on"
)
def change_members(request: Request, wanted: str, rotation: str, body: NewMembers) -> RotationDocument:
    found = queries.layer(queries.schedule(request.actor, wanted), rotation)
    given = {"members": _members(body.members), "since": body.since}
    return _rotation(commands.change_members(request.actor, found, **given, now=request.now), request.now)


@router.post("/{wanted}/rotations/{rotation}/remove", response={204: None}, auth=CONFIGURES, summary="End a layer now")
def remove_rotation(request: Request, wanted: str, rotation: str) -> Status:
    found = queries.layer(queries.schedule(request.actor, wanted), rotation)
    commands.remove_rotation(request.actor, found, now=request.now)
    return Status(204, None)


@router.post("/{wanted}/add-override", response={201: OverrideDocument}, auth=CONFIGURES, summary="One person instead of the rota")
def add_override(request: Request, wanted: str, body: NewOverride) -> Status:
    schedule = queries.schedule(request.actor, wanted)
    entry = commands.add_override(
        request.actor,
        schedule,
        person=people.find(body.person, field="person") if body.person else None,
        rotation=queries.layer(schedule, body.rotation) if body.rotation else None,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        reason=body.reason,
        now=request.now,
    )
    return Status(201, _override(entry))


@router.get("/{wanted}/overrides", response=lists.Page[OverrideDocument], auth=READS, summary="Overrides that have not ended")
def list_overrides(request: Request, wanted: str) -> dict:
    schedule = queries.schedule(request.actor, wanted)
    return {"items": [_override(entry) for entry in queries.overrides(schedule, request.now)], "next": None}


@router.post("/{wanted}/overrides/{override}/remove", response={204: None}, auth=CONFIGURES, summary="Let the rota count again")
def remove_override(request: Request, wanted: str, override: str) -> Status:
    schedule = queries.schedule(request.actor, wanted)
    commands.remove_override(request.actor, queries.override(schedule, override), now=request.now)
    return Status(204, None)


def _override(entry: Override) -> OverrideDocument:
    return OverrideDocument(
        id=entry.id,
        person=shapes.PersonRef(id=entry.person.id, name=entry.person.name) if entry.person else None,
        rotation=entry.rotation_id or "",
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        reason=entry.reason,
    )
