"""`/api/v1/events`: the event log, which is the audit log: who changed what, and what is different, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from ninja import Query, Router, Schema
from pydantic import Field

from tocsin.core.eventlog.search import search
from tocsin.core.models import Event
from tocsin.directory import permissions
from tocsin.web.api import lists, shapes
from tocsin.web.api.scopes import CONFIGURES
from tocsin.web.forms.request import Request

router = Router(tags=["events"])


class EventDocument(Schema):
    """One change. Positions have no gaps."""

    position: int
    name: str
    at: shapes.Instant
    actor: str
    actor_name: str
    via: str
    subject: str
    context: str
    changes: list[str] = Field(description="What is different, as sentences; empty where the name says it all.")
    data: dict[str, Any]


def show(events: Iterable[Event]) -> list[EventDocument]:
    return [_document(event) for event in events]


def _document(event: Event) -> EventDocument:
    names = ("position", "name", "at", "actor", "actor_name", "via", "subject", "context", "data")
    return EventDocument(changes=changes_of(event), **{name: getattr(event, name) for name in names})


def changes_of(event: Event) -> list[str]:
    """The sentences of an event; those of old ones are not there."""
    said = event.data.get("changes")
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else []


@router.get("", response=lists.Page[EventDocument], auth=CONFIGURES, summary="The audit log, newest first")
def list_events(
    request: Request,
    q: Annotated[str, Query("", max_length=64, description="An id, a person's name, or an event's name or its beginning.")] = "",
    limit: lists.Limit = 50,
    cursor: lists.Cursor = "",
) -> dict:
    """For administrators."""
    permissions.require_administrator(request.actor)
    return lists.page(search(q), "-position", limit=limit, cursor=cursor, show=show)
