"""What was drafted in a drill, to be read aloud, and what people thought of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tocsin.core.errors import Refused
from tocsin.directory import permissions as access
from tocsin.incidents import queries as incidents
from tocsin.statuspages import commands, queries
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import SIGNED_IN, allow
from tocsin.web.pages.incidents.addresses import at_incident


@allow(SIGNED_IN)
@require_GET
def drafts(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    context = {
        "here": "incidents",
        "incident": incident,
        "drafts": queries.drill_drafts(incident),
        "may_respond": access.is_responder(request.actor) and incident.is_drill,
    }
    return render(request, "incident/drafts.html", context)


@allow(SIGNED_IN)
@require_POST
def feedback(request: Request, key: str, draft_id: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    draft = queries.drill_draft(incident, draft_id)
    try:
        commands.give_feedback(request.actor, draft, Typed(request.POST).text("text", lines=True), now=request.now)
    except Refused as refused:
        messages.error(request, refused.detail)
    return redirect(f"/{incident.key}/drafts")


urlpatterns = [at_incident("/drafts", drafts), at_incident("/drafts/<str:draft_id>", feedback)]
