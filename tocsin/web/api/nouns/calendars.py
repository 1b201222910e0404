"""`/api/v1/people/{wanted}/…`, `/teams/{wanted}/…` and `/schedules/{wanted}/clashes`: shifts, feeds and absences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.directory.models import Person, Team
from tocsin.oncall import commands, permissions, queries
from tocsin.oncall.calendars import away, feeds, shifts
from tocsin.oncall.models import AwayCalendar, CalendarFeed
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns import people as someone
from tocsin.web.api.nouns import teams as some_team
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

people, teams, schedules = Router(tags=["people"]), Router(tags=["teams"]), Router(tags=["schedules"])

Finder = Callable[[Actor, str], Person | Team]
_LONGEST = dt.timedelta(days=400)
When = Annotated[str, Query("", max_length=40, description="An instant, such as 2026-12-25T03:00:00Z.")]


class PersonShiftDocument(Schema):
    """A person is on call in a schedule, from its real start to its real end."""

    schedule: str
    start: shapes.Instant
    end: shapes.Instant


class ClashDocument(Schema):
    """Somebody is on call and away. Why, is told to that person; what a team's calendar says, to everybody."""

    schedule: str
    person: shapes.PersonRef
    start: shapes.Instant
    end: shapes.Instant
    summary: str


class FeedDocument(Schema):
    """The secret address of a calendar feed. `address` is in the answer that makes it, and never again."""

    id: str
    hint: str
    created_at: shapes.Instant
    last_used_at: shapes.Instant | None
    revoked_at: shapes.Instant | None
    address: str | None = None


class AwayDocument(Schema):
    """A calendar of absences. Its address is secret and not told."""

    id: str
    name: str
    source: Literal["address", "file"]
    absences: int
    read_at: shapes.Instant | None
    fault: str = Field(description="Why its address gave nothing the last time; empty: it did.")


class Source(shapes.Body):
    """Either `url` or `file`."""

    url: Annotated[str, StringConstraints(max_length=1000)] = Field("", description="https or webcal, read every four hours.")
    file: str | None = Field(None, description="The text of an iCalendar document, read once.")


class NewAway(Source):
    name: shapes.Line = ""


class Notices(shapes.Body):
    """Mail the day before a shift and at the start of the week. Hand-over notices always come."""

    reminders: bool


def _clashes(found: Iterable[away.SeenClash]) -> list[ClashDocument]:
    return [
        ClashDocument(
            schedule=one.schedule.slug,
            person=shapes.PersonRef(id=one.person.id, name=one.person.name),
            start=one.start,
            end=one.end,
            summary=one.summary,
        )
        for one in found
    ]


def _feed(feed: CalendarFeed, path: str = "") -> FeedDocument:
    plain = {name: getattr(feed, name) for name in ("id", "hint", "created_at", "last_used_at", "revoked_at")}
    return FeedDocument(**plain, address=shapes.address(path) if path else None)


def _away(calendar: AwayCalendar) -> AwayDocument:
    return AwayDocument(
        id=calendar.id,
        name=calendar.name,
        source="address" if calendar.url else "file",
        absences=calendar.absences.count(),
        read_at=calendar.read_at,
        fault=calendar.fault,
    )


def _read_first(find: Finder) -> Callable[..., Any]:
    """The file of a request, worked out before its transaction begins. What is no text is left to the shape of the body."""

    def read(request: Request, wanted: str, **_: str) -> Any:
        sent = request.document.get("file") if isinstance(request.document, dict) else None
        if not isinstance(sent, str):
            return None
        try:
            raw = sent.encode()
        except UnicodeEncodeError:
            raise Invalid("The file holds half a character (a lone surrogate).", field="file") from None
        owner = find(request.actor, wanted)
        return commands.read_file(request.actor, owner, raw, now=request.now)

    return read


def _given(request: Request, body: Source) -> dict[str, Any]:
    return {"url": body.url, "file": None if body.file is None else request.read_first}


def _person(actor: Actor, wanted: str) -> Person:
    return someone.find(actor.id if wanted == "me" else wanted)


@people.get("/{wanted}/shifts", response=list[PersonShiftDocument], auth=READS, summary="Shifts of a person, over all schedules")
def list_person_shifts(request: Request, wanted: str, since: When = "", until: When = "") -> list[PersonShiftDocument]:
    person = _person(request.actor, wanted)
    begin = shapes.asked_instant(since, "since") if since else request.now
    end = shapes.asked_instant(until, "until") if until else begin + dt.timedelta(weeks=8)
    if not begin < end <= begin + _LONGEST:
        raise Invalid("The end must be after the start, by at most 400 days.", field="until")
    found = shifts.shifts_of(person, begin, end)
    return [PersonShiftDocument(schedule=one.schedule.slug, start=one.start, end=one.end) for one in found]


@people.get("/{wanted}/clashes", response=list[ClashDocument], auth=READS, summary="When a person is on call and away")
def list_person_clashes(request: Request, wanted: str) -> list[ClashDocument]:
    return _clashes(away.clashes_of(_person(request.actor, wanted), request.now, reader=request.actor.id))


@people.get("/{wanted}/notices", response=Notices, auth=CONFIGURES, summary="Whether a person wants reminders of shifts")
def get_notices(request: Request, wanted: str) -> Notices:
    person = _person(request.actor, wanted)
    permissions.require_away_calendars(request.actor, person)
    return Notices(reminders=away.wants_reminders(person))


@people.post("/{wanted}/set-notices", response=Notices, auth=CONFIGURES, summary="Switch reminders of shifts on or off")
def set_notices(request: Request, wanted: str, body: Notices) -> Notices:
    commands.choose_notices(request.actor, _person(request.actor, wanted), reminders=body.reminders, now=request.now)
    return body


@schedules.get("/{wanted}/clashes", response=list[ClashDocument], auth=READS, summary="Who is on call and away, next 60 days")
def list_schedule_clashes(request: Request, wanted: str) -> list[ClashDocument]:
    return _clashes(away.clashes_in([queries.schedule(request.actor, wanted)], request.now, reader=request.actor.id))


def _owned(router: Router, noun: str, find: Finder) -> None:
    """The same operations for a person and for a team."""

    @router.get(
        "/{wanted}/calendar-feeds",
        response=lists.Page[FeedDocument],
        auth=CONFIGURES,
        summary="Open feeds",
        operation_id=f"list_{noun}_feeds",
    )
    def list_feeds(request: Request, wanted: str) -> dict:
        owner = find(request.actor, wanted)
        permissions.require_away_calendars(request.actor, owner)
        return {"items": [_feed(one) for one in feeds.feeds_of(owner)], "next": None}

    @router.post(
        "/{wanted}/calendar-feeds",
        response={201: FeedDocument},
        auth=CONFIGURES,
        summary="Make a feed; its address is shown once",
        operation_id=f"create_{noun}_feed",
    )
    def create_feed(request: Request, wanted: str) -> Status:
        feed, path = commands.create_feed(request.actor, find(request.actor, wanted), now=request.now)
        return Status(201, _feed(feed, path))

    @router.post(
        "/{wanted}/calendar-feeds/{feed_id}/revoke",
        response=FeedDocument,
        auth=CONFIGURES,
        summary="Close a feed's address",
        operation_id=f"revoke_{noun}_feed",
    )
    def revoke_feed(request: Request, wanted: str, feed_id: str) -> FeedDocument:
        found = feeds.feed_of(find(request.actor, wanted), feed_id)
        return _feed(commands.revoke_feed(request.actor, found, now=request.now))


def _absent(router: Router, noun: str, find: Finder) -> None:
    """Calendars of absences, likewise."""

    @router.get(
        "/{wanted}/away-calendars",
        response=lists.Page[AwayDocument],
        auth=CONFIGURES,
        summary="Calendars of absences",
        operation_id=f"list_{noun}_away_calendars",
    )
    def list_calendars(request: Request, wanted: str) -> dict:
        owner = find(request.actor, wanted)
        permissions.require_away_calendars(request.actor, owner)
        return {"items": [_away(one) for one in away.away_calendars_of(owner)], "next": None}

    @router.post(
        "/{wanted}/away-calendars",
        response={201: AwayDocument},
        auth=CONFIGURES,
        summary="Bring a calendar of absences, by address or file",
        operation_id=f"add_{noun}_away_calendar",
    )
    def add_calendar(request: Request, wanted: str, body: NewAway) -> Status:
        given = {"name": body.name, **_given(request, body)}
        return Status(201, _away(commands.add_away_calendar(request.actor, find(request.actor, wanted), **given, now=request.now)))

    @router.post(
        "/{wanted}/away-calendars/{calendar_id}/replace",
        response=AwayDocument,
        auth=CONFIGURES,
        summary="Another address or file instead",
        operation_id=f"replace_{noun}_away_calendar",
    )
    def replace_calendar(request: Request, wanted: str, calendar_id: str, body: Source) -> AwayDocument:
        found = away.away_calendar_of(find(request.actor, wanted), calendar_id)
        return _away(commands.replace_away_calendar(request.actor, found, **_given(request, body), now=request.now))

    @router.post(
        "/{wanted}/away-calendars/{calendar_id}/remove",
        response={204: None},
        auth=CONFIGURES,
        summary="Remove a calendar and its absences",
        operation_id=f"remove_{noun}_away_calendar",
    )
    def remove_calendar(request: Request, wanted: str, calendar_id: str) -> Status:
        found = away.away_calendar_of(find(request.actor, wanted), calendar_id)
        commands.remove_away_calendar(request.actor, found, now=request.now)
        return Status(204, None)


def _team(actor: Actor, wanted: str) -> Team:
    return some_team.find(wanted)


for _router, _noun, _find in ((people, "person", _person), (teams, "team", _team)):
    _owned(_router, _noun, _find)
    _absent(_router, _noun, _find)

READS_FIRST = {
    f"{noun}/<wanted>/away-calendars{rest}": _read_first(find)
    for noun, find in (("people", _person), ("teams", _team))
    for rest in ("", "/<calendar_id>/replace")
}
"""By the path of the operation."""
