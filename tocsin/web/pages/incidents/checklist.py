"""The checklist of one incident, and going on in a backup system."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.core.errors import Refused
from tocsin.directory import agreed
from tocsin.directory import permissions as access
from tocsin.incidents import commands, permissions
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents.addresses import at_incident

STAGES = {"assess": "detect", "escalate": "respond", "fix": "recover", "resolve": "learn"}
"""The stage whose value a section shows."""


@allow(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request: Request, key: str) -> HttpResponse:
    """Everybody who sees the incident reads it, responders tick: `do` = tick, untick or skip with a `reason`."""
    incident = incidents.by_key(request.actor, key)
    if request.method != "POST":
        return _page(request, incident)
    permissions.require_responder(request.actor, incident)
    try:
        section = _change(request, incident, Typed(request.POST))
    except Refused as refused:
        return _page(request, incident, refused)
    return redirect(f"/{incident.key}/checklist#{section}")


def _change(request: Request, incident: Incident, form: Typed) -> str:
    item = incidents.sheet_item(form.text("item", longest=40))
    verb = form.text("do", longest=10)
    if verb == "skip":
        commands.skip(request.actor, incident, item, form.text("reason"), now=request.now)
    elif verb == "untick":
        commands.untick(request.actor, incident, item, now=request.now)
    else:
        commands.tick(request.actor, incident, item, now=request.now)
    return item.section_id


def _page(request: Request, incident: Incident, refused: Refused | None = None) -> HttpResponse:
    parts = incidents.checklist(request.actor, incident, request.now)
    context = {
        "here": "incidents",
        "incident": incident,
        "parts": [(part, STAGES.get(part.section.slug, "")) for part in parts],
        "left": sum(part.left for part in parts),
        "backups": agreed.backup_systems(),
        "used": {one.kind for one in incidents.fallbacks(request.actor, incident)},
        "resolved": incident.state == Incident.RESOLVED,
        "may_respond": access.is_responder(request.actor),
        "problem": refused.detail if refused else "",
    }
    return render(request, "incident/checklist.html", context, status=refused.status if refused else 200)


@allow(RESPONDER)
@require_POST
def backup(request: Request, key: str) -> HttpResponse:
    """The primary is `down`, or `up` again."""
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST)
    found = agreed.backup_system(form.text("kind", longest=20))
    try:
        if form.text("do", longest=10) == "up":
            commands.mark_up(request.actor, incident, found.kind, now=request.now)
        else:
            commands.mark_down(request.actor, incident, found, now=request.now)
    except Refused as refused:
        messages.warning(request, refused.detail)
    return redirect(f"/{incident.key}/checklist#backups")


urlpatterns = [at_incident("/checklist", checklist), at_incident("/backup", backup)]
