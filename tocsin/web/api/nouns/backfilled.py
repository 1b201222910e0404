"""`/api/v1/backfilled-entries`: past incidents written down afterwards for customers."""

from __future__ import annotations

from typing import Any

from ninja import Router, Status
from pydantic import Field

from tocsin.statuspages import parts as pages
from tocsin.statuspages.backfilled import commands, queries
from tocsin.statuspages.models import Entry
from tocsin.statuspages.outside.rules import code
from tocsin.web.api import lists, shapes
from tocsin.web.api.lists import Cursor, Limit
from tocsin.web.api.nouns.status_pages import State
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["status-pages"])


class BackfilledDocument(shapes.Object):
    """It belongs to no incident of the house, and nobody was mailed."""

    page: str = Field(description="Slug of the page.")
    title: str
    body: str
    started_at: shapes.Instant
    resolved_at: shapes.Instant
    parts: dict[str, State] = Field(description="Ids of parts, and how each was.")
    author: shapes.PersonRef | None


class NewBackfilled(shapes.Body):
    title: shapes.Line
    body: shapes.Prose
    started_at: shapes.Instant
    resolved_at: shapes.Instant
    parts: dict[str, State] = Field(default_factory=dict, max_length=200, description="Ids of parts, and how each was.")
    page: shapes.Named = Field("external", description="Slug, id or audience of the page.")


def _show(entry: Entry) -> BackfilledDocument:
    said = entry.updates.all()[0]
    names = ("id", "created_at", "updated_at", "title", "started_at", "resolved_at")
    return BackfilledDocument(
        url=shapes.address(f"/status/incidents/{code(entry.pk)}"),
        page=entry.page.slug,
        body=said.body,
        parts=entry.backfilled_states,
        author=shapes.person(said.author),
        **{name: getattr(entry, name) for name in names},
    )


@router.get("", response=lists.Page[BackfilledDocument], auth=READS, summary="Past incidents written down afterwards")
def list_backfilled(request: Request, limit: Limit = 50, cursor: Cursor = "") -> dict[str, Any]:
    """The latest written first."""
    return lists.page(queries.entries(), "-id", limit=limit, cursor=cursor, show=lambda found: [_show(one) for one in found])


@router.post("", response={201: BackfilledDocument}, auth=RESPONDS, summary="Write down a past incident; nobody is mailed")
def backfill(request: Request, body: NewBackfilled) -> Status:
    made = commands.backfill(
        request.actor,
        pages.page(body.page),
        title=body.title,
        body=body.body,
        started_at=body.started_at,
        resolved_at=body.resolved_at,
        states=body.parts,
        now=request.now,
    )
    return Status(201, _show(queries.entry(made.pk)))


@router.get("/{wanted}", response=BackfilledDocument, auth=READS, summary="One past incident written down afterwards")
def get_backfilled(request: Request, wanted: str) -> BackfilledDocument:
    return _show(queries.entry(wanted))


@router.post("/{wanted}/remove", response={204: None}, auth=RESPONDS, summary="Take it off the page again")
def remove_backfilled(request: Request, wanted: str) -> Status:
    commands.remove(request.actor, queries.entry(wanted), now=request.now)
    return Status(204, None)
