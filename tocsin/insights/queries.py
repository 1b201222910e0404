"""Reports over incidents. Reading only; drills are never in a figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from tocsin.core.actor import Actor
from tocsin.core.store import db
from tocsin.directory.models import Service
from tocsin.incidents import permissions
from tocsin.incidents import rules as incidents
from tocsin.incidents.models import Incident
from tocsin.insights import rules, trends


def over_time(rows: QuerySet[Incident], since: dt.date | None = None, until: dt.date | None = None) -> trends.Trend:
    """These incidents, whichever were selected, over time. One query, and nothing of a row but three values."""
    facts = (db.utc_day("created_at"), "severity", db.seconds_between("impact_started_at", "impact_ended_at"))
    return trends.trend(rows.prefetch_related(None).order_by().values_list(*facts), since, until)


@dataclass(frozen=True, slots=True)
class Row:
    """One incident of the report; a duration is None while a time of it is unknown."""

    incident: Incident
    began_at: dt.datetime
    ttd: dt.timedelta | None
    ttr: dt.timedelta | None


@dataclass(frozen=True, slots=True)
class Measure:
    """Time to detect or time to recovery: this period, the one before, the plot and its words."""

    now: rules.Distribution
    before: rules.Distribution
    plot: rules.Plot
    table: list[rules.TableRow]
    description: str
    headline: str
    caution: str
    unknown: int
    """Incidents of this period without this duration."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """Time to detect and to recover of the incidents that began from `since` until before `until`."""

    since: dt.datetime
    until: dt.datetime
    rows: list[Row]
    ttd: Measure
    ttr: Measure


def recovery(
    actor: Actor,
    since: dt.datetime,
    until: dt.datetime,
    severity: int | Collection[int] | None = None,
    service: Service | None = None,
) -> Recovery:
    """The report of a period, beside the period of equal length before it. Two queries.

    An incident belongs to the period in which its impact began, or it was detected, or declared, whichever is known first.
    """
    rows = _rows(actor, since, until, severity, service)
    earlier = _rows(actor, since - (until - since), since, severity, service)
    return Recovery(
        since=since,
        until=until,
        rows=rows,
        ttd=_measure("Detection", "detected", [row.ttd for row in rows], [row.ttd for row in earlier]),
        ttr=_measure("Recovery", "restored", [row.ttr for row in rows], [row.ttr for row in earlier]),
    )


def _rows(
    actor: Actor, since: dt.datetime, until: dt.datetime, severity: int | Collection[int] | None, service: Service | None
) -> list[Row]:
    found = _period(actor, since, until)
    if severity:
        found = found.filter(severity__in=[severity] if isinstance(severity, int) else list(severity))
    if service:
        found = found.filter(service=service)
    return [_row(incident) for incident in found.select_related("service__team").order_by("-began_at", "-number")]


def _period(actor: Actor, since: dt.datetime, until: dt.datetime) -> QuerySet[Any]:
    rows = permissions.visible(actor, Incident.objects.filter(is_drill=False))
    dated: QuerySet[Any] = rows.annotate(began_at=Coalesce("impact_started_at", "detected_at", "created_at"))
    return dated.filter(began_at__gte=since, began_at__lt=until)


def _row(incident: Incident) -> Row:
    return Row(
        incident=incident,
        began_at=incident.impact_started_at or incident.detected_at or incident.created_at,
        ttd=incidents.ttd(incident.impact_started_at, incident.detected_at),
        ttr=incidents.ttr(incident.impact_started_at, incident.impact_ended_at),
    )


def _measure(what: str, verb: str, spans: Iterable[dt.timedelta | None], earlier: Iterable[dt.timedelta | None]) -> Measure:
    spans = list(spans)
    known = [span for span in spans if span is not None]
    now, before = rules.distribution(known), rules.distribution(span for span in earlier if span is not None)
    return Measure(
        now=now,
        before=before,
        plot=rules.plot(now, before),
        table=rules.table(now, before),
        description=rules.describe(verb, now, before),
        headline=rules.headline(what, now, before),
        caution=rules.caution(now.n),
        unknown=len(spans) - len(known),
    )
