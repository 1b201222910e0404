"""`/api/v1/schedules`, and who is on call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated

from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.core import clock
from tocsin.core.errors import Invalid
from tocsin.oncall import commands, queries
from tocsin.oncall.models import Override, Schedule
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import people, teams
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["schedules"])


class ScheduleDocument(shapes.Object):
    """A roster: for each instant it gives people or an explicit gap."""

    slug: str
    name: str
    team: str | None
    zone: str
    last_resort: bool


class OnCallDocument(Schema):
    """Who is on call at one instant."""

    at: shapes.Instant
    people: list[shapes.PersonRef]
    gap: bool = Field(description="Nobody is on call; the last resort would be asked.")
    until: shapes.Instant | None = Field(description="When this changes next; null: never.")


class NewSchedule(shapes.Body):
    name: shapes.Line
    team: shapes.Named | None = None
    zone: shapes.Line = "UTC"
    slug: Annotated[str, StringConstraints(max_length=60)] = ""


class NewRotation(shapes.Body):
    """Turns of whole weeks that change hands at a wall time of the zone."""

    name: shapes.Line = "Rotation"
    zone: shapes.Line | None = Field(None, description="The schedule's zone when left out.")
    starts_on: dt.date
    handover_time: dt.time
    weeks: int = Field(1, ge=1, le=52)
    members: list[shapes.Named] = Field(min_length=1, max_length=100, description="Ids or mail addresses, in order.")


class NewOverride(shapes.Body):
    person: shapes.Named
    starts_at: shapes.Instant
    ends_at: shapes.Instant
    reason: shapes.Line = ""


class OverrideDocument(Schema):
    id: str
    person: shapes.PersonRef
    starts_at: shapes.Instant
    ends_at: shapes.Instant
    reason: str


def show(schedules: Iterable[Schedule]) -> list[ScheduleDocument]:
    return [
        ScheduleDocument(
            id=schedule.id,
            url=shapes.address(f"/oncall/{schedule.slug}"),
            created_at=schedule.created_at,
            updated_at=schedule.updated_at,
            slug=schedule.slug,
            name=schedule.name,
            team=schedule.team.slug if schedule.team else None,
            zone=schedule.zone,
            last_resort=schedule.is_last_resort,
        )
        for schedule in schedules
    ]


def _one(request: Request, schedule: Schedule) -> ScheduleDocument:
    return etags.one(request, show([queries.schedule(request.actor, schedule.id)])[0])


@router.get("", response=lists.Page[ScheduleDocument], auth=READS, summary="List schedules by slug")
def list_schedules(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    return lists.page(queries.schedules(request.actor), "slug", limit=limit, cursor=cursor, show=show)


@router.post("", response={201: ScheduleDocument}, auth=CONFIGURES, summary="Add a schedule")
def create_schedule(request: Request, body: NewSchedule) -> Status:
    team = teams.find(body.team, field="team") if body.team else None
    schedule = commands.create_schedule(request.actor, team=team, name=body.name, zone=body.zone, slug=body.slug, now=request.now)
    return Status(201, _one(request, schedule))


@router.get("/{wanted}", response=ScheduleDocument, auth=READS, summary="One schedule, by id or slug")
def get_schedule(request: Request, wanted: str) -> ScheduleDocument:
    return _one(request, queries.schedule(request.actor, wanted))


@router.get("/{wanted}/on-call", response=OnCallDocument, auth=READS, summary="Who is on call now, or at `at`")
def on_call(request: Request, wanted: str, at: Annotated[str, Query("", max_length=40)] = "") -> OnCallDocument:
    schedule = queries.schedule(request.actor, wanted)
    instant = _instant(at) if at else request.now
    cover = queries.on_call_at(schedule, instant)
    found = {person.id: person for person in queries.people_on_call(schedule, instant)}
    names = [shapes.PersonRef(id=one, name=found[one].name) for one in cover.people if one in found]
    return OnCallDocument(at=instant, people=names, gap=cover.gap, until=cover.until)


def _instant(text: str) -> dt.datetime:
    """A `+` in a query string that was not escaped arrives as a space."""
    try:
        instant = clock.parse(text.replace(" ", "+"))
    except (ValueError, OverflowError):
        raise Invalid("An instant looks like 2026-12-25T03:00:00Z.", field="at") from None
    if not 1970 <= instant.year <= 2200:
        raise Invalid("The instant must lie between 1970 and 2200.", field="at")
    return instant


@router.post("/{wanted}/add-rotation", response=ScheduleDocument, auth=CONFIGURES, summary="Add a rotation")
def add_rotation(request: Request, wanted: str, body: NewRotation) -> ScheduleDocument:
    schedule = queries.schedule(request.actor, wanted)
    commands.add_rotation(
        request.actor,
        schedule,
        name=body.name,
        zone=body.zone or schedule.zone,
        starts_on=body.starts_on,
        handover_time=body.handover_time,
        weeks=body.weeks,
        members=[people.find(name, field=f"members.{index}") for index, name in enumerate(body.members)],
        now=request.now,
    )
    return _one(request, schedule)


@router.post("/{wanted}/add-override", response={201: OverrideDocument}, auth=CONFIGURES, summary="One person instead of the rota")
def add_override(request: Request, wanted: str, body: NewOverride) -> Status:
    schedule = queries.schedule(request.actor, wanted)
    entry = commands.add_override(
        request.actor,
        schedule,
        person=people.find(body.person, field="person"),
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        reason=body.reason,
        now=request.now,
    )
    return Status(201, _override(entry))


def _override(entry: Override) -> OverrideDocument:
    return OverrideDocument(
        id=entry.id,
        person=shapes.PersonRef(id=entry.person.id, name=entry.person.name),
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        reason=entry.reason,
    )


@router.get("/{wanted}/overrides", response=lists.Page[OverrideDocument], auth=READS, summary="Overrides that have not ended")
def list_overrides(request: Request, wanted: str) -> dict:
    schedule = queries.schedule(request.actor, wanted)
    return {"items": [_override(entry) for entry in queries.overrides(schedule, request.now)], "next": None}


@router.post("/{wanted}/set-last-resort", response=ScheduleDocument, auth=CONFIGURES, summary="Make it the last resort")
def set_last_resort(request: Request, wanted: str) -> ScheduleDocument:
    schedule = queries.schedule(request.actor, wanted)
    commands.set_last_resort(request.actor, schedule, now=request.now)
    return _one(request, schedule)
