"""Every incident: views and filters in the address, the next promised words, what has no postmortem. Screen 8."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from tocsin.directory import queries as directory
from tocsin.incidents import queries
from tocsin.incidents.models import Incident
from tocsin.insights import queries as insights
from tocsin.postmortems.models import Postmortem
from tocsin.statuspages import queries as statuspages
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import clean, page_number
from tocsin.web.frame import words
from tocsin.web.gate.policy import SIGNED_IN, allow
from tocsin.web.pages.incidents import incident_head

PAGE = 50
LAST_YEAR = 9_000
FILTERS = ("state", "severity", "service", "product", "team", "from", "to", "q")
VIEWS = (
    ("open", "Open"),
    ("mine", "Mine"),
    ("queue", "Queue"),
    ("overdue", "Update overdue"),
    ("postmortem", "Needs postmortem"),
    ("all", "All"),
)
STATES = (("", "Every state"), ("new", "New"), ("fixing", "Fixing"), ("resolved", "Resolved"))


@dataclass(frozen=True, slots=True)
class Row:
    """One incident of the list with its promise and the state of its postmortem."""

    incident: Incident
    due: dt.datetime | None
    late: bool
    soon: bool
    postmortem: str
    mine: bool


@allow(SIGNED_IN)
@require_GET
def listing(request: Request) -> HttpResponse:
    asked = request.GET
    view = asked.get("view", "") if asked.get("view", "") in dict(VIEWS) else ("all" if asked.get("state") else "open")
    services = list(directory.services(request.actor))
    rows, days = _filtered(request, view, services)
    page = page_number(asked.get("page", ""))
    found = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    shown = _rows(found[:PAGE], request)
    if view == "overdue":
        shown = [row for row in shown if row.late]
    trend = insights.over_time(rows, *days) if view == "all" else None
    context = {
        "rows": shown,
        "view": view,
        "views": VIEWS,
        "states": STATES,
        "services": services,
        "teams": directory.teams(request.actor) if view in {"queue", "all"} else [],
        "products": directory.products() if view == "all" else [],
        "trend": trend,
        "chosen": sum(bool(asked.get(name)) for name in FILTERS),
        "days": days,
        "severities": (1, 2, 3),
        "next_page": page + 1 if len(found) > PAGE else None,
        **_said(request, view, shown, trend.total if trend else 0),
    }
    return render(request, "incidents.html", context)


Days = tuple[dt.date | None, dt.date | None]


def _days(asked: QueryDict) -> Days:
    """The first and the last day that the address asks for, None where it names none; turned round when they are."""
    found = []
    for name in ("from", "to"):
        try:
            day = dt.date.fromisoformat(asked.get(name, "")[:10])
            found.append(day if day.year < LAST_YEAR else None)
        except ValueError:
            found.append(None)
    first, last = found
    return (last, first) if first and last and last < first else (first, last)


def _filtered(request: Request, view: str, services: list[Any]) -> tuple[QuerySet[Incident], Days]:
    """What the address asks for; odd values are as if not given."""
    asked = request.GET
    first, last = days = _days(asked) if view == "all" else (None, None)
    state = asked.get("state", "")
    severity = asked.get("severity", "")
    rows = queries.incidents(
        request.actor,
        state=state if state in {"new", "pending", "fixing", "resolved", "open"} else None,
        severity=int(severity) if severity in {"1", "2", "3"} else None,
        service=next((service for service in services if service.slug == asked.get("service")), None),
        q=asked.get("q", "")[:200],
        product=_called(directory.products(), asked.get("product")) if view == "all" else None,
        team=_called(directory.teams(request.actor), asked.get("team")) if view == "all" else None,
        since=first,
        until=last,
    ).select_related("postmortem")
    if view in {"open", "overdue", "queue"}:
        rows = rows.filter(state__in=Incident.OPEN)
    if view == "mine":
        rows = rows.filter(roles__person=request.actor.id, roles__until__isnull=True, state__in=Incident.OPEN).distinct()
    if view == "queue":
        rows = rows.filter(severity=3).order_by("created_at")
        if asked.get("team"):
            rows = rows.filter(service__team__slug=clean(asked["team"])[:60])
    if view == "postmortem":
        rows = rows.filter(state=Incident.RESOLVED, severity__in=(1, 2), is_drill=False)
        rows = rows.exclude(postmortem__state=Postmortem.PUBLISHED)
    return rows, days


def _called(found: Iterable[Any], slug: str | None) -> Any:
    return next((one for one in found if one.slug == slug), None) if slug else None


def _rows(found: list[Incident], request: Request) -> list[Row]:
    dues = statuspages.next_dues(found)
    return [
        Row(
            incident,
            dues.get(incident.id),
            late=incident.id in dues and dues[incident.id] <= request.now,
            soon=incident.id in dues and dues[incident.id] <= request.now + incident_head.SOON,
            postmortem=_postmortem(incident),
            mine=incident.manager_id == request.actor.id,
        )
        for incident in found
    ]


def _postmortem(incident: Incident) -> str:
    """State of its postmortem, `missing` where one is owed, or nothing."""
    if hasattr(incident, "postmortem"):
        return str(incident.postmortem.state)
    owed = incident.state == Incident.RESOLVED and incident.severity < 3 and not incident.is_drill
    return "missing" if owed else ""


def _said(request: Request, view: str, shown: list[Row], total: int) -> dict[str, str]:
    """The first sentence: what is true now, not the name of the page."""
    counts = queries.open_counts(request.actor)
    parts = [f"{counts[severity]} Sev {severity}" for severity in (1, 2, 3) if counts[severity]]
    late = sum(row.late for row in shown)
    headlines = {
        "open": f"{words.listed(parts)} open" if parts else "No incident is open",
        "mine": f"You hold a role in {words.plural(len(shown), 'open incident')}"
        if shown
        else "You hold no role in an open incident",
        "queue": f"{words.plural(len(shown), 'incident')} for office hours" if shown else "The queue is empty",
        "overdue": f"{words.plural(late, 'update')} overdue" if late else "Nobody waits for overdue words",
        "postmortem": f"{words.plural(len(shown), 'incident')} to learn from"
        if shown
        else "Every major incident has its postmortem",
        "all": words.plural(total, "incident") if total else "No incident",
    }
    hint = {"queue": "Sev 3, oldest first. Nobody is woken for these.", "postmortem": "Resolved Sev 1 and 2, not published yet."}
    return {
        "headline": headlines[view],
        "hint": hint.get(view, "Newest first. Its number after the address, or in the search, opens an incident."),
    }


urlpatterns = [path("incidents", listing)]
