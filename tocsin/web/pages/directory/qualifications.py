"""What a person can do, as administrators and managers of their teams note it on the person's page."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from tocsin.core.errors import Refused
from tocsin.directory import commands, finding, queries
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import MANAGER, allow
from tocsin.web.pages.directory import people


@allow(MANAGER)
@require_POST
def note(request: Request, person_id: str) -> HttpResponse:
    """Add one, or set the days of one that is there."""
    person, form = queries.person(person_id), Typed(request.POST)
    name = form.text("name")
    days: dict[str, dt.date | None] = {field: form.date(field, required="") for field in ("trained_on", "expires_on")}
    if form.ok:
        try:
            made = commands.set_qualification(request.actor, person, name, **days, now=request.now)
        except Refused as refused:
            if not refused.field:
                raise
            form.refuse(refused)
        else:
            messages.success(request, f"{person.name}: {made.name}.")
            return redirect("person", person.id)
    return people.page(request, person, form)


@allow(MANAGER)
@require_POST
def remove(request: Request, person_id: str, qualification_id: str) -> HttpResponse:
    person = queries.person(person_id)
    qualification = finding.qualification_of(person, qualification_id)
    commands.remove_qualification(request.actor, qualification, now=request.now)
    messages.success(request, f"{person.name}: {qualification.name} is taken away.")
    return redirect("person", person.id)


urlpatterns = [
    path("people/<str:person_id>/qualifications", note, name="qualification_new"),
    path("people/<str:person_id>/qualifications/<str:qualification_id>/remove", remove, name="qualification_remove"),
]
