"""Who is on call how much: hours, nights and weekends as a table, as bars and as CSV."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from tocsin.core import clock
from tocsin.oncall import queries as oncall
from tocsin.oncall.load import Burden, burdens
from tocsin.oncall.models import Schedule
from tocsin.oncall.rules.load import plot
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import SIGNED_IN, allow

RANGES = (
    ("back4", "Last 4 weeks", -4),
    ("ahead4", "Next 4 weeks", 4),
    ("back13", "Last 13 weeks", -13),
    ("ahead13", "Next 13 weeks", 13),
)
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    range: str
    words: str
    since: dt.datetime
    until: dt.datetime
    schedules: list[Schedule]
    schedule: Schedule | None
    rows: list[Burden]


def _asked(request: Request) -> Asked:
    chosen = next((one for one in RANGES if one[0] == request.GET.get("range")), RANGES[0])
    since, until = sorted((request.now, request.now + dt.timedelta(weeks=chosen[2])))
    schedules = list(oncall.schedules(request.actor))
    schedule = next((one for one in schedules if one.slug == request.GET.get("schedule")), None)
    rows = burdens([schedule] if schedule else schedules, since, until)
    return Asked(chosen[0], chosen[1], since, until, schedules, schedule, rows)


@allow(SIGNED_IN)
@require_GET
def show(request: Request) -> HttpResponse:
    asked = _asked(request)
    context = {
        "asked": asked,
        "ranges": RANGES,
        "plot": plot([(one.person.name, one.load) for one in asked.rows]),
        "hours": sum(one.hours for one in asked.rows),
        "night_hours": sum(one.night_hours for one in asked.rows),
        "weekend_hours": sum(one.weekend_hours for one in asked.rows),
    }
    return render(request, "oncall/load.html", context)


@allow(SIGNED_IN)
@require_GET
def table(request: Request) -> HttpResponse:
    """The same as a file for a spreadsheet; a name cannot be taken for a formula."""
    asked = _asked(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="on-call-{asked.range}.csv"'
    lines = csv.writer(response)
    lines.writerow(["person", "zone", "since", "until", "hours", "night_hours", "weekend_hours"])
    for one in asked.rows:
        name = f"'{one.person.name}" if one.person.name.startswith(_FORMULA) else one.person.name
        hours = [f"{value:.2f}" for value in (one.hours, one.night_hours, one.weekend_hours)]
        lines.writerow([name, one.person.zone, clock.rfc3339(asked.since), clock.rfc3339(asked.until), *hours])
    return response


urlpatterns = [path("oncall/load", show, name="on_call_load"), path("oncall/load.csv", table, name="on_call_load_csv")]
