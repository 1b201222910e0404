"""Products and gateways: what an administrator sets once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.errors import Invalid, NotFound, Refused
from tocsin.directory import commands, queries, rules
from tocsin.directory.models import Gateway
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import ADMINISTRATOR, SIGNED_IN, allow

METHODS = ("POST", "PUT", "PATCH", "GET")
NTFY = {
    "name": "ntfy",
    "method": "POST",
    "url": "https://ntfy.sh/{{ to }}",
    "headers": "Priority: urgent\nClick: {{ link }}",
    "body": "{{ text }}",
}


@allow(SIGNED_IN)
@require_GET
def products(request: Request) -> HttpResponse:
    return render(request, "admin/products.html", {"products": list(queries.products()), "form": Typed()})


@allow(ADMINISTRATOR)
@require_POST
def new_product(request: Request) -> HttpResponse:
    form = Typed(request.POST)
    try:
        product = commands.create_product(request.actor, name=form.text("name"), now=request.now)
    except Refused as refused:
        form.refuse(refused)
        return render(request, "admin/products.html", {"products": list(queries.products()), "form": form}, status=422)
    messages.success(request, f"{product.name} is a product now. Choose it on the services that make it.")
    return redirect("products")


@allow(ADMINISTRATOR)
@require_POST
def rename_product(request: Request, slug: str) -> HttpResponse:
    product = queries.products().filter(slug=slug).first()
    if product is None:
        raise NotFound("There is no such product.")
    commands.change_product(request.actor, product, name=request.POST.get("name", ""), now=request.now)
    messages.success(request, "Saved.")
    return redirect("products")


@allow(ADMINISTRATOR)
@require_GET
def gateways(request: Request) -> HttpResponse:
    return render(request, "admin/gateways.html", {"gateways": list(queries.gateways())})


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new_gateway(request: Request) -> HttpResponse:
    form = Typed(request.POST, initial=NTFY)
    if request.method == "POST":
        try:
            fields = _gateway_fields(form)
            gateway = commands.create_gateway(request.actor, **fields, headers=_headers(form), now=request.now)
            return _gateway_saved(request, gateway)
        except Refused as refused:
            form.refuse(refused)
    return _gateway_page(request, form, None)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def gateway(request: Request, gateway_id: str) -> HttpResponse:
    """The stored headers are not shown again; left empty they stay."""
    found = queries.gateways().filter(pk=gateway_id).first()
    if found is None:
        raise NotFound("There is no such gateway.")
    form = Typed(request.POST, initial={name: getattr(found, name) for name in ("name", "method", "url", "body")})
    if request.method == "POST":
        try:
            fields, headers = _gateway_fields(form), _headers(form) or None
            commands.change_gateway(request.actor, found, **fields, headers=headers, now=request.now)
            return _gateway_saved(request, found)
        except Refused as refused:
            form.refuse(refused)
    return _gateway_page(request, form, found)


def _gateway_fields(form: Typed) -> dict[str, Any]:
    return {name: form.text(name) for name in ("name", "method", "url")} | {"body": form.text("body", lines=True)}


def _headers(form: Typed) -> dict[str, str]:
    try:
        return rules.headers_from_text(form.text("headers", lines=True))
    except ValueError as error:
        raise Invalid(f"“{error}” is no header; write Name: value, one a line.", field="headers") from None


def _gateway_page(request: Request, form: Typed, found: Gateway | None) -> HttpResponse:
    context = {"form": form, "gateway": found, "methods": METHODS}
    return render(request, "admin/gateway.html", context, status=200 if form.ok else 422)


def _gateway_saved(request: Request, found: Gateway) -> HttpResponse:
    messages.success(request, f"{found.name} is saved. People add an address at it on their profile; a code proves that it works.")
    return redirect("gateways")


urlpatterns = [
    path("products", products, name="products"),
    path("products/new", new_product, name="product_new"),
    path("products/<slug:slug>", rename_product, name="product_rename"),
    path("gateways", gateways, name="gateways"),
    path("gateways/new", new_gateway, name="gateway_new"),
    path("gateways/<str:gateway_id>", gateway, name="gateway"),
]
