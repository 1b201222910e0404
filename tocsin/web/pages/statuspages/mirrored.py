"""What came of telling pages elsewhere of one incident, update by update, with Retry."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tocsin.core.errors import Refused
from tocsin.directory import permissions as access
from tocsin.incidents import queries as incidents
from tocsin.statuspages.mirrors import commands, queries
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents.addresses import at_incident


@allow(SIGNED_IN)
@require_GET
def show(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    told = queries.told(incident)
    context = {
        "here": "incidents",
        "incident": incident,
        "told": told,
        "failed": sum(one.tally.failed for one in told),
        "there": queries.there(incident),
        "left": {one.id for one in queries.left_open(incident)},
        "may_respond": access.is_responder(request.actor),
    }
    return render(request, "incident/mirrored.html", context)


@allow(RESPONDER)
@require_POST
def retry(request: Request, key: str, copy_id: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    try:
        copy = commands.retry(request.actor, incident, queries.copy(request.actor, incident, copy_id), now=request.now)
        messages.success(request, f"{copy.mirror.name} is told again. What comes of it stands below.")
    except Refused as refused:
        if refused.status != 409:
            raise
        messages.warning(request, refused.detail)
    return redirect(f"/{incident.key}/mirrored")


@allow(RESPONDER)
@require_POST
def closed(request: Request, key: str, there_id: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    there = commands.say_closed(request.actor, incident, queries.entry(request.actor, incident, there_id), now=request.now)
    messages.success(request, f"{there.mirror.name} says nothing of {incident.key} any more.")
    return redirect(f"/{incident.key}/mirrored")


urlpatterns = [
    at_incident("/mirrored", show),
    at_incident("/mirrored/<str:copy_id>/retry", retry),
    at_incident("/mirrored/<str:there_id>/closed", closed),
]
