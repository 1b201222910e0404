"""Planning work: first what was understood and what it meets, then the plan. And changing its words and parts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from tocsin.core.errors import Refused
from tocsin.directory.rules import is_zone
from tocsin.oncall.rules import zone_of
from tocsin.statuspages import parts as pages
from tocsin.statuspages.maintenance import commands, queries, repeating, rules, saying
from tocsin.statuspages.models import StatusPage
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame.zones import COMMON
from tocsin.web.gate.policy import RESPONDER, allow

MOST = 500


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the form asks for, as commands take it; `repeat` is None for work that comes once."""

    fields: dict[str, Any]
    repeat: repeating.Repeat | None
    zone: str


@allow(RESPONDER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """`do=review` says what was understood and writes nothing, `do=plan` plans it."""
    page = pages.page(request.POST.get("page") or request.GET.get("page") or "external")
    by_itself = {"begins": True, "ends": True, "reminds": True}
    initial = {"repeats": repeating.ONCE, "zone": request.actor.zone, "interval": "1", "parts": [], **by_itself}
    if request.method != "POST":
        return _form(request, page, Typed(initial=initial))
    form = Typed(request.POST, initial=initial)
    wanted = _wanted(form, request)
    if wanted is None or not form.ok:
        return _form(request, page, form)
    try:
        if request.POST.get("do") == "plan":
            return _plan(request, page, wanted)
        rules.check_times(wanted.fields["starts_at"], wanted.fields["ends_at"], request.now)
    except Refused as refused:
        form.refuse(refused, starts_at="starts_at", ends_at="ends_at", rule="repeats")
        return _form(request, page, form)
    return _form(request, page, form, wanted)


def _wanted(form: Typed, request: Request) -> _Wanted | None:
    """Read the form; None when its times cannot be read."""
    zone = form.text("zone", longest=64) or request.actor.zone
    if not is_zone(zone):
        form.errors["zone"] = "Name a zone of the tz database, such as Europe/Vienna."
        zone = "UTC"
    starts = form.when("starts_at", zone=zone, now=request.now, past=False, required="Say from when.")
    ends = form.when("ends_at", zone=zone, now=request.now, past=False, required="Say until when.")
    fields = {
        "title": form.text("title", required="Say in a few words what is done.", longest=270),
        "body": form.text("body", required="Say what readers will notice.", lines=True),
        "parts": form.many("parts"),
        "begins_by_itself": form.ticked("begins"),
        "ends_by_itself": form.ticked("ends"),
        "reminds": form.ticked("reminds"),
        "starts_at": starts,
        "ends_at": ends,
    }
    repeat = _repeat(form, starts.astimezone(zone_of(zone)).date() if starts else None)
    return _Wanted(fields, repeat, zone) if starts and ends else None


def _repeat(form: Typed, first_on: dt.date | None) -> repeating.Repeat | None:
    choice = form.choice("repeats", repeating.CHOICES, wrong="Choose how it comes again.")
    interval, count = form.number("interval", least=1, most=24), form.number("count", most=MOST)
    until = form.date("until", required="")
    if count and until:
        form.errors["until"] = "Say how many times or until when, not both."
    if choice == repeating.ONCE or not form.ok or first_on is None:
        return None
    try:
        return repeating.like(choice, first_on, interval=interval, count=count, until=until)
    except Refused as refused:
        form.refuse(refused, rule="repeats")
        return None


def _plan(request: Request, page: StatusPage, wanted: _Wanted) -> HttpResponse:
    if wanted.repeat is None:
        made = commands.plan(request.actor, page, **wanted.fields, now=request.now)
        messages.success(request, "Planned. Whoever wants to hear of its parts is told.")
        return redirect("maintenance", made.pk)
    rule = str(wanted.repeat)
    series = commands.plan_series(request.actor, page, **wanted.fields, rule=rule, zone=wanted.zone, now=request.now)
    messages.success(request, f"Planned: {queries.rule_words(series)}. Readers are told with the first time.")
    return redirect("maintenances")


def _form(request: Request, page: StatusPage, form: Typed, wanted: _Wanted | None = None) -> HttpResponse:
    """With `wanted` the form says what was understood."""
    clash = []
    if wanted is not None:
        fields = wanted.fields
        clash = queries.warnings(page, fields["parts"], fields["starts_at"], fields["ends_at"])
    context = {
        "form": form,
        "page": page,
        "pages": [row for row, _ in pages.pages()],
        "parts": list(page.components.all()),
        "choices": repeating.CHOICES.items(),
        "zones": COMMON,
        "wanted": wanted,
        "comes_again": saying.in_words(wanted.repeat) if wanted and wanted.repeat else "",
        "lasts": rules.length_words(wanted.fields["starts_at"], wanted.fields["ends_at"]) if wanted else "",
        "warnings": clash,
        "here": "status",
    }
    return render(request, "maintenance/new.html", context, status=200 if form.ok else 422)


@allow(RESPONDER)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, maintenance_id: str) -> HttpResponse:
    """Other words and parts; `say` tells readers of it."""
    found = queries.maintenance(maintenance_id)
    initial = {
        "title": found.title,
        "body": found.body,
        "parts": [part.pk for part in found.parts.all()],
        "begins": found.begins_by_itself,
        "ends": found.ends_by_itself,
        "reminds": found.reminds,
    }
    form = Typed(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        fields: dict[str, Any] = {
            "title": form.text("title", required="Say in a few words what is done.", longest=270),
            "body": form.text("body", required="Say what readers will notice.", lines=True),
            "parts": form.many("parts"),
            "begins_by_itself": form.ticked("begins"),
            "ends_by_itself": form.ticked("ends"),
            "reminds": form.ticked("reminds"),
            "say": form.text("say", lines=True),
        }
        if form.ok:
            try:
                commands.change(request.actor, found, **fields, now=request.now)
                messages.success(request, "Saved.")
                return redirect("maintenance", found.pk)
            except Refused as refused:
                form.refuse(refused, state="form")
    context = {"form": form, "maintenance": found, "parts": list(found.page.components.all()), "here": "status"}
    return render(request, "maintenance/change.html", context, status=200 if form.ok else 422)


urlpatterns = [
    path("maintenance/new", new, name="maintenance_new"),
    path("maintenance/<str:maintenance_id>/change", change, name="maintenance_change"),
]
