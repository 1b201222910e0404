"""Drafts with a second reader: what the reader sees and answers, and sending what was read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tocsin.core.actor import Actor
from tocsin.core.errors import Refused
from tocsin.directory import permissions as directory
from tocsin.directory.models import Person
from tocsin.incidents import queries as incidents
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.models import Incident
from tocsin.statuspages import rules
from tocsin.statuspages.second_reading import commands, queries
from tocsin.statuspages.second_reading.models import SecondReading
from tocsin.web.forms import people
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents.addresses import at_incident

_WHERE = {rules.INTERNAL: ("Inside", "internal status page"), rules.EXTERNAL: ("Customers", "external status page")}


def offered(actor: Actor, incident: Incident) -> dict[str, Any]:
    """Whom a draft may be given to: whoever has a role in the incident, then the nearest people."""
    held: dict[str, tuple[Person, list[str]]] = {}
    for row in incident.roles.filter(until__isnull=True).select_related("person").order_by("since"):
        if row.person_id != actor.id:
            held.setdefault(row.person_id, (row.person, []))[1].append(incident_rules.role_label(row.role))
    team = [incident.service.team_id] if incident.service else []
    return {"holders": list(held.values()), "readers": people.nearest(*team)}


@allow(SIGNED_IN)
@require_safe
def show(request: Request, key: str, reading_id: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    return _page(request, incident, queries.one(request.actor, incident, reading_id), Typed())


def _page(request: Request, incident: Incident, reading: SecondReading, form: Typed) -> HttpResponse:
    promised = reading.next_update_at if reading.words["status"] != rules.RESOLVED else None
    letters = [
        {
            "heading": _WHERE[audience][0],
            "where": _WHERE[audience][1],
            "next": None if (reading.words.get(audience) or {}).get("opening") else promised,
            **said,
        }
        for audience, said in reading.exact.items()
    ]
    context = {
        "here": "incidents",
        "incident": incident,
        "reading": reading,
        "letters": letters,
        "open": reading.state in SecondReading.OPEN,
        "mine": reading.reader_id == request.actor.id,
        "may_respond": directory.is_responder(request.actor),
        "hold_seconds": settings.TOCSIN.hold_seconds,
        "form": form,
    }
    return render(request, "incident/reading.html", context, status=200 if form.ok else 422)


@allow(SIGNED_IN)
@require_POST
def answer(request: Request, key: str, reading_id: str) -> HttpResponse:
    """`do=approved`, or `do=commented` with a comment; only whoever was asked."""
    incident = incidents.by_key(request.actor, key)
    reading, form = queries.one(request.actor, incident, reading_id), Typed(request.POST)
    comment = form.text("comment", longest=4_000, lines=True)
    try:
        commands.answer(request.actor, reading, request.POST.get("do", ""), comment=comment, now=request.now)
    except Refused as refused:
        if refused.status == 403:
            raise
        form.refuse(refused, verdict="form")
        return _page(request, incident, queries.one(request.actor, incident, reading_id), form)
    messages.success(request, f"{reading.author.name} is told.")
    return redirect(f"/{incident.key}/readings/{reading.id}")


@allow(RESPONDER)
@require_POST
def send(request: Request, key: str, reading_id: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    reading = queries.one(request.actor, incident, reading_id)
    try:
        commands.send(request.actor, reading, now=request.now)
    except Refused as refused:
        messages.warning(request, f"Not sent. {refused.detail}")
        return redirect(f"/{incident.key}/readings/{reading.id}")
    messages.success(request, "Confirmed. It goes out at its time." if reading.at else "Confirmed. It goes out in a moment.")
    return redirect(f"/{incident.key}")


@allow(RESPONDER)
@require_POST
def withdraw(request: Request, key: str, reading_id: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    try:
        commands.withdraw(request.actor, queries.one(request.actor, incident, reading_id), now=request.now)
        messages.success(request, "Withdrawn. Nobody has to read it.")
    except Refused as refused:
        messages.warning(request, refused.detail)
    return redirect(f"/{incident.key}")


urlpatterns = [
    at_incident("/readings/<str:reading_id>", show),
    at_incident("/readings/<str:reading_id>/answer", answer),
    at_incident("/readings/<str:reading_id>/send", send),
    at_incident("/readings/<str:reading_id>/withdraw", withdraw),
]
