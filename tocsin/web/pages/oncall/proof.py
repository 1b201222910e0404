"""Does every alert of the next 400 days end at somebody who can be reached: services, the red ones first, in words."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from tocsin.directory import permissions
from tocsin.directory import queries as directory
from tocsin.oncall import commands, proving
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow


@allow(SIGNED_IN)
@require_GET
def show(request: Request) -> HttpResponse:
    """What the engine found last; before its first look, what is so now."""
    report = proving.stored() or proving.prove(request.now)
    named = {one.service for one in report.findings}
    looked_at = directory.services(request.actor).filter(updated_at__lte=report.at)
    proven = [service for service in looked_at if service.slug not in named]
    context = {
        "report": report,
        "sections": [
            ("fails", "Nobody would answer", report.failures),
            ("falls", "Only the last resort would answer", report.warnings),
        ],
        "proven": proven,
        "days": proving.DAYS,
        "may_prove": permissions.is_responder(request.actor),
    }
    return render(request, "oncall/proof.html", context)


@allow(RESPONDER)
@require_POST
def again(request: Request) -> HttpResponse:
    """Work it out now."""
    report = commands.keep_proof(request.actor, now=request.now)
    messages.success(request, f"Looked at {report.services} services just now.")
    return redirect("on_call_proof")


urlpatterns = [
    path("oncall/proof", show, name="on_call_proof"),
    path("oncall/proof/again", again, name="on_call_proof_again"),
]
