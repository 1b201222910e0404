"""On-call now: whom do I call. Screen 10."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from tocsin.directory import queries as directory
from tocsin.oncall import queries as oncall
from tocsin.web.forms.request import Request
from tocsin.web.frame import context
from tocsin.web.gate.policy import SIGNED_IN, allow


@allow(SIGNED_IN)
@require_GET
def now(request: Request) -> HttpResponse:
    """Every schedule: who now, until when, who next, can they be reached; and the teams that have none."""
    rows = context.of(request).roster
    gaps = [row for row in rows if row.gap]
    silent = [row for row in rows if not row.gap and not row.reachable]
    asked, _, _ = oncall.my_cover_requests(request.actor, request.now)
    bare = directory.teams(request.actor).filter(schedules=None)
    shown = {"rows": rows, "gaps": gaps, "silent": silent, "swaps": len(asked), "bare": list(bare) if rows else []}
    return render(request, "oncall.html", shown)


@allow(SIGNED_IN)
@require_GET
def printed(request: Request) -> HttpResponse:
    """The same on paper: one table, nothing around it."""
    return render(request, "oncall_print.html", {"rows": context.of(request).roster, "here": "oncall"})


urlpatterns = [path("oncall", now, name="oncall"), path("oncall/print", printed, name="oncall_print")]
