"""Past incidents that are written down afterwards for customers: those there are, a new one, and taking one off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.core.errors import Refused
from tocsin.directory import permissions
from tocsin.statuspages import parts as pages
from tocsin.statuspages.backfilled import commands, queries
from tocsin.statuspages.outside.rules import code
from tocsin.statuspages.rules import EXTERNAL, OPERATIONAL, SAYABLE_STATES
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow

SHOWN = 100


@allow(SIGNED_IN)
@require_safe
def listing(request: Request) -> HttpResponse:
    rows = [(one, code(one.pk), one.updates.all()[0]) for one in queries.entries()[:SHOWN]]
    context = {"entries": rows, "writes": permissions.is_responder(request.actor), "here": "status"}
    return render(request, "maintenance/backfilled.html", context)


@allow(RESPONDER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Of each part `c-<id>` says how it was; empty: it worked."""
    page = pages.page(request.POST.get("page") or request.GET.get("page") or EXTERNAL)
    parts = list(page.components.all())
    form = Typed(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        zone, now = request.actor.zone, request.now
        title = form.text("title", required="Say in a few words what it was.", longest=270)
        body = form.text("body", required="Say what readers noticed, and why.", lines=True)
        started = form.when("started_at", zone=zone, now=now, past=True, required="Say when it began.")
        resolved = form.when("resolved_at", zone=zone, now=now, past=True, required="Say when it was over.")
        allowed = ["", *(state for state in SAYABLE_STATES if state != OPERATIONAL)]
        chosen = {part.pk: form.choice(f"c-{part.pk}", allowed, wrong="Choose how it was.") for part in parts}
        states = {key: state for key, state in chosen.items() if state}
        if form.ok and started and resolved:
            times: dict[str, Any] = {"started_at": started, "resolved_at": resolved, "states": states}
            try:
                commands.backfill(request.actor, page, title=title, body=body, **times, now=now)
                messages.success(request, "Written down. It stands in the history; nobody was mailed.")
                return redirect("backfilled")
            except Refused as refused:
                form.refuse(refused, page="form")
    rows = [(part, form[f"c-{part.pk}"]) for part in parts]
    states_shown = [(state, words) for state, words in SAYABLE_STATES.items() if state != OPERATIONAL]
    context = {"form": form, "page": page, "parts": rows, "states": states_shown, "here": "status"}
    return render(request, "maintenance/backfill.html", context, status=200 if form.ok else 422)


@allow(RESPONDER)
@require_POST
def remove(request: Request, entry_id: str) -> HttpResponse:
    found = queries.entry(entry_id)
    commands.remove(request.actor, found, now=request.now)
    messages.success(request, f"“{found.title}” is off the page. The audit log keeps that it was there.")
    return redirect("backfilled")


urlpatterns = [
    path("backfilled", listing, name="backfilled"),
    path("backfilled/new", new, name="backfilled_new"),
    path("backfilled/<str:entry_id>/remove", remove, name="backfilled_remove"),
]
