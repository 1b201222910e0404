"""`/api/v1/subscribers`: who outside hears of the public page, and how far each update is. For administrators."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router, Schema, Status
from pydantic import Field

from tocsin.core.errors import Invalid
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.subscribers import commands, permissions, queries
from tocsin.statuspages.subscribers.commands import carrying
from tocsin.statuspages.subscribers.models import Subscriber
from tocsin.statuspages.subscribers.queries import Progress
from tocsin.web.api import lists, shapes
from tocsin.web.api.lists import Cursor, Limit
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

router = Router(tags=["subscribers"])


class SubscriberDocument(Schema):
    """An address outside. Of a webhook, host and last letters are shown: its whole address opens a door."""

    id: str
    page: str = Field(description="Slug of the page that they hear of.")
    channel: str = Field(description="mail, sms, webhook, slack or teams.")
    address: str
    parts: list[str] = Field(description="Names of parts; empty: everything.")
    state: str = Field(description="confirmed, waiting or stopped.")
    source: str = Field(description="page, where they asked themselves, or import.")
    asked_at: shapes.Instant
    confirmed_at: shapes.Instant | None
    bounces: int
    bounce_reason: str
    stopped_at: shapes.Instant | None


class NewSubscriber(shapes.Body):
    """An address whose owner has consented: nobody is asked again."""

    address: shapes.Line
    page: shapes.Line = Field("", description="Slug; left out: the first page for customers.")
    channel: shapes.Named = Field(
        "mail", description="mail, sms, webhook, slack or teams; sms where the page has a gateway for it."
    )
    parts: Annotated[list[shapes.Named], Field(max_length=200, description="Ids of parts; empty: everything.")] = Field(
        default_factory=list
    )


class SubscriberFile(shapes.Body):
    text: Annotated[
        str, Field(max_length=1_000_000, description="CSV: mail address or +number, and names of parts between semicolons.")
    ]
    consent: bool = Field(False, description="Everybody in it has agreed; needed unless dry_run.")
    dry_run: bool = Field(False, description="Count, and write nothing.")
    page: shapes.Line = Field("", description="Slug; left out: the first page for customers.")


class WrongLine(Schema):
    line: int
    reason: str


class Imported(Schema):
    added: int
    known: int
    stopped: int
    wrong: list[WrongLine]
    dry_run: bool


class TellingDocument(Schema):
    """How far one update is on its way to subscribers."""

    id: str
    incident: str | None = Field(description="Key; null for planned work.")
    maintenance: str | None = Field(description="Id of the planned work; null for an incident.")
    update: str
    title: str
    status: str
    at: shapes.Instant
    begun_at: shapes.Instant | None
    walked_at: shapes.Instant | None = Field(description="When everybody was in the queue.")
    meant: int = Field(description="How many it is for; 0 before it began.")
    told: int
    failed: int
    left: int = Field(description="How many left or were stopped meanwhile.")
    over: bool


def _page(slug: str) -> StatusPage | None:
    """The page of this name, None for none. Raises Invalid."""
    found = next((page for page in several.outside() if page.slug == slug), None) if slug else None
    if slug and found is None:
        raise Invalid(f"Customers read no page {slug[:40]!r}.", field="page")
    return found


def _show(one: Subscriber) -> SubscriberDocument:
    plain = {
        name: getattr(one, name) for name in ("id", "channel", "source", "asked_at", "confirmed_at", "bounces", "bounce_reason")
    }
    parts = [part.name for part in one.parts.all()]  # type: ignore[attr-defined]
    return SubscriberDocument(
        page=one.page.slug, address=queries.shown(one), parts=parts, state=queries.state_of(one), stopped_at=one.stopped_at, **plain
    )


class CarriedOut(Schema):
    """A file in one text."""

    csv: str


def _telling(one: Progress) -> TellingDocument:
    row, update = one.fan_out, one.fan_out.update
    incident = update.entry.incident if update else None
    plain = {name: getattr(row, name) for name in ("id", "at", "begun_at", "walked_at", "meant")}
    said = {
        "incident": incident.key if incident else None,
        "maintenance": row.of_work.maintenance_id if row.of_work else None,
        "update": row.update_id or row.of_work_id,
        "title": one.title,
        "status": one.status,
    }
    return TellingDocument(told=one.told, failed=one.failed, left=one.left, over=one.is_over, **plain, **said)


@router.get("", response=lists.Page[SubscriberDocument], auth=CONFIGURES, summary="Subscribers of the public page")
def list_subscribers(
    request: Request,
    state: Annotated[str, Query("", max_length=20, description="confirmed, waiting or stopped; empty: all.")] = "",
    page: Annotated[str, Query("", max_length=40, description="Slug of a page; empty: of all.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """Oldest first."""
    rows = queries.subscribers(request.actor, state=state, page=page)
    return lists.page(rows, "id", limit=limit, cursor=cursor, show=lambda found: [_show(one) for one in found])


@router.get("/export", response=CarriedOut, auth=CONFIGURES, summary="Everybody reached by mail or SMS, as a CSV file")
def export_subscribers(
    request: Request, page: Annotated[str, Query("", max_length=40, description="Slug; left out: the first page.")] = ""
) -> CarriedOut:
    """As the page writes it: a cell that a spreadsheet would run begins with an apostrophe."""
    return CarriedOut(csv="".join(carrying.carry_out(request.actor, _page(page))))


@router.post("", response={201: SubscriberDocument}, auth=CONFIGURES, summary="Subscribe somebody who has consented")
def add_subscriber(request: Request, body: NewSubscriber) -> Status:
    """Nobody is asked to confirm. There already, they stay as they are."""
    made = commands.add(request.actor, **body.model_dump(exclude={"page"}), page=_page(body.page), now=request.now)
    return Status(201, _show(made))


@router.post("/import", response=Imported, auth=CONFIGURES, summary="Bring in subscribers from a CSV file")
def import_subscribers(request: Request, body: SubscriberFile) -> Imported:
    """Wrong lines are named and left out. With `dry_run` nothing is written."""
    page = _page(body.page)
    found = carrying.carry_in(request.actor, body.text, consent=body.consent, rehearse=body.dry_run, page=page, now=request.now)
    wrong = [WrongLine(line=line, reason=reason) for line, reason in found.wrong]
    return Imported(added=found.added, known=found.known, stopped=found.refused, wrong=wrong, dry_run=found.is_rehearsal)


@router.get("/tellings", response=lists.Page[TellingDocument], auth=READS, summary="How far updates are on their way")
def list_tellings(request: Request) -> dict[str, Any]:
    """The newest twenty. Numbers only: no address is in it."""
    rows = queries.fan_outs().exclude(update__entry__incident__is_private=True)[:20]
    return {"items": [_telling(one) for one in queries.progress(rows)], "next": None}


@router.get(
    "/{wanted}", response=SubscriberDocument, auth=CONFIGURES, summary="One subscriber, by id, mail address or telephone number"
)
def get_subscriber(request: Request, wanted: str) -> SubscriberDocument:
    return _show(queries.subscriber(request.actor, wanted))


@router.post("/{wanted}/remove", response={204: None}, auth=CONFIGURES, summary="Take an address off")
def remove_subscriber(request: Request, wanted: str) -> Status:
    commands.remove(request.actor, queries.subscriber(request.actor, wanted), now=request.now)
    return Status(204, None)


@router.post("/{wanted}/clear-bounces", response=SubscriberDocument, auth=CONFIGURES, summary="Tell a stopped address again")
def clear_bounces(request: Request, wanted: str) -> SubscriberDocument:
    permissions.require_keeper(request.actor)
    found = queries.subscriber(request.actor, wanted)
    return _show(commands.clear_bounces(request.actor, found, now=request.now))
