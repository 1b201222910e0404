"""What was confirmed and has not gone out: taking it back, or sending it at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tocsin.core.errors import Refused
from tocsin.incidents import queries as incidents
from tocsin.statuspages.held import commands, queries
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import RESPONDER, allow
from tocsin.web.pages.incidents.addresses import at_incident


@allow(RESPONDER)
@require_POST
def take_back(request: Request, key: str, held_id: str) -> HttpResponse:
    """Back to the composer, with the words in it."""
    incident = incidents.by_key(request.actor, key)
    held = queries.one(request.actor, incident, held_id)
    try:
        commands.take_back(request.actor, held, now=request.now)
    except Refused as refused:
        messages.warning(request, f"Not taken back. {refused.detail}")
        return redirect(f"/{incident.key}")
    messages.success(request, "Taken back. Nobody has read it.")
    return redirect(f"/{incident.key}/update?again={held.id}")


@allow(RESPONDER)
@require_POST
def send_now(request: Request, key: str, held_id: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    try:
        commands.send_now(request.actor, queries.one(request.actor, incident, held_id), now=request.now)
        messages.success(request, "Published.")
    except Refused as refused:
        messages.warning(request, f"Not published. {refused.detail}")
    return redirect(f"/{incident.key}")


urlpatterns = [
    at_incident("/held/<str:held_id>/take-back", take_back),
    at_incident("/held/<str:held_id>/send-now", send_now),
]
