"""Communications reviews: pick a finished incident, walk its timeline, note, agree on actions, and set when people meet again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from tocsin.core import clock
from tocsin.core.errors import Refused
from tocsin.directory import permissions as directory
from tocsin.incidents import queries as incidents
from tocsin.postmortems.communication import commands, queries, rules
from tocsin.postmortems.communication.models import CommunicationsReview
from tocsin.web.forms import people
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame import reader
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow

_SHOWN = 50


@allow(SIGNED_IN)
@require_GET
def listing(request: Request) -> HttpResponse:
    return _listing(request, Typed(initial={"scribe": request.actor.id, "incident": request.GET.get("incident", "")}))


def _listing(request: Request, form: Typed) -> HttpResponse:
    found = list(queries.reviews(request.actor)[:_SHOWN])
    due = queries.next_due(request.now)
    context = {
        "here": "postmortems",
        "form": form,
        "candidates": list(queries.candidates(request.actor, request.now)),
        "running": [one for one in found if one.state == CommunicationsReview.RUNNING],
        "completed": [one for one in found if one.state == CommunicationsReview.COMPLETED],
        "due": due,
        "overdue": due is not None and due < _today(request),
        "near": people.nearest(also=[request.actor.id]),
        "may_respond": directory.is_responder(request.actor),
    }
    return render(request, "communications/list.html", context, status=200 if form.ok else 422)


def _today(request: Request) -> dt.date:
    return request.now.astimezone(reader.present().zone).date()


@allow(RESPONDER)
@require_POST
def start(request: Request) -> HttpResponse:
    form = Typed(request.POST)
    key = form.text("incident", longest=40, required="Choose the incident.")
    scribe = people.read_person(form, "scribe")
    if form.ok and scribe is None:
        form.errors["scribe"] = "Choose who writes."
    if form.ok:
        try:
            made = commands.start_review(request.actor, incidents.by_key(request.actor, key), scribe=scribe, now=request.now)
            return redirect("communications_review", made.id)
        except Refused as refused:
            form.refuse(refused, code="incident")
    return _listing(request, form)


@allow(SIGNED_IN)
@require_GET
def show(request: Request, review_id: str) -> HttpResponse:
    return _page(request, queries.review(request.actor, review_id), Typed())


def _page(request: Request, review: CommunicationsReview, form: Typed) -> HttpResponse:
    points = queries.walk(request.actor, review)
    today = _today(request)
    context = {
        "here": "postmortems",
        "review": review,
        "incident": review.incident,
        "running": review.state == CommunicationsReview.RUNNING,
        "points": points,
        "elsewhere": queries.elsewhere(points, review),
        "actions": [(one, rules.KINDS.get(one.kind, one.kind)) for one in queries.actions(review)],
        "kinds": [(name, words, rules.PROMPTS[name]) for name, words in rules.KINDS.items()],
        "near": people.nearest(also=[review.lead_id, review.scribe_id]),
        "regroup": rules.regroup_day(None, today),
        "next": rules.next_day(None, today, rules.EVERY_MONTHS),
        "months": rules.EVERY_MONTHS,
        "may_respond": directory.is_responder(request.actor),
        "form": form,
    }
    return render(request, "communications/review.html", context, status=200 if form.ok else 422)


Act = Callable[[Request, CommunicationsReview, Typed], str]


def _acting(act: Act, anchor: str) -> Callable[[Request, str], HttpResponse]:
    """One form of the review: carried out, or shown again with what is wrong."""

    @allow(RESPONDER)
    @require_POST
    def view(request: Request, review_id: str) -> HttpResponse:
        review, form = queries.review(request.actor, review_id), Typed(request.POST)
        try:
            said = act(request, review, form)
        except Refused as refused:
            form.refuse(refused)
            said = ""
        if not form.ok:
            return _page(request, review, form)
        messages.success(request, said)
        return redirect(f"/communications-reviews/{review.id}#{anchor}")

    return view


def _note(request: Request, review: CommunicationsReview, form: Typed) -> str:
    about, text = form.text("about", longest=2_000), form.text("text", longest=4_000, lines=True)
    try:
        at = clock.parse(form.text("at", longest=40))
    except (ValueError, OverflowError):
        form.errors["form"] = "Choose the line that the note is about."
        return ""
    commands.note_review(request.actor, review, at=at, about=about, text=text, now=request.now)
    return "Noted."


def _action(request: Request, review: CommunicationsReview, form: Typed) -> str:
    title, kind = form.text("title", longest=240), form.text("kind", longest=20)
    next_step, owner = form.text("next_step", longest=400), people.read_person(form, "owner")
    due_on = form.date("due_on", required="")
    if not form.ok:
        return ""
    more: dict[str, Any] = {"title": title, "kind": kind, "next_step": next_step, "owner": owner, "due_on": due_on}
    made = commands.act_on_review(request.actor, review, **more, now=request.now)
    return f"x/{made.number} is {made.owner.name}'s."


def _complete(request: Request, review: CommunicationsReview, form: Typed) -> str:
    regroup_on, next_on = form.date("regroup_on", required=""), form.date("next_on", required="")
    months = form.number("every_months", least=1, most=12)
    if not form.ok:
        return ""
    days: dict[str, Any] = {"regroup_on": regroup_on, "next_on": next_on, "every_months": months}
    commands.complete_review(request.actor, review, **days, now=request.now)
    return "Completed. Both days are reminded of by mail."


urlpatterns = [
    path("communications-reviews", listing, name="communications_reviews"),
    path("communications-reviews/start", start, name="communications_review_start"),
    path("communications-reviews/<str:review_id>", show, name="communications_review"),
    path("communications-reviews/<str:review_id>/note", _acting(_note, "walk"), name="communications_review_note"),
    path("communications-reviews/<str:review_id>/action", _acting(_action, "actions"), name="communications_review_action"),
    path("communications-reviews/<str:review_id>/complete", _acting(_complete, "end"), name="communications_review_complete"),
]
