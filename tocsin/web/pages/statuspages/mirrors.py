"""Pages elsewhere that repeat ours: registered, tried, switched off, with what each took last."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.errors import Refused
from tocsin.statuspages import parts
from tocsin.statuspages.mirrors import commands, queries, rules
from tocsin.statuspages.mirrors.models import Mirror
from tocsin.statuspages.models import Component
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import ADMINISTRATOR, allow

COPIES = 30
_PART = "part-"


@allow(ADMINISTRATOR)
@require_GET
def listing(request: Request) -> HttpResponse:
    return render(request, "mirrors/list.html", {"mirrors": list(queries.mirrors(request.actor)), "kinds": rules.KINDS})


@allow(ADMINISTRATOR)
@require_GET
def show(request: Request, slug: str) -> HttpResponse:
    found = queries.mirror(request.actor, slug)
    context = {
        "mirror": found,
        "kind": rules.KINDS[found.kind],
        "parts": [(part, found.parts.get(part.id, "")) for part in _components(found)],
        "copies": list(queries.copies_to(found)[:COPIES]),
    }
    return render(request, "mirrors/detail.html", context)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The secret of a signed call is on the answer and nowhere else."""
    initial = {"kind": Mirror.HOSTED, "page": "external", "notifies": "1"}
    form = Typed(request.POST, initial=None if request.method == "POST" else initial)
    if request.method == "POST":
        chosen = next((page for page, _ in parts.pages() if page.slug == form.text("page")), None)
        values = _typed(form) | {"kind": form.text("kind"), "key": form.text("key")}
        values |= {"audience": chosen.audience if chosen else form.text("audience"), "page": chosen.slug if chosen else ""}
        try:
            made, secret = commands.create_mirror(request.actor, **values, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            if secret:
                return _secret(request, made, secret)
            return _back(request, made.slug, "It is registered. A test shows whether it answers.")
    offered = [page for page, _ in parts.pages() if not page.is_secret]
    context = {"form": form, "kinds": rules.KINDS.items(), "pages": offered}
    return render(request, "mirrors/edit.html", context, status=200 if form.ok else 422)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, slug: str) -> HttpResponse:
    found = queries.mirror(request.actor, slug)
    initial = {name: getattr(found, name) for name in ("name", "address", "remote_page", "notifies")}
    shown = _components(found)
    form = Typed(request.POST, initial=initial | {_PART + one.id: found.parts.get(one.id, "") for one in shown})
    if request.method == "POST":
        values = _typed(form) | {"parts": {one.id: form.text(_PART + one.id) for one in shown}}
        try:
            commands.change_mirror(request.actor, found, **values, key=form.text("key") or None, now=request.now)
            return _back(request, slug, "Saved. What waits goes to where it is now.")
        except Refused as refused:
            form.refuse(refused)
    rows = [(one, form[_PART + one.id]) for one in shown]
    return render(request, "mirrors/edit.html", {"form": form, "mirror": found, "parts": rows}, status=200 if form.ok else 422)


@allow(ADMINISTRATOR)
@require_POST
def act(request: Request, slug: str) -> HttpResponse:
    """`do`: `try`, `pause`, `resume`, `renew` (the secret is on this answer and nowhere else) or `remove`."""
    found, verb = queries.mirror(request.actor, slug), request.POST.get("do", "")
    if verb == "remove":
        commands.remove_mirror(request.actor, found, now=request.now)
        messages.success(request, f"{found.name} is told nothing any more.")
        return redirect("mirrors")
    if verb == "renew":
        return _secret(request, *commands.renew_key(request.actor, found, now=request.now))
    if verb == "pause":
        commands.pause_mirror(request.actor, found, now=request.now)
        return _back(request, slug, "It is switched off. What it would be told is written down.")
    if verb == "resume":
        commands.resume_mirror(request.actor, found, now=request.now)
        return _back(request, slug, "It is told again, from now on.")
    commands.try_mirror(request.actor, found, now=request.now)
    return _back(request, slug, "A test is on its way. What came of it stands below.")


def _typed(form: Typed) -> dict[str, Any]:
    plain = {name: form.text(name) for name in ("name", "address", "remote_page")}
    return {**plain, "notifies": form.ticked("notifies")}


def _components(found: Mirror) -> list[Component]:
    return next((rows for page, rows in parts.pages() if page.pk == found.page_id), [])


def _secret(request: Request, found: Mirror, secret: str) -> HttpResponse:
    return render(request, "mirrors/secret.html", {"mirror": found, "secret": secret})


def _back(request: Request, slug: str, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("mirror", slug)


urlpatterns = [
    path("admin/mirrors", listing, name="mirrors"),
    path("admin/mirrors/new", new, name="mirror_new"),
    path("admin/mirrors/<slug:slug>", show, name="mirror"),
    path("admin/mirrors/<slug:slug>/change", change, name="mirror_change"),
    path("admin/mirrors/<slug:slug>/act", act, name="mirror_act"),
]
