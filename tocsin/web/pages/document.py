"""The state document of an incident: a form for each section, a form for each table. Screen 7."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.collab import commands
from tocsin.collab import queries as collab
from tocsin.collab.models import Section
from tocsin.core.errors import NotFound, Refused, Stale
from tocsin.incidents import permissions
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.addresses import at_incident


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def section(request: Request, key: str, slug: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    permissions.require_responder(request.actor, incident)
    found = collab.section(incident.id, slug)
    if found is None:
        raise NotFound(f"{incident.key} has no such section. Open the incident to see its state document.")
    if request.method == "GET":
        return _section(request, incident, found, Typed(initial={"text": found.text}))
    form = Typed(request.POST)
    text = form.text("text", lines=True, longest=60_000)
    version = form.number("version", least=1)
    if form.ok:
        try:
            commands.save_section(request.actor, found, text, version=version, now=request.now)
        except Stale as stale:
            form.refuse(stale)
            return _section(request, incident, stale.current, form, theirs=stale.current, status=409)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/{incident.key}")
    return _section(request, incident, found, form, status=422)


def _section(
    request: Request, incident: Incident, found: Section, form: Typed, *, theirs: Section | None = None, status: int = 200
) -> HttpResponse:
    state = collab.state(incident.id)
    context = {
        "here": "incidents",
        "incident": incident,
        "section": found,
        "form": form,
        "theirs": theirs,
        "hint": state.hints.get(found.slug, "") if state else "",
        "revisions": collab.revisions(found)[:20],
    }
    return render(request, "incident/doc_edit.html", context, status=status)


@allow(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def table(request: Request, key: str, name: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    if name in {"changes", "streams"}:  # rows of the incident, with pages of their own
        return redirect(f"/{incident.key}/{name}")
    state = collab.state(incident.id)
    shown = next((one for one in state.tables if one.name == name), None) if state else None
    if state is None or shown is None:
        raise NotFound(f"{incident.key} has no such table. Open the incident to see its state document.")
    form = Typed(request.POST)
    if request.method == "POST":
        cells = {column.name: form.text(column.name, longest=1000) for column in shown.columns}
        if form.ok:
            try:
                commands.add_row(request.actor, state.document, name, cells, now=request.now)
            except Refused as refused:
                form.refuse(refused)
            else:
                return redirect(f"/{incident.key}/tables/{name}")
    context = {
        "here": "incidents",
        "incident": incident,
        "table": shown,
        "form": form,
        "fields": [(column, form[column.name], form.errors.get(column.name, "")) for column in shown.columns],
    }
    return render(request, "incident/table_edit.html", context, status=200 if form.ok else 422)


urlpatterns = [
    at_incident("/doc/<slug:slug>", section),
    at_incident("/tables/<slug:name>", table),
]
