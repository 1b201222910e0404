"""Vendors: whom outside the house to call, what to say, and which services need them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from tocsin.core.errors import Refused
from tocsin.directory import commands, queries
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import ADMINISTRATOR, SIGNED_IN, allow


@allow(SIGNED_IN)
@require_GET
def listing(request: Request) -> HttpResponse:
    return render(request, "vendors/list.html", {"vendors": list(queries.vendors())})


@allow(SIGNED_IN)
@require_GET
def detail(request: Request, slug: str) -> HttpResponse:
    return render(request, "vendors/detail.html", {"vendor": queries.vendor(slug)})


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
    form = Typed(request.POST, initial={name: getattr(vendor, name) for name in ("name", "support_url", "phone", "procedure")})
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
    return {name: form.text(name) for name in ("name", "support_url", "phone")} | {"procedure": form.text("procedure", lines=True)}


urlpatterns = [
    path("vendors", listing, name="vendors"),
    path("vendors/new", new, name="vendor_new"),
    path("v/<slug:slug>", detail, name="vendor"),
    path("v/<slug:slug>/change", change, name="vendor_change"),
]
