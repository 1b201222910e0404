"""Planned work: what goes on, what is to come, what somebody forgot; and what is said and done about one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from tocsin.core.errors import Refused
from tocsin.directory import permissions
from tocsin.statuspages.maintenance import commands, queries
from tocsin.statuspages.maintenance.models import Maintenance
from tocsin.statuspages.mirrors import commands as mirroring
from tocsin.statuspages.mirrors import queries as mirrors
from tocsin.statuspages.outside.rules import code
from tocsin.statuspages.pages import addresses
from tocsin.statuspages.rules import EXTERNAL
from tocsin.web.forms import typed_times
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow

SHOWN = 20


@allow(SIGNED_IN)
@require_safe
def listing(request: Request) -> HttpResponse:
    found = queries.shown(request.now)
    series = list(queries.all_series(running=True))
    coming = queries.coming(series, request.now)
    over = [one for one in found if not one.is_open]
    context = {
        "late": [one for one in found if one.overdue],
        "active": [one for one in found if one.is_active and not one.overdue],
        "ahead": [one for one in found if one.is_open and not one.is_active and not one.overdue],
        "past": over[:SHOWN],
        "series": [(one, queries.rule_words(one), coming.get(one.pk)) for one in series],
        "plans": permissions.is_responder(request.actor),
        "here": "status",
    }
    return render(request, "maintenance/list.html", context)


@allow(SIGNED_IN)
@require_safe
def show(request: Request, maintenance_id: str) -> HttpResponse:
    return _page(request, queries.maintenance(maintenance_id), Typed())


def _page(request: Request, found: Maintenance, form: Typed) -> HttpResponse:
    work = queries.work_of(found, request.now)
    for name, instant in (("starts", found.starts_at), ("ends", found.ends_at)):
        form.values.setdefault(name, typed_times.typed(instant, request.actor.zone, request.now))
    parts = [part.pk for part in work.parts]
    clash = queries.warnings(found.page, parts, found.starts_at, found.ends_at, but=found.pk) if work.is_open else []
    context = {
        "work": work,
        "rule": queries.rule_words(found.series) if found.series else "",
        "warnings": clash,
        "plans": permissions.is_responder(request.actor),
        "outside": _outside(found),
        "elsewhere": mirrors.told_of_work(found),
        "form": form,
        "here": "status",
    }
    return render(request, "maintenance/show.html", context, status=200 if form.ok else 422)


def _outside(found: Maintenance) -> str:
    """Where readers see it; a secret address is not written where all staff read it."""
    page = found.page
    told = page.audience == EXTERNAL and not page.is_secret and page.archived_at is None
    return f"{addresses.path(page)}/incidents/{code(found.pk)}" if told else ""


_ACTS = {
    "begin": (commands.begin, "It has begun; readers see it within a second."),
    "verify": (commands.verify, "Readers see that it is being verified."),
    "complete": (commands.complete, "It is over; its parts are what they were."),
    "cancel": (commands.cancel, "Called off; whoever was told of it hears so."),
}


@allow(RESPONDER)
@require_POST
def act(request: Request, maintenance_id: str) -> HttpResponse:
    """`do`: begin, verify, complete, cancel or say, with `body` for readers."""
    found, form = queries.maintenance(maintenance_id), Typed(request.POST)
    verb, body = form.text("do", longest=20), form.text("body", lines=True)
    try:
        if verb in _ACTS:
            do, words = _ACTS[verb]
            do(request.actor, found, body=body, now=request.now)
        else:
            commands.say(request.actor, found, body, now=request.now)
            words = "Said; readers see it within a second."
        messages.success(request, words)
        return redirect("maintenance", found.pk)
    except Refused as refused:
        form.refuse(refused, state="form")
        return _page(request, queries.maintenance(maintenance_id), form)


@allow(RESPONDER)
@require_POST
def move(request: Request, maintenance_id: str) -> HttpResponse:
    """Another time: `starts` and `ends` in words, `why` for readers."""
    found, form = queries.maintenance(maintenance_id), Typed(request.POST)
    begun = found.begun_at is not None
    starts = None if begun else form.when("starts", zone=request.actor.zone, now=request.now, past=False, required="Say from when.")
    ends = form.when("ends", zone=request.actor.zone, now=request.now, past=False, required="Say until when.")
    if form.ok:
        try:
            why = form.text("why", lines=True)
            moved = commands.move(request.actor, found, starts_at=starts, ends_at=ends, body=why, now=request.now)
            told = "Moved; whoever was told of it hears so." if moved.sequence != found.sequence else "That is when it is already."
            messages.success(request, told)
            return redirect("maintenance", found.pk)
        except Refused as refused:
            form.refuse(refused, starts_at="starts", ends_at="ends", body="why", state="form")
    return _page(request, found, form)


@allow(RESPONDER)
@require_POST
def retry(request: Request, maintenance_id: str, copy_id: str) -> HttpResponse:
    """Tell a page elsewhere again what it did not take."""
    found = queries.maintenance(maintenance_id)
    try:
        copy = mirroring.retry_work(request.actor, found, mirrors.copy_of_work(request.actor, found, copy_id), now=request.now)
        messages.success(request, f"{copy.mirror.name} is told again. What comes of it stands below.")
    except Refused as refused:
        if refused.status != 409:
            raise
        messages.warning(request, refused.detail)
    return redirect("maintenance", found.pk)


@allow(RESPONDER)
@require_POST
def end_series(request: Request, series_id: str) -> HttpResponse:
    found = queries.series(series_id)
    try:
        commands.end_series(request.actor, found, now=request.now)
        messages.success(request, f"“{found.title}” comes no more. What was still planned of it is called off.")
    except Refused as refused:
        messages.warning(request, refused.detail)
    return redirect("maintenances")


urlpatterns = [
    path("maintenance", listing, name="maintenances"),
    path("maintenance/series/<str:series_id>/end", end_series, name="maintenance_series_end"),
    path("maintenance/<str:maintenance_id>", show, name="maintenance"),
    path("maintenance/<str:maintenance_id>/act", act, name="maintenance_act"),
    path("maintenance/<str:maintenance_id>/move", move, name="maintenance_move"),
    path("maintenance/<str:maintenance_id>/mirrored/<str:copy_id>/retry", retry, name="maintenance_retry"),
]
