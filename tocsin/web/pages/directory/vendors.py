"""Vendors: whom outside the house to call, what to say, and which services need them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.errors import NotFound, Refused
from tocsin.directory import commands, permissions, queries
from tocsin.directory.models import Vendor
from tocsin.directory.vendor_status import queries as status
from tocsin.incidents import commands as commands_of_incidents
from tocsin.incidents import queries as incidents
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import ADMINISTRATOR, RESPONDER, SIGNED_IN, allow

LISTED = 50


@allow(SIGNED_IN)
@require_GET
def listing(request: Request) -> HttpResponse:
    """All of them; `?q=aws` opens the one that is called so, by its name, its short name or its initials."""
    named = queries.vendors_called(request.GET.get("q", ""))
    if len(named) == 1:
        return redirect("vendor", named[0].slug)
    found = list(queries.vendors())
    said = status.standings(found, request.now)
    return render(request, "vendors/list.html", {"vendors": [(one, said.get(one.id)) for one in found]})


@allow(SIGNED_IN)
@require_GET
def detail(request: Request, slug: str) -> HttpResponse:
    return _detail(request, queries.vendor(slug), Typed(initial={"incident": request.GET.get("incident", "")[:24]}))


def _detail(request: Request, vendor: Vendor, form: Typed) -> HttpResponse:
    may_respond = permissions.is_responder(request.actor)
    open_now = list(incidents.incidents(request.actor, state="open")[:LISTED]) if may_respond else []
    context = {"vendor": vendor, "open": open_now, "form": form, "standing": status.standing(vendor, request.now)}
    return render(request, "vendors/detail.html", context, status=200 if form.ok else 422)


@allow(RESPONDER)
@require_POST
def called(request: Request, slug: str) -> HttpResponse:
    """The vendor was called about an incident; its timeline says so."""
    vendor, form = queries.vendor(slug), Typed(request.POST)
    key, text = form.text("incident", required="Choose the incident.", longest=24), form.text("text", lines=True)
    if form.ok:
        try:
            commands_of_incidents.call_vendor(
                request.actor, incidents.by_key(request.actor, key), vendor, text=text, now=request.now
            )
            return redirect(f"/{key}")
        except NotFound:
            form.errors["incident"] = "Choose the incident from the list."
        except Refused as refused:
            form.refuse(refused)
    return _detail(request, vendor, form)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    form = Typed(request.POST)
    if request.method == "POST":
        try:
            vendor = commands.create_vendor(request.actor, **_fields(form), now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"{vendor.name} is in the catalogue. Choose it on the services that need it.")
            return redirect("vendor", vendor.slug)
    return render(request, "vendors/edit.html", {"form": form}, status=200 if form.ok else 422)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, slug: str) -> HttpResponse:
    vendor = queries.vendor(slug)
    form = Typed(
        request.POST, initial={name: getattr(vendor, name) for name in ("name", "support_url", "phone", "status_feed", "procedure")}
    )
    if request.method == "POST":
        try:
            commands.change_vendor(request.actor, vendor, **_fields(form), now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Saved.")
            return redirect("vendor", vendor.slug)
    return render(request, "vendors/edit.html", {"form": form, "vendor": vendor}, status=200 if form.ok else 422)


def _fields(form: Typed) -> dict[str, str]:
    return {name: form.text(name) for name in ("name", "support_url", "phone", "status_feed")} | {
        "procedure": form.text("procedure", lines=True)
    }


urlpatterns = [
    path("vendors", listing, name="vendors"),
    path("vendors/new", new, name="vendor_new"),
    path("v/<slug:slug>", detail, name="vendor"),
    path("v/<slug:slug>/called", called, name="vendor_called"),
    path("v/<slug:slug>/change", change, name="vendor_change"),
]
