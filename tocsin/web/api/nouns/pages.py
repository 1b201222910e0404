"""`/api/v1/pages`: who was asked to answer, and the answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from django.db.models import Q, QuerySet
from ninja import Router, Schema
from pydantic import Field

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.incidents import permissions as incidents
from tocsin.paging import commands, queries
from tocsin.paging.models import Page
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import people
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["pages"])

STATUSES = ("waiting", "sent", "acknowledged", "cancelled", "failed", "undelivered")


class SubjectDocument(Schema):
    """What the page says of its subject."""

    key: str
    title: str
    severity: str | int | None = None
    service: str | None = None


class PageDocument(shapes.Object):
    """One person asked to answer for one alert or incident."""

    subject: str = Field(description="The id of the alert or incident.")
    card: SubjectDocument
    person: shapes.PersonRef
    status: Literal["waiting", "sent", "acknowledged", "cancelled", "failed", "undelivered"]
    step: int
    urgency: str
    reason: str
    sent_at: shapes.Instant | None
    acknowledged_at: shapes.Instant | None
    acknowledged_via: str


def show(pages: Iterable[Page]) -> list[PageDocument]:
    return [_document(page) for page in pages]


def _document(page: Page) -> PageDocument:
    card = page.escalation.card
    return PageDocument(
        id=page.id,
        url=shapes.address(card.get("path", "/")),
        created_at=page.created_at,
        updated_at=page.updated_at,
        subject=page.subject,
        card=SubjectDocument(
            key=str(card.get("key", "")), title=card.get("title", ""), severity=card.get("severity"), service=card.get("service")
        ),
        person=shapes.PersonRef(id=page.person.id, name=page.person.name),
        status=page.status,
        step=page.step,
        urgency=page.escalation.urgency,
        reason=page.reason,
        sent_at=page.sent_at,
        acknowledged_at=page.acknowledged_at,
        acknowledged_via=page.acknowledged_via,
    )


def _seen(actor: Actor, rows: QuerySet[Page]) -> QuerySet[Page]:
    """Without those of private incidents that the actor may not know of; one's own pages are always there."""
    return rows.filter(Q(person=actor.id) | ~Q(subject__in=incidents.hidden_from(actor).values("pk")))


def _find(actor: Actor, page_id: str) -> Page:
    found = _seen(actor, queries.pages(actor)).filter(pk=page_id).first()
    if found is None:
        raise NotFound("There is no such page.")
    return found


def _one(request: Request, page: Page) -> PageDocument:
    return etags.one(request, _document(_find(request.actor, page.id)))


@router.get("", response=lists.Page[PageDocument], auth=READS, summary="List pages, newest first")
def list_pages(
    request: Request,
    status: str = "",
    person: str = "",
    subject: str = "",
    limit: lists.Limit = 50,
    cursor: lists.Cursor = "",
) -> dict:
    if status and status not in STATUSES:
        raise Invalid(f"Status is one of {', '.join(STATUSES)}.", field="status")
    whose = people.find(request.actor.id if person == "me" else person, field="person") if person else None
    rows = _seen(request.actor, queries.pages(request.actor, status=status or None, person=whose))
    rows = rows.filter(subject=subject) if subject else rows
    return lists.page(rows, "-id", limit=limit, cursor=cursor, show=show)


@router.get("/{page_id}", response=PageDocument, auth=READS, summary="One page")
def get_page(request: Request, page_id: str) -> PageDocument:
    return _one(request, _find(request.actor, page_id))


@router.post("/{page_id}/acknowledge", response=PageDocument, auth=RESPONDS, summary="Acknowledge: you answer")
def acknowledge_page(request: Request, page_id: str) -> PageDocument:
    page = _find(request.actor, page_id)
    return _one(request, commands.acknowledge(request.actor, page, via="api", now=request.now))


@router.post("/{page_id}/pass-on", response=PageDocument, auth=RESPONDS, summary="You cannot: the next step is taken now")
def pass_on_page(request: Request, page_id: str) -> PageDocument:
    page = _find(request.actor, page_id)
    return _one(request, commands.pass_on(page, via="api", actor=request.actor, now=request.now))


@router.post("/{page_id}/escalate", response=PageDocument, auth=RESPONDS, summary="Page the next step now as well")
def escalate_page(request: Request, page_id: str) -> PageDocument:
    page = _find(request.actor, page_id)
    commands.escalate_now(request.actor, page.subject, now=request.now)
    return _one(request, page)
