"""A state document carried out to a file, and brought back in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from tocsin.collab.documents import portable
from tocsin.collab.documents.commands import Brought
from tocsin.collab.documents.queries import State
from tocsin.core.errors import Invalid, Refused
from tocsin.incidents import commands, permissions
from tocsin.incidents import queries as incidents
from tocsin.incidents.iterating import document
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame import words
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents.addresses import at_incident
from tocsin.web.pages.room.document import state_of

KINDS = {"md": "text/markdown; charset=utf-8", "html": "text/html; charset=utf-8"}


@allow(SIGNED_IN)
@require_GET
def carry_out(request: Request, key: str, kind: str) -> HttpResponse:
    """The document as a file: for whoever may read the incident."""
    incident = incidents.by_key(request.actor, key)
    carried = document.carried(request.actor, incident, state_of(incident), request.now)
    text = portable.to_markdown(carried) if kind == "md" else portable.to_html(carried)
    response = HttpResponse(text, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{incident.key}-state.{kind}"'
    return response


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def bring_in(request: Request, key: str) -> HttpResponse:
    """A file that was carried out, perhaps written in since."""
    incident = incidents.by_key(request.actor, key)
    permissions.require_responder(request.actor, incident)
    state = state_of(incident)
    form = Typed(request.POST)
    if request.method == "POST":
        try:
            carried = _read(request, state)
            brought = commands.bring_in_document(request.actor, incident, carried, now=request.now)
        except Refused as refused:
            form.errors["file"] = refused.detail
        else:
            messages.success(request, _said(brought))
            return redirect(f"/{incident.key}/doc")
    context = {"here": "incidents", "incident": incident, "form": form}
    return render(request, "incident/doc_import.html", context, status=200 if form.ok else 422)


def _read(request: Request, state: State) -> portable.Carried:
    """Raises Invalid."""
    upload = request.FILES.get("file")
    if upload is None or not upload.size:
        raise Invalid("Choose a file that was carried out of a state document.", field="file")
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("This file is not text in UTF-8.", field="file") from None
    reader = portable.from_html if text.lstrip()[:1] == "<" else portable.from_markdown
    return reader(text, document.shape(state))


def _said(brought: Brought) -> str:
    if not (brought.sections or brought.added or brought.changed):
        return "The file says what the document says already."
    parts = [
        words.plural(brought.sections, "section has a new version", "sections have a new version"),
        words.plural(brought.added, "row added", "rows added"),
        words.plural(brought.changed, "row changed", "rows changed"),
    ]
    return f"Brought in: {', '.join(parts)}."


urlpatterns = [
    at_incident("/doc.md", carry_out, kind="md"),
    at_incident("/doc.html", carry_out, kind="html"),
    at_incident("/doc-import", bring_in),
]
