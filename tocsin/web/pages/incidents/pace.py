"""Keeping the pace while an incident is fixed: has anything changed, observed and expected, five questions, relief."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.core.errors import Refused
from tocsin.directory import queries as directory
from tocsin.directory.models import Person
from tocsin.incidents import commands
from tocsin.incidents import queries as incidents
from tocsin.incidents import rules as incident_rules
from tocsin.incidents.iterating import queries, rules
from tocsin.incidents.models import Incident
from tocsin.web.forms import shown
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, allow
from tocsin.web.pages.incidents import incident_head
from tocsin.web.pages.incidents.addresses import at_incident

BEHAVIOUR = ("observed", "expected")


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def fix(request: Request, key: str) -> HttpResponse:
    """The fix panel. `do`: `no_change` answers the regular question, `check` the five, `behaviour` saves both texts."""
    incident = incidents.by_key(request.actor, key)
    kept = queries.behaviour(request.actor, incident)
    stands = {name: getattr(kept, name, "") for name in BEHAVIOUR}
    form = Typed(request.POST, initial=stands)
    if request.method == "POST":
        try:
            _do(request, incident, form, stands)
            if form.ok:
                return redirect(f"/{incident.key}/fix")
        except Refused as refused:
            form.refuse(refused)
    context = {
        "form": form,
        "shown": shown.kept(stands, BEHAVIOUR),
        "kept": kept,
        "checks": queries.checklist(request.actor, incident),
        "pace": queries.pace(request.actor, incident, request.now),
        "guidance": incidents.guidance(),
        "suspected": list(incidents.suspected(request.actor, incident)),
    }
    return _page(request, incident, "fix", context)


def _do(request: Request, incident: Incident, form: Typed, stands: dict[str, str]) -> None:
    verb = request.POST.get("do", "")
    if verb == "no_change":
        commands.no_change(request.actor, incident, now=request.now)
        messages.success(request, "Written down: impact and severity have not changed.")
    elif verb == "check":
        commands.check(request.actor, incident, form.many("questions"), now=request.now)
    else:
        texts = {name: form.text(name, lines=True, longest=4_000) for name in BEHAVIOUR}
        mine = shown.changed(form, stands, BEHAVIOUR)
        if form.ok:
            texts = {name: texts[name] if name in mine else stands[name] for name in BEHAVIOUR}
            commands.describe_behaviour(request.actor, incident, **texts, now=request.now)


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def relief(request: Request, key: str) -> HttpResponse:
    """Who is at work since when, for how long awake, and who takes over when."""
    incident = incidents.by_key(request.actor, key)
    people = list(directory.people(request.actor, active=True).exclude(role=Person.STAKEHOLDER))
    form = Typed(request.POST, initial={"role": request.GET.get("role", incident_rules.MANAGER)})
    if request.method == "POST":
        role = form.choice("role", incident_rules.ROLES, wrong="Choose a role.")
        person = next((one for one in people if one.id == form.text("person", required="Choose a person.")), None)
        at = form.when("at", zone=request.actor.zone, now=request.now, past=False, required="Say when: 06:00, in 2 h.")
        if form.ok and person is None:
            form.errors["person"] = "Choose a person from the list."
        if form.ok and person is not None and at is not None:
            try:
                commands.plan_relief(request.actor, incident, role, person, at=at, now=request.now)
                return redirect(f"/{incident.key}/relief")
            except Refused as refused:
                form.refuse(refused)
    return _relief(request, incident, form, people)


def _relief(request: Request, incident: Incident, form: Typed, people: list[Person]) -> HttpResponse:
    pace, limits = queries.pace(request.actor, incident, request.now), queries.limits()
    context: dict[str, Any] = {"form": form, "people": people, "pace": pace, "limits": limits}
    planned = {one.role for one in pace.reliefs}
    lacking = [one for one in incidents.holders(request.actor, incident) if one.person and one.role not in planned]
    return _page(request, incident, "relief", context | {"roles": incident_rules.ROLES.items(), "lacking": lacking})


@allow(RESPONDER)
@require_POST
def awake(request: Request, key: str) -> HttpResponse:
    """Hours awake, one's own or those of `person`."""
    incident = incidents.by_key(request.actor, key)
    people = list(directory.people(request.actor, active=True).exclude(role=Person.STAKEHOLDER))
    form = Typed(request.POST)
    wanted = form.text("person", longest=40) or request.actor.id
    try:
        hours = rules.hours(form.text("hours", longest=10), field="hours")
        person = next((one for one in people if one.id == wanted), None)
        commands.declare_awake(request.actor, incident, hours, person=person, now=request.now)
        return redirect(f"/{incident.key}/relief")
    except Refused as refused:
        form.errors[refused.field if refused.field == "hours" else "form"] = refused.detail
    return _relief(request, incident, form, people)


@allow(RESPONDER)
@require_POST
def cancel_relief(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    commands.cancel_relief(request.actor, incident, request.POST.get("role", ""), now=request.now)
    return redirect(f"/{incident.key}/relief")


def _page(request: Request, incident: Incident, name: str, context: dict[str, Any]) -> HttpResponse:
    shared = {"here": "incidents", "incident": incident, "head": incident_head.of(request, incident)}
    return render(request, f"incident/{name}.html", {**shared, **context}, status=200 if context["form"].ok else 422)


urlpatterns = [
    at_incident("/fix", fix),
    at_incident("/relief", relief),
    at_incident("/relief/awake", awake),
    at_incident("/relief/cancel", cancel_relief),
]
