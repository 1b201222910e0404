"""Time to detect and time to recover: a claim, a distribution, and the same as a table. Screen 24."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from tocsin.directory import queries as directory
from tocsin.incidents.models import Incident
from tocsin.insights import queries, rules
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import SIGNED_IN, allow

PERIODS = (("30", "Last 30 days"), ("90", "Last 90 days"), ("180", "Last 6 months"), ("365", "Last 12 months"))
SEVERITIES = (("12", "Sev 1 and 2"), ("1", "Sev 1"), ("2", "Sev 2"), ("3", "Sev 3"), ("123", "Every severity"))


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a line, beside its median: left and above the quicker one, right and below the slower."""

    x: float
    y: float
    anchor: str
    text: str


@allow(SIGNED_IN)
@require_GET
def show(request: Request) -> HttpResponse:
    asked = request.GET
    days = asked.get("days", "") if asked.get("days", "") in dict(PERIODS) else "90"
    severity = asked.get("severity", "") if asked.get("severity", "") in dict(SEVERITIES) else "12"
    services = list(directory.services(request.actor))
    service = next((one for one in services if one.slug == asked.get("service")), None)
    since = request.now - dt.timedelta(days=int(days))
    report = queries.recovery(request.actor, since, request.now, {int(one) for one in severity}, service)
    context = {
        "report": report,
        "measures": [
            (
                "ttr",
                "Time to recover",
                "From the start of impact to its end. Each step is one incident.",
                "Restored",
                report.ttr,
                labels(report.ttr),
            ),
            (
                "ttd",
                "Time to detect",
                "From the start of impact to the first alert or report.",
                "Detected",
                report.ttd,
                labels(report.ttd),
            ),
        ],
        "found": sum(row.incident.source == Incident.MONITORING for row in report.rows),
        "open": sum(row.incident.state != Incident.RESOLVED for row in report.rows),
        "periods": PERIODS,
        "days": days,
        "severities": SEVERITIES,
        "severity": severity,
        "severity_words": dict(SEVERITIES)[severity],
        "services": services,
        "service": service,
    }
    return render(request, "insights.html", context)


def labels(measure: queries.Measure) -> list[tuple[Label, bool]]:
    """Where the two lines are named; True for the line of this period."""
    now, then = measure.plot.now_dot, measure.plot.then_dot
    quicker_is_now = now is not None and (then is None or now.x <= then.x)
    found = []
    for dot, text, is_now in ((now, "this period", True), (then, "the one before", False)):
        if dot is not None:
            found.append((_label(dot, text, quicker=is_now == quicker_is_now), is_now))
    return found


def _label(dot: rules.Dot, text: str, *, quicker: bool) -> Label:
    if quicker:
        return Label(max(dot.x - 12, rules.LEFT + 110), dot.y - 10, "end", text)
    return Label(min(dot.x + 12, rules.RIGHT - 110), dot.y + 22, "start", text)


urlpatterns = [path("insights", show)]
