"""`/api/v1/maintenances` and `/api/v1/maintenance-series`: planned work on status pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema, Status
from pydantic import Field

from tocsin.statuspages import parts as pages
from tocsin.statuspages.maintenance import commands, queries
from tocsin.statuspages.maintenance.models import Maintenance, MaintenanceSeries
from tocsin.web.api import lists, shapes
from tocsin.web.api.lists import Cursor, Limit
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["maintenances"])
series = Router(tags=["maintenances"])

State = Literal["scheduled", "in_progress", "verifying", "completed", "cancelled"]
Act = Literal["planned", "reminded", "moved", "changed", "begun", "said", "verifying", "completed", "cancelled"]
Parts = Annotated[list[shapes.Named], Field(max_length=200, description="Ids of parts of the page; empty: none in particular.")]


class PartRef(Schema):
    id: str
    name: str


class SaidDocument(Schema):
    """What readers were told. `told`: whether subscribers were, too."""

    id: str
    act: Act
    status: State
    body: str
    at: shapes.Instant
    author: shapes.PersonRef | None
    told: bool


class MaintenanceDocument(shapes.Object):
    """Planned work. `overdue`: `begin` or `end` for what should have begun or be over, and nobody says so."""

    page: str = Field(description="Slug of the page.")
    title: str
    body: str
    state: State
    parts: list[PartRef]
    starts_at: shapes.Instant
    ends_at: shapes.Instant
    begins_by_itself: bool
    ends_by_itself: bool
    reminds: bool = Field(description="Whether subscribers are told once more an hour before.")
    reminded_at: shapes.Instant | None
    begun_at: shapes.Instant | None
    over_at: shapes.Instant | None
    owner: shapes.PersonRef | None
    series: str | None = Field(description="Id of the series that it is a time of; null for work that comes once.")
    overdue: Literal["", "begin", "end"]
    updates: list[SaidDocument] = Field(description="Newest first.")
    warnings: list[str] = Field(description="Other work on the same parts at the same time.")


class SeriesDocument(Schema):
    """Work that comes again; each of its times is a maintenance of its own."""

    id: str
    page: str
    title: str
    body: str
    rule: str
    words: str = Field(description="The rule as a sentence.")
    zone: str
    minutes: int
    parts: list[PartRef]
    begins_by_itself: bool
    ends_by_itself: bool
    reminds: bool
    owner: shapes.PersonRef | None
    created_at: shapes.Instant
    ended_at: shapes.Instant | None
    next_at: shapes.Instant | None


class NewMaintenance(shapes.Body):
    title: shapes.Line
    body: shapes.Prose = Field(description="What readers will notice.")
    starts_at: shapes.Instant
    ends_at: shapes.Instant
    page: shapes.Named = Field("external", description="Slug, id or audience of the page.")
    parts: Parts = Field(default_factory=list)
    begins_by_itself: bool = True
    ends_by_itself: bool = True
    reminds: bool = Field(True, description="Whether subscribers are told once more an hour before.")


class NewSeries(NewMaintenance):
    """`starts_at` and `ends_at` are those of the first time."""

    rule: shapes.Line = Field(
        description="FREQ=WEEKLY;BYDAY=SU, FREQ=MONTHLY;BYDAY=1SU or FREQ=MONTHLY;BYMONTHDAY=15, with INTERVAL, COUNT or UNTIL."
    )
    zone: shapes.Line = Field(description="02:00 stays 02:00 there when clocks change.")


class WorkWords(shapes.Body):
    body: shapes.Prose = Field("", description="For readers; left out: a sentence that fits.")


class Saying(shapes.Body):
    body: shapes.Prose


class Move(shapes.Body):
    """What is left out stays; a start alone keeps the length. What has begun gets another end."""

    starts_at: shapes.Instant | None = None
    ends_at: shapes.Instant | None = None
    body: shapes.Prose = Field("", description="Words for readers, after the new time.")


class Change(shapes.Body):
    """What is left out stays. Subscribers hear of it when `say` tells them something."""

    title: shapes.Line | None = None
    body: shapes.Prose | None = None
    parts: Parts | None = None
    begins_by_itself: bool | None = None
    ends_by_itself: bool | None = None
    reminds: bool | None = None
    say: shapes.Prose = ""


def _parts(one: Maintenance | MaintenanceSeries) -> list[PartRef]:
    return [PartRef(id=part.id, name=part.name) for part in one.parts.all()]


def _show(one: Maintenance, now: dt.datetime, warnings: Iterable[str] = ()) -> MaintenanceDocument:
    moments = ("created_at", "updated_at", "starts_at", "ends_at", "begun_at", "over_at")
    ways = ("begins_by_itself", "ends_by_itself", "reminds", "reminded_at")
    plain = {name: getattr(one, name) for name in ("id", "title", "body", "state", *ways, *moments)}
    work = queries.work_of(one, now)
    said = [
        SaidDocument(
            id=update.id,
            act=update.act,
            status=update.status,
            body=update.body,
            at=update.at,
            author=shapes.person(update.author),
            told=update.is_told,
        )
        for update in work.updates
    ]
    return MaintenanceDocument(
        url=shapes.address(f"/maintenance/{one.id}"),
        page=one.page.slug,
        parts=_parts(one),
        owner=shapes.person(one.owner),
        series=one.series_id,
        overdue=work.overdue,
        updates=said,
        warnings=list(warnings),
        **plain,
    )


def _after(one: Maintenance, now: dt.datetime) -> MaintenanceDocument:
    """As it is after a command, with what it meets."""
    fresh = queries.maintenance(one.pk)
    parts = [part.pk for part in fresh.parts.all()]
    clash = (
        queries.warnings(fresh.page, parts, fresh.starts_at, fresh.ends_at, but=fresh.pk) if fresh.state in Maintenance.OPEN else []
    )
    return _show(fresh, now, clash)


def _series(many: list[MaintenanceSeries], now: dt.datetime) -> list[SeriesDocument]:
    coming = queries.coming(many, now)
    ways = ("begins_by_itself", "ends_by_itself", "reminds")
    names = ("id", "title", "body", "rule", "zone", "minutes", *ways, "created_at", "ended_at")
    return [
        SeriesDocument(
            page=one.page.slug,
            words=queries.rule_words(one),
            parts=_parts(one),
            owner=shapes.person(one.owner),
            next_at=coming.get(one.pk),
            **{name: getattr(one, name) for name in names},
        )
        for one in many
    ]


@router.get("", response=lists.Page[MaintenanceDocument], auth=READS, summary="Planned work")
def list_maintenances(
    request: Request,
    state: Annotated[str, Query("", max_length=20, description="open, or one state; empty: all.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """The latest planned first."""
    rows = queries.maintenances(state=state)
    return lists.page(rows, "-id", limit=limit, cursor=cursor, show=lambda found: [_show(one, request.now) for one in found])


@router.post("", response={201: MaintenanceDocument}, auth=RESPONDS, summary="Plan work and tell subscribers of its parts")
def plan(request: Request, body: NewMaintenance) -> Status:
    fields = dict(body) | {"page": pages.page(body.page)}
    made = commands.plan(request.actor, **fields, now=request.now)
    return Status(201, _after(made, request.now))


@router.get("/{wanted}", response=MaintenanceDocument, auth=READS, summary="One planned work with all that was said")
def get_maintenance(request: Request, wanted: str) -> MaintenanceDocument:
    return _after(queries.maintenance(wanted), request.now)


@router.post("/{wanted}/begin", response=MaintenanceDocument, auth=RESPONDS, summary="It begins")
def begin(request: Request, wanted: str, body: WorkWords) -> MaintenanceDocument:
    return _after(commands.begin(request.actor, queries.maintenance(wanted), body=body.body, now=request.now), request.now)


@router.post("/{wanted}/verify", response=MaintenanceDocument, auth=RESPONDS, summary="It is done and looked at")
def verify(request: Request, wanted: str, body: WorkWords) -> MaintenanceDocument:
    return _after(commands.verify(request.actor, queries.maintenance(wanted), body=body.body, now=request.now), request.now)


@router.post("/{wanted}/complete", response=MaintenanceDocument, auth=RESPONDS, summary="It is over")
def complete(request: Request, wanted: str, body: WorkWords) -> MaintenanceDocument:
    return _after(commands.complete(request.actor, queries.maintenance(wanted), body=body.body, now=request.now), request.now)


@router.post("/{wanted}/cancel", response=MaintenanceDocument, auth=RESPONDS, summary="Call it off; of a series this time alone")
def cancel(request: Request, wanted: str, body: WorkWords) -> MaintenanceDocument:
    return _after(commands.cancel(request.actor, queries.maintenance(wanted), body=body.body, now=request.now), request.now)


@router.post("/{wanted}/say", response=MaintenanceDocument, auth=RESPONDS, summary="Tell readers how it goes")
def say(request: Request, wanted: str, body: Saying) -> MaintenanceDocument:
    found = queries.maintenance(wanted)
    commands.say(request.actor, found, body.body, now=request.now)
    return _after(found, request.now)


@router.post("/{wanted}/move", response=MaintenanceDocument, auth=RESPONDS, summary="Move it, or extend what has begun")
def move(request: Request, wanted: str, body: Move) -> MaintenanceDocument:
    moved = commands.move(request.actor, queries.maintenance(wanted), **dict(body), now=request.now)
    return _after(moved, request.now)


@router.post("/{wanted}/change", response=MaintenanceDocument, auth=RESPONDS, summary="Change its words and parts")
def change(request: Request, wanted: str, body: Change) -> MaintenanceDocument:
    changed = commands.change(request.actor, queries.maintenance(wanted), **dict(body), now=request.now)
    return _after(changed, request.now)


@series.get("", response=lists.Page[SeriesDocument], auth=READS, summary="Work that comes again")
def list_series(request: Request, limit: Limit = 50, cursor: Cursor = "") -> dict[str, Any]:
    """The latest planned first, ended ones too."""
    rows = queries.all_series()
    return lists.page(rows, "-id", limit=limit, cursor=cursor, show=lambda found: _series(list(found), request.now))


@series.post("", response={201: SeriesDocument}, auth=RESPONDS, summary="Plan work that comes again")
def plan_series(request: Request, body: NewSeries) -> Status:
    fields = dict(body) | {"page": pages.page(body.page)}
    made = commands.plan_series(request.actor, **fields, now=request.now)
    return Status(201, _series([queries.series(made.pk)], request.now)[0])


@series.get("/{wanted}", response=SeriesDocument, auth=READS, summary="One series")
def get_series(request: Request, wanted: str) -> SeriesDocument:
    return _series([queries.series(wanted)], request.now)[0]


@series.post("/{wanted}/end", response=SeriesDocument, auth=RESPONDS, summary="End a series; what is still to come is called off")
def end_series(request: Request, wanted: str) -> SeriesDocument:
    ended = commands.end_series(request.actor, queries.series(wanted), now=request.now)
    return _series([queries.series(ended.pk)], request.now)[0]
