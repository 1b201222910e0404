"""Roles that are offered: the hand-over form of the incident manager, and the page on which the other accepts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.collab import queries as collab
from tocsin.core import clock
from tocsin.core.errors import Conflict, Refused
from tocsin.directory import queries as directory
from tocsin.incidents import commands, permissions, rules
from tocsin.incidents import queries as incidents
from tocsin.incidents.iterating import queries as iterating
from tocsin.incidents.models import Incident, RoleOffer
from tocsin.web.forms import people
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, allow
from tocsin.web.pages.incidents import incident_head
from tocsin.web.pages.incidents.addresses import at_incident

SHIFT = dt.timedelta(hours=8)
"""How long an incident manager usually stays: the form suggests the next hand-over after it."""


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def hand_over(request: Request, key: str) -> HttpResponse:
    """The incident manager writes down where things stand and asks somebody to take over."""
    incident = incidents.by_key(request.actor, key)
    permissions.require_responder(request.actor, incident)
    form = Typed(request.POST, initial=_prefilled(request, incident))
    if request.method == "POST":
        person = people.read_person(form, "person")
        brief = {name: form.text(name, lines=name in {"roles", "work"}, longest=4_000) for name in ("roles", "work", "next_to")}
        next_at = form.when("next_at", zone=request.actor.zone, now=request.now, past=False, required="Say when the next one is.")
        if form.ok and person is None:
            form.errors["person"] = "Choose who takes over."
        if form.ok and person is not None:
            whole: dict[str, Any] = {**brief, "next_at": next_at, "called": form.ticked("called")}
            try:
                commands.offer_role(request.actor, incident, rules.MANAGER, person, brief=whole, now=request.now)
                messages.success(request, f"{person.name} is asked. {_stays(request, incident)} until they accept.")
                return redirect(f"/{incident.key}")
            except Refused as refused:
                form.refuse(refused)
    context = {
        "here": "incidents",
        "incident": incident,
        "head": incident_head.of(request, incident),
        "form": form,
        "stays": _stays(request, incident),
        "near": people.nearest(*_teams(incident), also=_near(request, incident)),
        "waiting": incidents.offers(request.actor, incident).filter(role=rules.MANAGER),
    }
    return render(request, "incident/hand_over.html", context, status=200 if form.ok else 422)


def _stays(request: Request, incident: Incident) -> str:
    """Who is the incident manager meanwhile: not always whoever asks."""
    manager = incident.manager
    if manager is None:
        return "Nobody is the incident manager"
    return "You stay the incident manager" if manager.pk == request.actor.id else f"{manager.name} stays the incident manager"


def _teams(incident: Incident) -> list[str]:
    return [incident.service.team_id] if incident.service else []


def _near(request: Request, incident: Incident) -> set[str]:
    """Whoever has a role or has been in the room."""
    room = collab.room(incident.id)
    here = {one.id for one in collab.visitors(room, request.now)} if room else set()
    return {one.person.id for one in incidents.holders(request.actor, incident) if one.person} | here


def _prefilled(request: Request, incident: Incident) -> dict[str, Any]:
    roles = [
        f"{one.label}{f' ({one.about})' if one.about else ''}: {one.person.name if one.person else 'nobody yet'}"
        for one in incidents.holders(request.actor, incident)
    ]
    local = (request.now + SHIFT).astimezone(dt.UTC)
    return {"roles": "\n".join(roles), "work": _work(request, incident), "next_at": f"{local:%Y-%m-%d %H:%M} UTC", "next_to": ""}


def _work(request: Request, incident: Incident) -> str:
    """The open theories and streams of work, a line each."""
    theories = iterating.findings(request.actor, incident).filter(kind=iterating.rules.THEORY, state=iterating.rules.OPEN)
    streams = [one for one in iterating.streams(request.actor, incident) if one.state == one.OPEN]
    lines = [f"Theory {one.number}: {one.text}" for one in theories]
    for one in streams:
        lead = f" ({one.lead.name})" if one.lead else ""
        lines.append(f"{one.title}{lead}: " + "; then ".join(text for text in (one.step, one.next_steps) if text))
    return "\n".join(lines)[:4_000]


@allow(RESPONDER)
@require_GET
def offer(request: Request, key: str, offer_id: str, form: Typed | None = None) -> HttpResponse:
    """What the role asks, how things stand, questions and answers; the one who is asked accepts or declines here."""
    incident = incidents.by_key(request.actor, key)
    found = incidents.offer(request.actor, incident, offer_id)
    form = form or Typed()
    context = {
        "here": "incidents",
        "incident": incident,
        "head": incident_head.of(request, incident),
        "offer": found,
        "label": rules.role_label(found.role),
        "duties": rules.DUTIES.get(found.role, ""),
        "brief": _told(found),
        "mine": found.person_id == request.actor.id,
        "open": found.state == RoleOffer.OFFERED and incident.state != Incident.RESOLVED,
        "form": form,
    }
    return render(request, "incident/offer.html", context, status=200 if form.ok else 422)


def _told(found: RoleOffer) -> list[tuple[str, Any]]:
    """The hand-over form for reading."""
    told: list[tuple[str, Any]] = []
    for name, words in rules.BRIEF.items():
        value = found.brief.get(name)
        if name == "next_at" and value:
            value = clock.parse(str(value))
        if value:
            told.append((words, "yes" if value is True else value))
    return told


@allow(RESPONDER)
@require_POST
def answer(request: Request, key: str, offer_id: str) -> HttpResponse:
    """`do`: accept, decline, withdraw, or ask with a `text`."""
    incident = incidents.by_key(request.actor, key)
    found = incidents.offer(request.actor, incident, offer_id)
    verb, form = request.POST.get("do", ""), Typed(request.POST)
    try:
        if verb == "accept":
            commands.accept_offer(request.actor, found, now=request.now)
            messages.success(request, f"You are {rules.role_label(found.role).lower()} of {incident.key}.")
            return redirect(f"/{incident.key}")
        if verb == "decline":
            commands.decline_offer(request.actor, found, now=request.now)
            return redirect(f"/{incident.key}")
        if verb == "withdraw":
            commands.withdraw_offer(request.actor, found, now=request.now)
            return redirect(f"/{incident.key}/roles")
        commands.ask_about_offer(request.actor, found, form.text("text", lines=True), now=request.now)
    except Conflict as conflict:
        messages.warning(request, conflict.detail)
    except Refused as refused:
        form.refuse(refused)
        request.method = "GET"
        return offer(request, key, offer_id, form)
    return redirect(f"/{incident.key}/offers/{found.id}")


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def responders(request: Request, key: str) -> HttpResponse:
    """Who was called in and how long each took; whoever proves not needed is released with thanks."""
    incident = incidents.by_key(request.actor, key)
    if request.method == "POST":
        try:
            commands.release_responder(request.actor, incident, directory.person(request.POST.get("person", "")), now=request.now)
        except Conflict as conflict:
            messages.warning(request, conflict.detail)
        return redirect(f"/{incident.key}/responders")
    found = incidents.responders(request.actor, incident, request.now)
    context = {"here": "incidents", "incident": incident, "head": incident_head.of(request, incident), "responders": found}
    return render(request, "incident/responders.html", context)


urlpatterns = [
    at_incident("/responders", responders),
    at_incident("/hand-over", hand_over),
    at_incident("/offers/<str:offer_id>", offer),
    at_incident("/offers/<str:offer_id>/answer", answer),
]
