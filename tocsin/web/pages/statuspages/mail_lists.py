"""Distribution lists: who hears by mail what the company is told, and how people put themselves on and off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.errors import NotFound, Refused
from tocsin.directory import queries as directory
from tocsin.statuspages.lists import addresses, commands, permissions, queries, rules
from tocsin.statuspages.lists.models import DistributionList
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import ADMINISTRATOR, SIGNED_IN, TOKEN, allow


@allow(SIGNED_IN)
@require_GET
def listing(request: Request) -> HttpResponse:
    mine = queries.subscribed(request.actor)
    found = [(one, one.pk in mine) for one in queries.lists()]
    hear = sum(not one.stands_for for one, _ in found)
    return render(request, "lists/list.html", {"lists": found, "hear": hear})


@allow(SIGNED_IN)
@require_GET
def detail(request: Request, slug: str) -> HttpResponse:
    return _detail(request, queries.list_called(slug), Typed())


def _detail(request: Request, chosen: DistributionList, form: Typed) -> HttpResponse:
    everybody = list(chosen.members.all())
    context = {
        "list": chosen,
        "size": len(everybody),
        "members": queries.members_shown(request.actor, chosen),
        "sees": permissions.sees_members(request.actor),
        "subscribed": any(one.person_id == request.actor.id for one in everybody),
        "mailed": queries.latest(chosen),
        "people": directory.people(active=True) if request.actor.is_administrator else (),
        "stop_after": rules.STOP_AFTER,
        "form": form,
    }
    return render(request, "lists/detail.html", context, status=200 if form.ok else 422)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    form = Typed(request.POST) if request.method == "POST" else Typed(initial={"severities": ["1", "2"]})
    if request.method == "POST":
        values = _fields(form)
        if form.ok:
            try:
                made = commands.create_list(request.actor, **values, now=request.now)
                messages.success(request, f"{made.name} is there. Put people on it.")
                return redirect("list", made.slug)
            except Refused as refused:
                form.refuse(refused, slug="name")
    return render(request, "lists/edit.html", {"form": form, "severities": rules.SEVERITIES}, status=200 if form.ok else 422)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, slug: str) -> HttpResponse:
    """Save the list, or with `do=remove` use it no more."""
    chosen = queries.list_called(slug)
    initial = {"name": chosen.name, "purpose": chosen.purpose, "is_open": chosen.is_open}
    form = Typed(request.POST, initial=initial | {"severities": [str(one) for one in chosen.severities]})
    if request.method == "POST" and request.POST.get("do") == "remove":
        commands.remove_list(request.actor, chosen, now=request.now)
        messages.success(request, f"{chosen.name} is told nothing any more.")
        return redirect("lists")
    if request.method == "POST":
        values = _fields(form)
        if form.ok:
            try:
                commands.change_list(request.actor, chosen, **values, now=request.now)
                messages.success(request, "Saved.")
                return redirect("list", chosen.slug)
            except Refused as refused:
                form.refuse(refused)
    context = {"form": form, "list": chosen, "severities": rules.SEVERITIES}
    return render(request, "lists/edit.html", context, status=200 if form.ok else 422)


def _fields(form: Typed) -> dict[str, Any]:
    chosen = form.many("severities")
    if any(one not in {"1", "2", "3"} for one in chosen):
        form.errors["severities"] = "Severities are 1, 2 and 3."
    return {
        "name": form.text("name", required="Give the list a name."),
        "purpose": form.text("purpose"),
        "severities": [int(one) for one in chosen if one in {"1", "2", "3"}],
        "is_open": form.ticked("is_open"),
    }


@allow(SIGNED_IN)
@require_POST
def mine(request: Request, slug: str) -> HttpResponse:
    """Put oneself on a list, or take oneself off."""
    chosen = queries.list_called(slug)
    if request.POST.get("do") == "unsubscribe":
        commands.unsubscribe(request.actor, chosen, now=request.now)
        messages.success(request, f"You are not on {chosen.name} any more.")
    else:
        commands.subscribe(request.actor, chosen, now=request.now)
        messages.success(request, f"You are on {chosen.name}.")
    return redirect("list", chosen.slug)


@allow(ADMINISTRATOR)
@require_POST
def add(request: Request, slug: str) -> HttpResponse:
    """A person of the directory by `person`, or an `address` with a `name`."""
    chosen, form = queries.list_called(slug), Typed(request.POST)
    person_id, address, name = form.text("person", longest=40), form.text("address"), form.text("name")
    try:
        person = directory.person(person_id) if person_id else None
        made = commands.add_member(request.actor, chosen, person=person, address=address, name=name, now=request.now)
        messages.success(request, f"{made.called} is on the list.")
        return redirect("list", chosen.slug)
    except NotFound:
        form.errors["person"] = "Choose somebody of the list."
    except Refused as refused:
        form.refuse(refused)
    return _detail(request, chosen, form)


@allow(ADMINISTRATOR)
@require_POST
def member(request: Request, slug: str, member_id: str) -> HttpResponse:
    """Take somebody off, or with `do=clear` mail them again."""
    chosen = queries.list_called(slug)
    found = queries.member_of(chosen, member_id)
    if request.POST.get("do") == "clear":
        commands.clear_bounces(request.actor, found, now=request.now)
        messages.success(request, f"{found.called} is mailed again.")
    else:
        commands.remove_member(request.actor, found, now=request.now)
        messages.success(request, f"{found.called} is not on the list any more.")
    return redirect("list", chosen.slug)


@allow(TOKEN)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request, token: str) -> HttpResponse:
    """The address in the mail. GET changes nothing: scanners open links. Mail programs post it for their reader (RFC 8058)."""
    if not addresses.leaving(token):
        raise NotFound("This address takes nobody off a list. Was it copied whole?")
    left = request.method == "POST"
    name = commands.leave(token, now=request.now) if left else ""
    return render(request, "lists/leave.html", {"left": left, "name": name})


urlpatterns = [
    path("lists", listing, name="lists"),
    path("lists/new", new, name="list_new"),
    path("lists/<slug:slug>", detail, name="list"),
    path("lists/<slug:slug>/change", change, name="list_change"),
    path("lists/<slug:slug>/mine", mine, name="list_mine"),
    path("lists/<slug:slug>/add", add, name="list_add"),
    path("lists/<slug:slug>/members/<str:member_id>", member, name="list_member"),
    path("leave-list/<str:token>", leave, name="list_leave"),
]
