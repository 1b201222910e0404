"""The board: what was observed, what it may mean, what was tried. Screen 7."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tocsin.core.errors import NotFound, Refused
from tocsin.incidents import commands
from tocsin.incidents import queries as incidents
from tocsin.incidents.iterating import queries, rules
from tocsin.incidents.models import Incident
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed, whole
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents import incident_head
from tocsin.web.pages.incidents.addresses import at_incident


@allow(SIGNED_IN)
@require_GET
def show(request: Request, key: str) -> HttpResponse:
    """`?about=3` offers a theory of observation 3, or an experiment for theory 3."""
    incident = incidents.by_key(request.actor, key)
    number = whole(request.GET.get("about", "")) or 0
    about = next((one for one in queries.findings(request.actor, incident) if one.number == number), None)
    kind = {rules.OBSERVATION: rules.THEORY, rules.THEORY: rules.EXPERIMENT}.get(about.kind if about else "", rules.OBSERVATION)
    return _page(request, incident, Typed(initial={"kind": kind, "about": str(about.number) if about else ""}))


def _page(request: Request, incident: Incident, form: Typed) -> HttpResponse:
    board = queries.board(request.actor, incident)
    context: dict[str, Any] = {
        "here": "incidents",
        "incident": incident,
        "head": incident_head.of(request, incident),
        "board": board,
        "form": form,
        "kinds": rules.KINDS.items(),
        "results": rules.RESULTS.items(),
        "evidence": rules.EVIDENCE.items(),
        "evidence_prompt": rules.EVIDENCE_PROMPT,
        "subjects": [one for one in board.findings if one.kind != rules.EXPERIMENT],
    }
    return render(request, "incident/theories.html", context, status=200 if form.ok else 422)


@allow(RESPONDER)
@require_POST
def add(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST)
    kind = form.choice("kind", rules.KINDS, wrong="Choose what it is.")
    text = form.text("text", required="Write what it is.", lines=True, longest=2_000)
    wanted, restarts, evidence = form.text("about", longest=10), form.ticked("restarts"), form.text("evidence", longest=10)
    if form.ok:
        try:
            about = queries.finding(request.actor, incident, whole(wanted) or 0) if wanted else None
            given: dict[str, Any] = {"restarts": restarts, "evidence": evidence if kind == rules.EXPERIMENT else ""}
            commands.add_finding(request.actor, incident, kind, text, about=about, **given, now=request.now)
            return redirect(f"/{incident.key}/theories")
        except NotFound as missing:
            form.errors["about"] = missing.detail
        except Refused as refused:
            form.refuse(refused)
    return _page(request, incident, form)


@allow(RESPONDER)
@require_POST
def take(request: Request, key: str) -> HttpResponse:
    """A note of the room comes onto the board; `do` says whether a theory follows at once."""
    incident = incidents.by_key(request.actor, key)
    taken = commands.take_note(request.actor, incident, request.POST.get("message", ""), now=request.now)
    follows = f"?about={taken.number}#new" if request.POST.get("do") == "theory" else ""
    return redirect(f"/{incident.key}/theories{follows}")


@allow(RESPONDER)
@require_POST
def decide(request: Request, key: str, finding_number: int) -> HttpResponse:
    """`state` for a theory; `result` and what came of it for an experiment."""
    incident = incidents.by_key(request.actor, key)
    found = queries.finding(request.actor, incident, finding_number)
    form = Typed(request.POST)
    try:
        if found.kind == rules.EXPERIMENT:
            outcome = form.text("outcome", longest=2_000)
            commands.conclude(request.actor, found, form.text("result", longest=20), outcome=outcome, now=request.now)
        else:
            commands.set_theory(request.actor, found, form.text("state", longest=20), now=request.now)
        return redirect(f"/{incident.key}/theories#f-{finding_number}")
    except Refused as refused:
        form = Typed(initial={"kind": rules.OBSERVATION})
        form.errors["form"] = refused.detail
    return _page(request, incident, form)


urlpatterns = [
    at_incident("/theories", show),
    at_incident("/theories/add", add),
    at_incident("/theories/take", take),
    at_incident("/theories/<int:finding_number>", decide),
]
