"""What follows an incident, on one page: postmortem, clean-up, customers, status pages. And the tasks of other trackers."""

from __future__ import annotations

import csv

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tocsin.core.errors import Refused
from tocsin.directory import permissions as access
from tocsin.incidents import commands
from tocsin.incidents import queries as incidents
from tocsin.incidents.cleanup import queries
from tocsin.incidents.models import Incident
from tocsin.insights.follow_up import follow_up
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents.addresses import at_incident


@allow(SIGNED_IN)
@require_GET
def show(request: Request, key: str) -> HttpResponse:
    return _page(request, incidents.by_key(request.actor, key), Typed())


def _page(request: Request, incident: Incident, form: Typed) -> HttpResponse:
    context = {
        "here": "incidents",
        "incident": incident,
        "form": form,
        "after": follow_up(request.actor, incident),
        "may_respond": access.is_responder(request.actor),
    }
    return render(request, "incident/follow_up.html", context, status=200 if form.ok else 422)


@allow(RESPONDER)
@require_POST
def link(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST)
    address = form.text("url", required="Write where the task is: https://…", longest=500)
    title = form.text("title", required="Say what is to be done.", longest=240)
    if form.ok:
        try:
            commands.link_task(request.actor, incident, address, title=title, now=request.now)
            return redirect(f"/{incident.key}/follow-up")
        except Refused as refused:
            form.refuse(refused)
    return _page(request, incident, form)


@allow(RESPONDER)
@require_POST
def change(request: Request, key: str, task_id: str) -> HttpResponse:
    """`do`: `done`, `open`, or `remove` for a task that does not belong here."""
    incident = incidents.by_key(request.actor, key)
    found, verb = queries.task(request.actor, incident, task_id), request.POST.get("do", "")
    if verb == "remove":
        commands.unlink_task(request.actor, found, now=request.now)
        messages.success(request, f"{found.title} no longer belongs to {incident.key}.")
    else:
        move = commands.reopen_task if verb == "open" else commands.complete_task
        move(request.actor, found, now=request.now)
    return redirect(f"/{incident.key}/follow-up")


@allow(SIGNED_IN)
@require_GET
def cases(request: Request, key: str) -> HttpResponse:
    """The customers behind the support cases, to take along: who has heard how it ended, from whom, when."""
    incident = incidents.by_key(request.actor, key)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{incident.key}-cases.csv"'
    written = csv.writer(response)
    written.writerow(["case", "address", "customer", "labelled_at", "followed_up_at", "followed_up_by"])
    for one in incidents.cases(request.actor, incident):
        heard = one.followed_up_at.isoformat() if one.followed_up_at else ""
        by = one.followed_up_by.name if one.followed_up_by else ""
        row = [one.reference, one.url, one.customer, one.labelled_at.isoformat(), heard, by]
        written.writerow([_harmless(cell) for cell in row])
    return response


def _harmless(cell: str) -> str:
    """A spreadsheet must not take what a customer is called for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


urlpatterns = [
    at_incident("/follow-up", show),
    at_incident("/tasks/link", link),
    at_incident("/tasks/<str:task_id>", change),
    at_incident("/cases.csv", cases),
]
