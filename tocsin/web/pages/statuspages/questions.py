"""Questions that came back by mail, answered from here; and the mails of an incident with who got them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tocsin.core.errors import Refused
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.statuspages.lists import permissions
from tocsin.statuspages.lists import queries as lists
from tocsin.statuspages.questions import commands, queries
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents import incident_head
from tocsin.web.pages.incidents.addresses import at_incident


@allow(SIGNED_IN)
@require_GET
def show(request: Request, key: str) -> HttpResponse:
    return _page(request, incidents.by_key(request.actor, key), Typed())


@allow(RESPONDER)
@require_POST
def settle(request: Request, key: str, question: str) -> HttpResponse:
    """Send the answer, or with `do=aside` leave the question without one."""
    incident = incidents.by_key(request.actor, key)
    found = queries.question(request.actor, incident, question)
    form = Typed(request.POST)
    form.values["question"] = found.pk
    try:
        if request.POST.get("do") == "aside":
            commands.set_aside(request.actor, found, now=request.now)
            messages.success(request, f"{found.name} hears nothing.")
            return redirect(f"/{incident.key}/questions")
        text = form.text("text", required="Write the answer.", longest=commands.LONGEST, lines=True)
        if form.ok:
            commands.answer(request.actor, found, text, now=request.now)
            messages.success(request, f"The answer is on its way to {found.name}.")
            return redirect(f"/{incident.key}/questions")
    except Refused as refused:
        form.refuse(refused, text="text")
    return _page(request, incident, form)


def _page(request: Request, incident: Incident, form: Typed) -> HttpResponse:
    found = list(queries.questions(request.actor, incident))
    context = {
        "here": "incidents",
        "incident": incident,
        "head": incident_head.of(request, incident),
        "questions": found,
        "open": sum(one.state == one.OPEN for one in found),
        "mailed": lists.mailed(request.actor, incident),
        "sees": permissions.sees_members(request.actor),
        "form": form,
    }
    return render(request, "incident/questions.html", context, status=200 if form.ok else 422)


urlpatterns = [at_incident("/questions", show), at_incident("/questions/<str:question>", settle)]
