"""Coverage: which services have monitoring, on-call alerting and incident managers, and what is missing where."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from tocsin.directory import queries as directory
from tocsin.insights.coverage import PARTS, coverage
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import SIGNED_IN, allow


@allow(SIGNED_IN)
@require_GET
def show(request: Request) -> HttpResponse:
    """What is so now; whoever may mend something finds the link beside it."""
    found = coverage(request.actor, request.now)
    mine = set(directory.managed_teams(request.actor).values_list("id", flat=True))
    context = {
        "found": found,
        "missing": [(line, [line.lacks(part) for part in PARTS], line.service.team_id in mine) for line in found.missing],
    }
    return render(request, "services/coverage.html", context)


urlpatterns = [path("services/coverage", show, name="coverage")]
