"""`/api/v1/incidents`: the objects. Their verbs are in `command.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Literal

from django.db.models import QuerySet
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound
from tocsin.directory.models import Product
from tocsin.incidents import commands, queries
from tocsin.incidents.models import Incident
from tocsin.incidents.template import queries as templates
from tocsin.incidents.template.models import IncidentTemplate
from tocsin.insights import queries as insights
from tocsin.web.api import etags, lists, shapes
from tocsin.web.api.nouns import alerts, incident_templates, services, teams
from tocsin.web.api.scopes import READS, RESPONDS
from tocsin.web.forms.request import Request

router = Router(tags=["incidents"])

Severity = Literal[1, 2, 3]
Source = Literal["monitoring", "customer_report", "own_observation"]


class IncidentDocument(shapes.Object):
    """One emergency, from report to resolution."""

    key: str
    summary: str
    description: str
    severity: Severity
    state: Literal["pending", "fixing", "resolved"]
    service: str | None = Field(description="The slug of the service; null: Unknown.")
    products: list[str] = Field(description="Slugs.")
    source: Source
    reporter: shapes.PersonRef | None
    manager: shapes.PersonRef | None = Field(description="The incident manager at this moment.")
    private: bool
    drill: bool
    reference: str | None = Field(description="What it was called where it was run, if it was imported.")
    detected_at: shapes.Instant | None
    impact_started_at: shapes.Instant | None
    impact_ended_at: shapes.Instant | None
    unknown_times: list[str] = Field(description="Times that were declared unknown.")
    resolved_at: shapes.Instant | None
    ttd_seconds: int | None = Field(description="Time to detect: detection minus start of impact.")
    ttr_seconds: int | None = Field(description="Time to recovery: end of impact minus its start.")
    support_cases: int
    room_url: str
    video_url: str
    document_url: str
    version: int


class NewIncident(incident_templates.Prepared):
    """A report. Severity 1 and 2 page people at once and set up room and document. A `template` fills in what is left out."""

    summary: shapes.Line | None = Field(None, description="Needed, unless the template has one.")
    severity: Severity | None = Field(None, description="Needed without a template.")
    service: shapes.Named | None = None
    products: list[shapes.Named] | None = Field(None, max_length=50)
    description: shapes.Prose | None = None
    source: Source | Literal[""] = ""
    detected_at: shapes.Instant | None = None
    impact_started_at: shapes.Instant | None = None
    private: bool | None = None
    drill: bool = False
    alerts: list[shapes.Named] = Field(default_factory=list, max_length=100, description="Ids or numbers of alerts.")


class IncidentChange(shapes.Body):
    """What is left out stays as it is. Times: null leaves them; `set-times` declares them unknown."""

    summary: shapes.Line | None = None
    description: shapes.Prose | None = None
    service: shapes.Named | None = None
    products: list[shapes.Named] | None = Field(None, max_length=50)
    video_url: shapes.Line | None = None
    source: Source | None = None
    support_cases: int | None = Field(None, ge=0, lt=10_000_000)
    private: bool | None = None


def show(incidents: Iterable[Incident]) -> list[IncidentDocument]:
    """The documents of incidents that the reader may see."""
    return [_document(incident) for incident in incidents]


def _document(incident: Incident) -> IncidentDocument:
    ttd, ttr = queries.ttd(incident), queries.ttr(incident)
    outside = getattr(incident, "outside", None)
    page = shapes.address(f"/{incident.key}")
    return IncidentDocument(
        id=incident.id,
        url=page,
        created_at=incident.created_at,
        updated_at=incident.updated_at,
        key=incident.key,
        summary=incident.summary,
        description=incident.description,
        severity=incident.severity,
        state=incident.state,
        service=incident.service.slug if incident.service else None,
        products=[product.slug for product in incident.products.all()],
        source=incident.source,
        reporter=shapes.person(incident.reporter),
        manager=shapes.person(incident.manager),
        private=incident.is_private,
        drill=incident.is_drill,
        reference=outside.reference if outside else None,
        detected_at=incident.detected_at,
        impact_started_at=incident.impact_started_at,
        impact_ended_at=incident.impact_ended_at,
        unknown_times=incident.unknown_times,
        resolved_at=incident.resolved_at,
        ttd_seconds=int(ttd.total_seconds()) if ttd is not None else None,
        ttr_seconds=int(ttr.total_seconds()) if ttr is not None else None,
        support_cases=incident.support_cases,
        room_url=page,
        video_url=incident.video_url,
        document_url=f"{page}/doc",
        version=incident.version,
    )


def one(request: Request, incident: Incident) -> IncidentDocument:
    """The incident as it is now, with its tag."""
    return etags.one(request, _document(queries.by_id(request.actor, incident.id)))


def find_alerts(actor: Actor, wanted: list[str]) -> list[Any]:
    """Alerts by id or number. Raises Invalid for the first that does not exist."""
    found = []
    for index, name in enumerate(wanted):
        try:
            found.append(alerts.find(actor, name))
        except NotFound as error:
            raise Invalid(error.detail, field=f"alerts.{index}") from None
    return found


class Selection(Schema):
    """Which incidents; every filter narrows."""

    state: str = Field("", description="pending (or new), fixing, resolved, or open.")
    severity: int | None = Field(None, ge=1, le=3)
    service: str = Field("", description="Slug or id.")
    product: str = Field("", description="Slug or id.")
    team: str = Field("", description="That of the service; slug or id.")
    q: str = Field("", description="Words in key, summary, description or service.")
    since: dt.date | None = Field(None, description="The first day, in UTC, on which they were declared.")
    until: dt.date | None = Field(None, description="The last day.")


def _selected(request: Request, wanted: Selection) -> QuerySet[Incident]:
    return queries.incidents(
        request.actor,
        state=wanted.state or None,
        severity=wanted.severity,
        service=services.find(wanted.service, field="service") if wanted.service else None,
        product=_product(wanted.product) if wanted.product else None,
        team=teams.find(wanted.team, field="team") if wanted.team else None,
        q=wanted.q[:200],
        since=wanted.since,
        until=wanted.until,
    )


def _product(wanted: str) -> Product:
    try:
        return services.find_products([wanted])[0]
    except Invalid as error:
        raise Invalid(error.detail, field="product") from None


class BucketDocument(Schema):
    """One bar of the chart."""

    since: dt.date
    until: dt.date
    total: int
    sev1: int
    sev2: int
    sev3: int
    median_ttr_seconds: int | None
    ttr_known: int = Field(description="Of how many the time to recovery is known.")


class TrendDocument(Schema):
    """The same selection as the list, over time."""

    step: Literal["week", "month", "year"] = Field(description="What a bar stands for. Weeks begin on Monday, days in UTC.")
    total: int
    median_ttr_seconds: int | None
    ttr_known: int
    items: list[BucketDocument]


@router.get("", response=lists.Page[IncidentDocument], auth=READS, summary="List incidents, newest first")
def list_incidents(request: Request, wanted: Query[Selection], limit: lists.Limit = 50, cursor: lists.Cursor = "") -> dict:
    return lists.page(_selected(request, wanted), "-id", limit=limit, cursor=cursor, show=show)


@router.get("/trend", response=TrendDocument, auth=READS, summary="The same selection over time, with the median time to recovery")
def trend(request: Request, wanted: Query[Selection]) -> TrendDocument:
    found = insights.over_time(_selected(request, wanted), wanted.since, wanted.until)
    return TrendDocument(
        step=found.step,
        total=found.total,
        median_ttr_seconds=_whole(found.median),
        ttr_known=found.known,
        items=[
            BucketDocument(
                since=one.first,
                until=one.last,
                total=one.total,
                **{f"sev{severity}": count for severity, count in enumerate(one.counts, 1)},
                median_ttr_seconds=_whole(one.median),
                ttr_known=one.known,
            )
            for one in found.buckets
        ],
    )


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)


def _filled(body: NewIncident, template: IncidentTemplate | None) -> dict[str, Any]:
    """What the report says, else its template. Raises Invalid for what neither does."""
    said = body.model_dump(include={"summary", "severity", "description", "private"}, exclude_none=True)
    if "severity" not in said and template is None:
        raise Invalid("Severity is 1, 2 or 3.", field="severity")
    if "service" in body.model_fields_set:
        said["service"] = services.find(body.service, field="service") if body.service else None
    if body.products is not None:
        said["products"] = services.find_products(body.products)
    return {"summary": "", **(templates.presets(template) if template else {}), **said}


@router.post("", response={201: IncidentDocument}, auth=RESPONDS, summary="Declare an incident")
def declare(request: Request, body: NewIncident) -> Status:
    prepared = incident_templates.prepared(request, body)
    incident = commands.declare(
        request.actor,
        **_filled(body, prepared.template if prepared else None),
        source=body.source,
        detected_at=body.detected_at,
        impact_started_at=body.impact_started_at,
        drill=body.drill,
        alerts=find_alerts(request.actor, body.alerts),
        prepared=prepared,
        now=request.now,
    )
    return Status(201, one(request, incident))


@router.get("/{wanted}", response=IncidentDocument, auth=READS, summary="One incident, by id or key")
def get_incident(request: Request, wanted: str) -> IncidentDocument:
    return one(request, queries.by_key(request.actor, wanted))


@router.patch("/{wanted}", response=IncidentDocument, auth=RESPONDS, summary="Change fields of an incident")
def change_incident(request: Request, wanted: str, body: IncidentChange) -> IncidentDocument:
    incident = queries.by_key(request.actor, wanted)
    etags.require_current(request, _document(incident))
    given = body.model_dump(exclude_unset=True)
    fields = {name: value for name, value in given.items() if value is not None}
    if "service" in given:
        fields["service"] = services.find(given["service"], field="service") if given["service"] else None
    if "products" in fields:
        fields["products"] = services.find_products(fields["products"])
    incident = commands.change_fields(request.actor, incident, expected_version=incident.version, now=request.now, **fields)
    return one(request, incident)
