"""`/api/v1/alerts`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ninja import Router, Status
from pydantic import Field

from tocsin.alerts import commands, queries
from tocsin.alerts.models import Alert
from tocsin.core import ids
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.incidents import queries as incidents
from tocsin.paging import commands as paging
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import services
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["alerts"])


class AlertDocument(shapes.Object):
    """One problem of one service, from its first firing event until it is resolved."""

    number: int
    title: str
    description: str
    service: str = Field(description="The slug of the service.")
    status: Literal["triggered", "acknowledged", "resolved", "suppressed"]
    urgency: Literal["high", "low", "none"]
    dedup_key: str
    source: str
    source_url: str
    labels: dict[str, str]
    event_count: int
    started_at: shapes.Instant
    acknowledged_at: shapes.Instant | None
    acknowledged_by: shapes.PersonRef | None
    resolved_at: shapes.Instant | None
    incident: str | None = Field(description="The key of the incident it belongs to, such as HOT-123.")


class NewAlert(shapes.Body):
    """Something a person saw first."""

    service: shapes.Named
    title: shapes.Line
    description: shapes.Prose = ""
    urgency: Literal["high", "low"] = "high"


def show(actor: Actor, alerts: Iterable[Alert]) -> list[AlertDocument]:
    """The documents of alerts; the key of a private incident is left out for those who may not see it."""
    rows = list(alerts)
    keys = incidents.keys_of_alerts(actor, rows)
    return [_document(row, keys.get(row.id)) for row in rows]


def _document(alert: Alert, incident: str | None) -> AlertDocument:
    return AlertDocument(
        id=alert.id,
        url=shapes.address(f"/a/{alert.number}"),
        created_at=alert.created_at,
        updated_at=alert.updated_at,
        number=alert.number,
        title=alert.title,
        description=alert.description,
        service=alert.service.slug,
        status=alert.status,
        urgency=alert.urgency,
        dedup_key=alert.dedup_key,
        source=alert.source,
        source_url=alert.url,
        labels={str(name): str(value) for name, value in alert.labels.items()},
        event_count=alert.event_count,
        started_at=alert.started_at,
        acknowledged_at=alert.acknowledged_at,
        acknowledged_by=shapes.person(alert.acknowledged_by),
        resolved_at=alert.resolved_at,
        incident=incident,
    )


def find(actor: Actor, wanted: str) -> Alert:
    """By id or number, `4821` or `#4821`. Raises NotFound."""
    number = wanted.removeprefix("#")
    if ids.is_id(wanted, "alt"):
        return queries.alert_by_id(actor, wanted)
    if number.isascii() and number.isdigit() and len(number) < 19:
        return queries.alert_by_number(actor, int(number))
    raise NotFound("There is no such alert.")


def _one(request: Request, alert: Alert) -> AlertDocument:
    fresh = queries.alert_by_id(request.actor, alert.id)
    return etags.one(request, show(request.actor, [fresh])[0])


@router.get("", response=lists.Page[AlertDocument], auth=READS, summary="List alerts, newest first")
def list_alerts(
    request: Request, status: str = "", service: str = "", q: str = "", limit: lists.Limit = 50, cursor: lists.Cursor = ""
) -> dict:
    rows = queries.alerts(request.actor, status=status or None, service=service or None, q=q)
    return lists.page(rows, "-number", limit=limit, cursor=cursor, show=lambda found: show(request.actor, found))


@router.post("", response={201: AlertDocument}, auth=RESPONDS, summary="Open an alert by hand")
def create_alert(request: Request, body: NewAlert) -> Status:
    service = services.find(body.service, field="service")
    alert = commands.open_by_hand(
        request.actor, service, body.title, description=body.description, urgency=body.urgency, now=request.now
    )
    return Status(201, _one(request, alert))


@router.get("/{wanted}", response=AlertDocument, auth=READS, summary="One alert, by id or number")
def get_alert(request: Request, wanted: str) -> AlertDocument:
    return _one(request, find(request.actor, wanted))


@router.post("/{wanted}/acknowledge", response=AlertDocument, auth=RESPONDS, summary="Acknowledge: you answer, escalation stops")
def acknowledge_alert(request: Request, wanted: str) -> AlertDocument:
    alert = find(request.actor, wanted)
    commands.acknowledge(request.actor, alert, now=request.now)
    return _one(request, alert)


@router.post("/{wanted}/resolve", response=AlertDocument, auth=RESPONDS, summary="Resolve by hand")
def resolve_alert(request: Request, wanted: str) -> AlertDocument:
    alert = find(request.actor, wanted)
    commands.resolve(request.actor, alert, now=request.now)
    return _one(request, alert)


@router.post("/{wanted}/escalate", response=AlertDocument, auth=RESPONDS, summary="Page the next step of the policy now")
def escalate_alert(request: Request, wanted: str) -> AlertDocument:
    alert = find(request.actor, wanted)
    paging.escalate_now(request.actor, alert.id, now=request.now)
    return _one(request, alert)
