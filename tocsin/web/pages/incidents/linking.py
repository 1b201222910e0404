"""The links of an incident: what it repeats, what caused it, where it is learned from, and what it led to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tocsin.core.errors import Refused
from tocsin.incidents import commands
from tocsin.incidents import queries as incidents
from tocsin.incidents.linking import queries, rules
from tocsin.incidents.models import Incident
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents import incident_head
from tocsin.web.pages.incidents.addresses import at_incident


@allow(SIGNED_IN)
@require_GET
def show(request: Request, key: str) -> HttpResponse:
    return _page(request, incidents.by_key(request.actor, key), Typed(initial={"kind": rules.RELATED}))


@allow(RESPONDER)
@require_POST
def add(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST)
    kind, target, title = form.text("kind"), form.text("target", required="Say with what."), form.text("title")
    if form.ok:
        try:
            commands.link(request.actor, incident, kind, target, title=title, now=request.now)
            messages.success(request, "Linked.")
            return redirect(f"/{incident.key}/links")
        except Refused as refused:
            form.refuse(refused, reference="target", url="target")
    return _page(request, incident, form)


@allow(RESPONDER)
@require_POST
def remove(request: Request, key: str, link_id: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    commands.unlink(request.actor, incident, link_id, now=request.now)
    messages.success(request, "The link is taken back, at both ends.")
    return redirect(f"/{incident.key}/links")


def _page(request: Request, incident: Incident, form: Typed) -> HttpResponse:
    context = {
        "here": "incidents",
        "incident": incident,
        "head": incident_head.of(request, incident),
        "links": queries.links(request.actor, incident),
        "form": form,
        "kinds": [(kind, words, rules.HINTS[kind]) for kind, words in rules.KINDS.items()],
    }
    return render(request, "incident/links.html", context, status=200 if form.ok else 422)


urlpatterns = [
    at_incident("/links", show),
    at_incident("/links/add", add),
    at_incident("/links/<str:link_id>/remove", remove),
]
