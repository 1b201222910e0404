"""The time machine: choose a service, an instant and an urgency; see who would be paged, when and how."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from tocsin.directory import queries as directory
from tocsin.paging import foresight, rules
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame import reader
from tocsin.web.gate.policy import SIGNED_IN, allow

URGENCIES = ((rules.HIGH, "High urgency"), (rules.LOW, "Low urgency"))
FIRST_YEAR, LAST_YEAR = 1970, 2200


@allow(SIGNED_IN)
@require_GET
def show(request: Request) -> HttpResponse:
    """A form that is its own address, so that an answer can be linked."""
    form = Typed(request.GET, initial={"at": "now"})
    services = list(directory.services(request.actor))
    slug, urgency = form.text("service"), form.text("urgency")
    urgency = urgency if urgency in dict(URGENCIES) else rules.HIGH
    service = next((one for one in services if one.slug == slug), None)
    at = form.when("at", zone=str(reader.present().zone), now=request.now, past=False) if form.text("at") else request.now
    if slug and service is None:
        form.errors["service"] = "Choose a service from the list."
    if at is not None and not FIRST_YEAR <= at.year <= LAST_YEAR:
        form.errors["at"] = f"Choose a time between {FIRST_YEAR} and {LAST_YEAR}."
    found = foresight.foresee(service, urgency, at) if service and at and form.ok else None
    first = next((place for place in found.places if place.people), None) if found else None
    context: dict[str, Any] = {
        "first": first,
        "form": form,
        "services": services,
        "urgencies": URGENCIES,
        "urgency": urgency,
        "found": found,
    }
    context["zone_name"] = service.team.zone if service and service.team.zone != str(reader.present().zone) else ""
    return render(request, "oncall/time_machine.html", context, status=200 if form.ok else 422)


urlpatterns = [path("oncall/time-machine", show, name="time_machine")]
