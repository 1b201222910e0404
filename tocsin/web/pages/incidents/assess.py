"""Assess: the six questions about impact, which severity they speak for, and the support cases behind them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.errors import Refused
from tocsin.directory import agreed
from tocsin.directory import queries as directory
from tocsin.incidents import assessing, commands
from tocsin.incidents import queries as incidents
from tocsin.incidents.attention import queries as attention
from tocsin.incidents.models import Incident
from tocsin.web.forms import shown
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents import incident_head
from tocsin.web.pages.incidents.addresses import at_incident
from tocsin.web.pages.room.room_acts import time_fields

ASKED = [name for name in assessing.FIELDS if name != "coincides"]
"""The answers of the form; that it began with a change is said beside the changes."""
_SHOWN = [*ASKED, "impact_started_at", "support_cases"]


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def assess(request: Request, key: str) -> HttpResponse:
    """What is known so far; every answer may stay open."""
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST, initial=_typed(request, incident))
    if request.method == "POST":
        try:
            _write(request, incident, form)
            if form.ok:
                return redirect(f"/{incident.key}/assess#changes")
        except Refused as refused:
            form.refuse(refused)
    return _page(request, incident, form)


def _typed(request: Request, incident: Incident) -> dict[str, Any]:
    known = incidents.answers(incidents.assessment(request.actor, incident))
    return {**known, **time_fields(incident, request), "support_cases": str(incident.support_cases)}


def _write(request: Request, incident: Incident, form: Typed) -> None:
    answers: dict[str, Any] = {name: form.text(name, lines=name in {"seen", "other"}) for name in ASKED}
    answers["factors"] = form.many("factors")
    started = form.when("impact_started_at", zone=request.actor.zone, now=request.now, past=True)
    cases = form.number("support_cases", most=9_999_999)
    changed = shown.changed(form, _typed(request, incident), _SHOWN)
    if not form.ok:
        return
    answers = {name: value for name, value in answers.items() if name in changed}
    commands.assess(request.actor, incident, **answers, now=request.now)
    if started and "impact_started_at" in changed:
        commands.set_times(request.actor, incident, impact_started_at=started, now=request.now)
    if "support_cases" in changed:
        commands.change_fields(request.actor, incident, support_cases=cases, now=request.now)


def _page(request: Request, incident: Incident, form: Typed) -> HttpResponse:
    kept = incidents.assessment(request.actor, incident)
    cases = list(incidents.cases(request.actor, incident))
    team = agreed.organisation().security_team
    suspected = list(incidents.suspected(request.actor, incident))
    near = incidents.near(request.actor, incident)
    context = {
        "here": "incidents",
        "incident": incident,
        "head": incident_head.of(request, incident),
        "form": form,
        "shown": shown.kept(_typed(request, incident), _SHOWN),
        "posts": attention.posts(request.actor, incident).count(),
        "kept": kept,
        "suggested": assessing.suggested(incidents.answers(kept)),
        "customers": assessing.CUSTOMERS.items(),
        "extents": assessing.EXTENTS.items(),
        "factors": assessing.FACTORS.items(),
        "severities": directory.severities(),
        "products": directory.products(),
        "hit": set(incident.products.values_list("slug", flat=True)),
        "cases": cases,
        "security_team": team,
        "security_at": incidents.called_in(request.actor, incident, team.pk) if team else None,
        "suspected": suspected,
        "near": near,
        "open": [one for one in near.changes if one.line.id not in {cause.change for cause in suspected}],
    }
    return render(request, "incident/assess.html", context, status=200 if form.ok else 422)


@allow(RESPONDER)
@require_POST
def security(request: Request, key: str) -> HttpResponse:
    """One press wakes the security team. What was answered on the way is kept first."""
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST, initial=_typed(request, incident))
    try:
        if "customers" in request.POST:
            _write(request, incident, form)
        if form.ok:
            words = f"{assessing.FACTORS[assessing.SECURITY]}: {incident.summary}"
            commands.page_security(request.actor, words[:200], incident=incident, now=request.now)
            messages.success(request, "The security team is being paged.")
            return redirect(f"/{incident.key}/assess#severity")
    except Refused as refused:
        form.errors["form"] = refused.detail
    return _page(request, incident, form)


@allow(RESPONDER)
@require_POST
def change(request: Request, key: str) -> HttpResponse:
    """`do`: `suspect` the chosen change, or `none` of them; `clear`: the change that is not suspected after all."""
    incident = incidents.by_key(request.actor, key)
    form, verb = Typed(request.POST, initial=_typed(request, incident)), request.POST.get("do", "")
    cleared = form.text("clear", longest=40)
    chosen, rollback = form.text("change", longest=40), form.text("rollback", longest=1_000)
    try:
        if verb == "none":
            commands.assess(request.actor, incident, coincides="no", now=request.now)
        elif cleared:
            commands.clear_suspect(request.actor, incident, cleared, now=request.now)
        elif not chosen:
            form.errors["change"] = "Choose the change."
        elif form.ok:
            commands.suspect_change(request.actor, incident, chosen, rollback=rollback, now=request.now)
        if form.ok:
            return redirect(f"/{incident.key}/assess#changes")
    except Refused as refused:
        form.errors["change"] = refused.detail
    return _page(request, incident, form)


@allow(RESPONDER)
@require_POST
def confirm(request: Request, key: str) -> HttpResponse:
    """Severity and products as they are from now on; the room hears of it."""
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST, initial=_typed(request, incident))
    chosen = form.choice("severity", ["1", "2", "3"], wrong="Choose Sev 1, 2 or 3.")
    slugs = form.many("products")
    products = [one for one in directory.products() if one.slug in slugs]
    if form.ok:
        try:
            commands.confirm_assessment(request.actor, incident, severity=int(chosen), products=products, now=request.now)
            return redirect(f"/{incident.key}")
        except Refused as refused:
            form.refuse(refused)
    return _page(request, incident, form)


@allow(SIGNED_IN)
@require_GET
def cases(request: Request, key: str, form: Typed | None = None) -> HttpResponse:
    """The support cases of an incident: label one, and who of their customers has heard how it ended."""
    incident = incidents.by_key(request.actor, key)
    form = form or Typed()
    rows = list(incidents.cases(request.actor, incident))
    context = {
        "here": "incidents",
        "incident": incident,
        "form": form,
        "cases": rows,
        "open": sum(one.followed_up_at is None for one in rows),
        "head": incident_head.of(request, incident),
    }
    return render(request, "incident/cases.html", context, status=200 if form.ok else 422)


@allow(SIGNED_IN)
@require_POST
def label(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST)
    given = {name: form.text(name) for name in ("reference", "url", "customer")}
    try:
        commands.label_case(request.actor, incident, **given, now=request.now)
    except Refused as refused:
        form.refuse(refused)
        request.method = "GET"
        return cases(request, key, form)
    return redirect(f"/{incident.key}/cases")


@allow(SIGNED_IN)
@require_POST
def change_case(request: Request, key: str, case_id: str) -> HttpResponse:
    """`do`: `done` or `open` for the customer's follow-up, `remove` for a case that does not belong here."""
    incident = incidents.by_key(request.actor, key)
    found, verb = incidents.case(request.actor, incident, case_id), request.POST.get("do", "")
    if verb == "remove":
        commands.unlabel_case(request.actor, found, now=request.now)
        messages.success(request, f"{found.reference} no longer belongs to {incident.key}.")
    else:
        commands.follow_up_case(request.actor, found, done=verb != "open", now=request.now)
    return redirect(f"/{incident.key}/cases")


urlpatterns = [
    at_incident("/assess", assess),
    at_incident("/assess/security", security),
    at_incident("/assess/change", change),
    at_incident("/confirm", confirm),
    at_incident("/cases", cases),
    at_incident("/cases/label", label),
    at_incident("/cases/<str:case_id>", change_case),
]
