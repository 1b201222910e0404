"""The change dashboard, paging security, and the way to the composer: where the first short links lead."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from tocsin.alerts import commands as alerts
from tocsin.core.errors import Refused
from tocsin.directory import agreed
from tocsin.directory import permissions as access
from tocsin.directory import queries as directory
from tocsin.incidents import commands, queries
from tocsin.incidents.linking import queries as linking
from tocsin.statuspages import queries as statuspages
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed, whole
from tocsin.web.gate.policy import SIGNED_IN, allow

SPANS = (1, 7, 30, 90)
LISTED = 50


@allow(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def changes(request: Request) -> HttpResponse:
    """What was changed lately; responders note a change by hand."""
    form = Typed(request.POST)
    services = list(directory.services(request.actor))
    if request.method == "POST":
        access.require_responder(request.actor)
        summary, wanted = form.text("summary", required="Say what was changed."), form.text("service", longest=60)
        about = next((one for one in services if one.slug == wanted), None)
        if form.ok:
            try:
                alerts.record_change(request.actor, summary, service=about, source=request.actor.name, now=request.now)
                messages.success(request, "Noted.")
                return redirect("changes")
            except Refused as refused:
                form.refuse(refused)
    days = whole(request.GET.get("days", "7"))
    days = days if days in SPANS else 7
    service = next((one for one in services if one.slug == request.GET.get("service")), None)
    lines = queries.changes(request.actor, request.now - dt.timedelta(days=days), service)
    caused = linking.keys_linking_to(request.actor, [line.id for line in lines])
    context = {
        "lines": [(line, caused.get(line.id, [])) for line in lines],
        "days": days,
        "spans": SPANS,
        "services": services,
        "service": service.slug if service else "",
        "may_respond": access.is_responder(request.actor),
        "form": form,
    }
    return render(request, "changes.html", context, status=200 if form.ok else 422)


@allow(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def page_security(request: Request) -> HttpResponse:
    """Wake the security team, for an open incident or for a new private one."""
    form = Typed(request.POST, initial={"incident": request.GET.get("incident", "")[:24]})
    may_respond = access.is_responder(request.actor)
    if request.method == "POST":
        summary, key = form.text("summary", required="Say what you have seen."), form.text("incident", longest=24)
        if form.ok:
            try:
                about = queries.by_key(request.actor, key) if key else None
                incident = commands.page_security(request.actor, summary, incident=about, now=request.now)
                messages.success(request, "Security is being paged.")
                return redirect(f"/{incident.key}")
            except Refused as refused:
                form.refuse(refused)
    context = {
        "team": agreed.organisation().security_team,
        "incidents": list(queries.incidents(request.actor, state="open", drills=False)[:LISTED]) if may_respond else [],
        "may_respond": may_respond,
        "form": form,
    }
    return render(request, "page_security.html", context, status=200 if form.ok else 422)


@allow(SIGNED_IN)
@require_GET
def updates(request: Request) -> HttpResponse:
    """Which incident to speak of; the composer writes to both status pages at once."""
    rows = list(queries.similar_open(request.actor)[:LISTED])
    dues = statuspages.next_dues(rows)
    context = {
        "rows": [(one, dues.get(one.pk)) for one in rows],
        "may_respond": access.is_responder(request.actor),
        "here": "status",
    }
    return render(request, "update_chooser.html", context)


urlpatterns = [
    path("changes", changes, name="changes"),
    path("page-security", page_security, name="page_security"),
    path("updates", updates, name="updates"),
]
