"""Declare an incident: the form that anybody signed in may send, from scratch or from an alert. Screen 6."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from tocsin.alerts import queries as alerts
from tocsin.alerts.models import Alert
from tocsin.core.actor import Actor
from tocsin.core.errors import Refused
from tocsin.directory import queries as directory
from tocsin.directory.models import Product, Service
from tocsin.incidents import commands
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.incidents.template.preparation import Preparation
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed, clean, whole
from tocsin.web.gate.policy import PUBLIC, SIGNED_IN, allow
from tocsin.web.pages import declare_prepared, woken

SOURCES = (
    (Incident.OBSERVATION, "I saw it myself"),
    (Incident.CUSTOMER, "A customer told us"),
    (Incident.MONITORING, "Monitoring"),
)
UNKNOWN = "unknown"
_TWICE = dt.timedelta(seconds=60)


@allow(PUBLIC)
@require_GET
def report(request: Request) -> HttpResponse:
    """The short address that everybody remembers."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"/declare?{query}" if query else "/declare")


@allow(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def declare(request: Request) -> HttpResponse:
    actor = request.actor
    services, products = list(directory.services(actor).prefetch_related(None)), list(directory.products())
    if request.method == "GET":
        return _begin(request, services, products)
    form = Typed(request.POST)
    own, wanted = _template(request, form), _read(form, services, products, actor)
    if own is not None:
        wanted["prepared"] = declare_prepared.read(request, form, own)
    if form.ok and request.POST.get("do") != "preview":
        twin = _said_twice(actor, wanted["summary"], request.now)
        if twin is not None:
            return redirect(f"/{twin.key}")
        try:
            incident = commands.declare(actor, **wanted, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/{incident.key}")
    if request.POST.get("do") == "preview":
        form.errors.clear()
        return _form(request, form, services, products, own)
    return _form(request, form, services, products, own, status=422)


def _begin(request: Request, services: list[Service], products: list[Product]) -> HttpResponse:
    """The form as an alert, a template or the address fills it in."""
    form = Typed(initial=_initial(request))
    try:
        own = declare_prepared.chosen(request, clean(request.GET.get("template", ""))[:60])
    except Refused as refused:
        form.errors["template"] = f"{refused.detail} The form works without it."
        return _form(request, form, services, products, None, status=404)
    if own is not None:
        alert = form["alert"]
        told = {name: form.values[name] for name in ("summary", "description", "source", "service") if form[name]} if alert else {}
        form.values |= declare_prepared.presets(own) | told
    return _form(request, form, services, products, own)


def _template(request: Request, form: Typed) -> Preparation | None:
    """The template that the form was filled in from; one that was removed meanwhile is noted in the form."""
    try:
        return declare_prepared.chosen(request, form.text("template", longest=60))
    except Refused:
        form.errors["template"] = "This template was removed meanwhile. What it filled in is still here; declare without it."
        form.values["template"] = ""
        return None


def _form(
    request: Request,
    form: Typed,
    services: list[Service],
    products: list[Product],
    own: Preparation | None,
    *,
    status: int = 200,
) -> HttpResponse:
    chosen = next((service for service in services if service.slug == form["service"]), None)
    preview = woken.for_incident(chosen, request.now)
    context = {
        "form": form,
        "services": services,
        "products": products,
        "severities": directory.severities(),
        "sources": SOURCES,
        "preview": preview,
        **declare_prepared.shown(request, form, own, preview),
        "service": chosen,
        "open": list(incidents.incidents(request.actor, state="open")[:6]),
        "alert": _alert(request.actor, form["alert"]),
        "here": "incidents",
    }
    return render(request, "declare.html", context, status=status)


def _initial(request: Request) -> dict[str, Any]:
    """What an alert, or the address, already knows."""
    asked = request.GET
    values: dict[str, Any] = {
        "severity": "2",
        "service": asked.get("service", ""),
        "summary": asked.get("summary", "")[:200],
        "source": Incident.OBSERVATION,
        "products": asked.getlist("product"),
        "drill": "drill" in asked,
    }
    alert = _alert(request.actor, asked.get("alert", ""))
    if alert is not None:
        values |= {
            "alert": str(alert.number),
            "summary": alert.title[:200],
            "description": "\n".join(part for part in (alert.description, alert.url) if part),
            "service": alert.service.slug,
            "source": Incident.MONITORING,
            "severity": "2" if alert.urgency == Alert.HIGH else "3",
            "products": list(alert.service.products.values_list("slug", flat=True)),
        }
    return values


def _alert(actor: Actor, number: str) -> Alert | None:
    if whole(number) is None:
        return None
    try:
        return alerts.alert_by_number(actor, int(number))
    except Refused:
        return None


def _read(form: Typed, services: list[Service], products: list[Product], actor: Actor) -> dict[str, Any]:
    """The form as arguments of the command."""
    by_slug = {service.slug: service for service in services}
    chosen = form.choice("service", [*by_slug, UNKNOWN, ""], wrong="Choose a service from the list, or “I don’t know”.")
    severity = form.choice("severity", ["1", "2", "3"], wrong="Choose Sev 1, 2 or 3.")
    ticked = set(form.many("products"))
    alert = _alert(actor, form.text("alert", longest=20))
    return {
        "summary": form.text("summary", required="Say in one line what the emergency is.", longest=200),
        "description": form.text("description", lines=True),
        "severity": int(severity) if severity in {"1", "2", "3"} else 2,
        "service": by_slug.get(chosen),
        "products": [product for product in products if product.slug in ticked],
        "source": form.choice("source", [value for value, _ in SOURCES], wrong="Say how it was noticed."),
        "private": form.ticked("private"),
        "drill": form.ticked("drill"),
        "alerts": [alert] if alert is not None else [],
        **({"detected_at": alert.started_at} if alert is not None else {}),
    }


def _said_twice(actor: Actor, summary: str, now: dt.datetime) -> Incident | None:
    """The incident the same person declared with the same words a moment ago: a double click, not a second emergency."""
    recent = incidents.incidents(actor, state="open").filter(reporter_id=actor.id, summary=summary, created_at__gt=now - _TWICE)
    return recent.first()


urlpatterns = [
    path("report", report),
    path("declare", declare),
]
