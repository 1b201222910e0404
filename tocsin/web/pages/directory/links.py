"""Short links: `/go/<name>` leads on, `/go` lists them all, administrators keep them below `/admin/links`."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from tocsin.collab import commands, queries
from tocsin.core.errors import NotFound, Refused
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import ADMINISTRATOR, SIGNED_IN, allow
from tocsin.web.hits import hits


@allow(SIGNED_IN)
@require_safe
def go(request: Request, name: str) -> HttpResponse:
    """`/go/<name>`: a name that somebody gave to an address."""
    link = queries.short_link(name)
    if link is None:
        raise NotFound(f"Nobody has given the name {name} to anything yet. All names are on /go.")
    if request.method == "GET":
        hits.follow(link.name)
    return redirect(link.target)


@allow(SIGNED_IN)
@require_GET
def listing(request: Request) -> HttpResponse:
    return render(request, "links/list.html", {"links": list(queries.short_links())})


@allow(SIGNED_IN)
@require_GET
def listing_below(request: Request) -> HttpResponse:
    """`/go/`, as somebody types it who cut a name off."""
    return redirect("go_list")


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: Request) -> HttpResponse:
    """All links with their buttons, and a new one. A name that is taken is refused."""
    form = Typed(request.POST, initial={"name": request.GET.get("name", "")[:40]})
    if request.method == "POST":
        name, target, note = form.text("name"), form.text("target"), form.text("note")
        try:
            link = commands.create_short_link(request.actor, name, target, note=note, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"go/{link.name} leads to {link.target}.")
            return redirect("links")
    context = {"links": list(queries.short_links()), "form": form}
    return render(request, "links/keep.html", context, status=200 if form.ok else 422)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, name: str) -> HttpResponse:
    link = queries.short_link_to_change(name)
    form = Typed(request.POST, initial={"target": link.target, "note": link.note})
    if request.method == "POST":
        target, note = form.text("target"), form.text("note")
        try:
            link = commands.change_short_link(request.actor, link, target=target, note=note, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"go/{link.name} leads to {link.target}.")
            return redirect("links")
    return render(request, "links/change.html", {"link": link, "form": form}, status=200 if form.ok else 422)


@allow(ADMINISTRATOR)
@require_POST
def remove(request: Request, name: str) -> HttpResponse:
    link = queries.short_link_to_change(name)
    commands.remove_short_link(request.actor, link, now=request.now)
    messages.success(request, f"go/{name} leads nowhere any more.")
    return redirect("links")


urlpatterns = [
    path("go", listing, name="go_list"),
    path("go/", listing_below),
    path("go/<slug:name>", go, name="go"),
    path("go/<slug:name>/", go),
    path("admin/links", keep, name="links"),
    path("admin/links/<slug:name>", change, name="link_change"),
    path("admin/links/<slug:name>/remove", remove, name="link_remove"),
]
