"""Swaps: ask a colleague or the team to take a shift, accept, decline, take back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from tocsin.core.errors import Refused
from tocsin.directory import queries as directory
from tocsin.oncall import commands
from tocsin.oncall import queries as oncall
from tocsin.web.forms import people
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, allow
from tocsin.web.pages.oncall.rota import back, moved, schedule_page, zone_of


@allow(RESPONDER)
@require_GET
def inbox(request: Request) -> HttpResponse:
    """What others ask of me, what I asked, and what became of it."""
    asked, mine, ended = oncall.my_cover_requests(request.actor, request.now)
    return render(request, "schedules/swaps.html", {"asked": asked, "mine": mine, "ended": ended})


@allow(RESPONDER)
@require_POST
def ask(request: Request, slug: str) -> HttpResponse:
    """The time is a shift chosen from the list (`start/end` as instants) or typed."""
    found, form = oncall.schedule(request.actor, slug), Typed(request.POST)
    try:
        zone = zone_of(request, found).key
        starts = form.when("cover_from", zone=zone, now=request.now, past=False, required="Say from when.")
        ends = form.when("cover_until", zone=zone, now=request.now, past=False, required="Say until when.")
        asked, giver = people.read_person(form, "asked"), people.read_person(form, "giver")
        back_starts = form.when("back_from", zone=zone, now=request.now, past=False)
        back_ends = form.when("back_until", zone=zone, now=request.now, past=False)
        if bool(back_starts) != bool(back_ends) and form.ok:
            form.errors["back_until" if back_starts else "back_from"] = "Give both ends of the time in return, or neither."
        given = (back_starts, back_ends) if back_starts and back_ends else None
        if form.ok and starts and ends:
            commands.ask_cover(
                request.actor,
                found,
                person=giver or directory.person(request.actor.id),
                starts_at=starts,
                ends_at=ends,
                asked=asked,
                back=given,
                note=form.text("note"),
                now=request.now,
            )
            jumped = moved(form, "cover_from", "cover_until", "back_from", "back_until")
            return back(request, slug, f"Asked. The shift stays yours until somebody accepts. {jumped}".strip())
    except Refused as refused:
        form.refuse(refused, starts_at="cover_from", ends_at="cover_until", back_starts_at="back_from", back_ends_at="back_until")
    return schedule_page(request, found, form)


@allow(RESPONDER)
@require_POST
def accept(request: Request, cover_id: str) -> HttpResponse:
    made = commands.accept_cover(request.actor, oncall.cover_request(cover_id), now=request.now)
    messages.success(request, f"It is yours now; {made.person.name} is told.")
    return redirect("swaps")


@allow(RESPONDER)
@require_POST
def decline(request: Request, cover_id: str) -> HttpResponse:
    made = commands.decline_cover(request.actor, oncall.cover_request(cover_id), now=request.now)
    messages.success(request, f"Declined; {made.person.name} keeps the shift.")
    return redirect("swaps")


@allow(RESPONDER)
@require_POST
def withdraw(request: Request, cover_id: str) -> HttpResponse:
    commands.withdraw_cover(request.actor, oncall.cover_request(cover_id), now=request.now)
    messages.success(request, "Taken back; the shift stays where it was.")
    return redirect("swaps")


urlpatterns = [
    path("oncall/swaps", inbox, name="swaps"),
    path("schedules/<slug:slug>/covers", ask, name="cover_ask"),
    path("covers/<str:cover_id>/accept", accept, name="cover_accept"),
    path("covers/<str:cover_id>/decline", decline, name="cover_decline"),
    path("covers/<str:cover_id>/withdraw", withdraw, name="cover_withdraw"),
]
