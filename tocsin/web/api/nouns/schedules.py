"""`/api/v1/schedules`, and who is on call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated

from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.core.errors import Invalid
from tocsin.directory.models import Person
from tocsin.oncall import commands, queries
from tocsin.oncall.models import Schedule
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import teams
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


class ShiftDocument(Schema):
    """A stretch of the final row."""

    start: shapes.Instant
    end: shapes.Instant
    people: list[shapes.PersonRef]
    gap: bool = Field(description="Nobody is on call, and not on purpose.")
    source: str = Field(description="The rotation or override that says so; empty in a gap.")


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


def one(request: Request, schedule: Schedule) -> ScheduleDocument:
    """As it is after a change, with its tag."""
    return etags.one(request, show([queries.schedule(request.actor, schedule.id)])[0])


@router.get("", response=lists.Page[ScheduleDocument], auth=READS, summary="List schedules by slug")
def list_schedules(request: Request, limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    return lists.page(queries.schedules(request.actor), "slug", limit=limit, cursor=cursor, show=show)


@router.post("", response={201: ScheduleDocument}, auth=CONFIGURES, summary="Add a schedule")
def create_schedule(request: Request, body: NewSchedule) -> Status:
    team = teams.find(body.team, field="team") if body.team else None
    schedule = commands.create_schedule(request.actor, team=team, name=body.name, zone=body.zone, slug=body.slug, now=request.now)
    return Status(201, one(request, schedule))


@router.get("/{wanted}", response=ScheduleDocument, auth=READS, summary="One schedule, by id or slug")
def get_schedule(request: Request, wanted: str) -> ScheduleDocument:
    return one(request, queries.schedule(request.actor, wanted))


@router.get("/{wanted}/on-call", response=OnCallDocument, auth=READS, summary="Who is on call now, or at `at`")
def on_call(request: Request, wanted: str, at: Annotated[str, Query("", max_length=40)] = "") -> OnCallDocument:
    schedule = queries.schedule(request.actor, wanted)
    instant = shapes.asked_instant(at) if at else request.now
    cover = queries.on_call_at(schedule, instant)
    found = _names(cover.people)
    names = [found[one] for one in cover.people]
    return OnCallDocument(at=instant, people=names, gap=cover.gap, until=cover.until)


@router.get("/{wanted}/shifts", response=list[ShiftDocument], auth=READS, summary="The final row, at most 400 days")
def list_shifts(
    request: Request,
    wanted: str,
    since: Annotated[str, Query("", max_length=40)] = "",
    until: Annotated[str, Query("", max_length=40)] = "",
) -> list[ShiftDocument]:
    schedule = queries.schedule(request.actor, wanted)
    begin = shapes.asked_instant(since, "since") if since else request.now
    end = shapes.asked_instant(until, "until") if until else begin + dt.timedelta(days=28)
    if end <= begin:
        raise Invalid("The end must be after the start.", field="until")
    row = queries.shifts(schedule, begin, end)
    names = _names({person for shift in row for person in shift.people})
    return [
        ShiftDocument(start=one.start, end=one.end, people=[names[who] for who in one.people], gap=one.gap, source=one.source)
        for one in row
    ]


def _names(people: Iterable[str]) -> dict[str, shapes.PersonRef]:
    rows = Person.objects.filter(id__in=set(people)).values_list("id", "name")
    return {one: shapes.PersonRef(id=one, name=name) for one, name in rows}


@router.post("/{wanted}/set-last-resort", response=ScheduleDocument, auth=CONFIGURES, summary="Make it the last resort")
def set_last_resort(request: Request, wanted: str) -> ScheduleDocument:
    schedule = queries.schedule(request.actor, wanted)
    commands.set_last_resort(request.actor, schedule, now=request.now)
    return one(request, schedule)
