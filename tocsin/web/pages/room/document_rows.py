"""The extended timeline of a state document: what happened when, in rows that are added and changed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tocsin.collab.documents import commands as documents
from tocsin.collab.documents.models import TableRow
from tocsin.collab.documents.queries import State, Table
from tocsin.core.errors import NotFound, Refused
from tocsin.directory import permissions as access
from tocsin.incidents import permissions
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents.addresses import at_incident
from tocsin.web.pages.room.document import state_of

WITH_PAGES = ("changes", "streams")
"""Were tables of the document once; they are rows of the incident with pages of their own."""


@allow(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def table(request: Request, key: str, name: str) -> HttpResponse:
    """The rows so far and a form for the next one."""
    incident = incidents.by_key(request.actor, key)
    if name in WITH_PAGES:
        return redirect(f"/{incident.key}/{name}")
    state, shown = _table_of(incident, name)
    form = Typed(request.POST)
    if request.method == "POST":
        cells = _cells(form, shown)
        if form.ok:
            try:
                documents.add_row(request.actor, state.document, name, cells, now=request.now)
            except Refused as refused:
                form.refuse(refused)
            else:
                return redirect(f"/{incident.key}/tables/{name}")
    return _page(request, incident, shown, form)


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def row(request: Request, key: str, name: str, row_id: str) -> HttpResponse:
    """One row to change."""
    incident = incidents.by_key(request.actor, key)
    permissions.require_responder(request.actor, incident)
    _, shown = _table_of(incident, name)
    found = next((one for one in shown.rows if one.id == row_id), None)
    if found is None:
        raise NotFound(f"This row is not in the table “{shown.title}” of {incident.key}.")
    if request.method == "GET":
        return _page(request, incident, shown, Typed(initial=found.cells), changing=found)
    form = Typed(request.POST)
    cells = _cells(form, shown)
    if form.ok:
        try:
            documents.change_row(request.actor, found, cells, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/{incident.key}/tables/{name}")
    return _page(request, incident, shown, form, changing=found)


def _table_of(incident: Incident, name: str) -> tuple[State, Table]:
    state = state_of(incident)
    shown = next((one for one in state.tables if one.name == name), None)
    if shown is None:
        raise NotFound(f"{incident.key} has no such table. Open the incident to see its state document.")
    return state, shown


def _cells(form: Typed, shown: Table) -> dict[str, str]:
    return {column.name: form.text(column.name, longest=1000, lines=True) for column in shown.columns}


def _page(request: Request, incident: Incident, shown: Table, form: Typed, *, changing: TableRow | None = None) -> HttpResponse:
    context = {
        "here": "incidents",
        "incident": incident,
        "table": shown,
        "form": form,
        "changing": changing,
        "may_respond": access.is_responder(request.actor),
        "fields": [(column, form[column.name], form.errors.get(column.name, "")) for column in shown.columns],
    }
    return render(request, "incident/table_edit.html", context, status=200 if form.ok else 422)


urlpatterns = [
    at_incident("/tables/<slug:name>", table),
    at_incident("/tables/<slug:name>/<str:row_id>", row),
]
