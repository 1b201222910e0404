"""My profile: how I am reached and in which order, zone, theme, keys, tokens. Screen 16."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from tocsin.core.errors import Invalid, NotFound, Refused
from tocsin.directory import commands, queries
from tocsin.directory.models import ContactMethod, NotifyStep, Person
from tocsin.paging import commands as paging
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame.zones import COMMON
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.oncall import calendar_section

SCOPES = (
    ("read", "Read", "see alerts, incidents, people, schedules"),
    ("respond", "Respond", "acknowledge, declare, update, resolve"),
    ("configure", "Configure", "change people, teams, services, schedules"),
)
URGENCIES = (
    (NotifyStep.HIGH, "High urgency", "critical alerts, Sev 1 and Sev 2"),
    (NotifyStep.LOW, "Low urgency", "warnings and minor alerts"),
)


@allow(SIGNED_IN)
@require_GET
def me(request: Request) -> HttpResponse:
    return page(request, Typed())


def page(request: Request, form: Typed) -> HttpResponse:
    """The profile with a form that was refused, or an empty one."""
    person = request.user
    methods = queries.contact_methods(person)
    usable = [method for method in methods if method.verified_at and not method.broken_at]
    context = {
        "person": person,
        "methods": methods,
        "usable": usable,
        "orders": [_order(person, usable, *urgency) for urgency in URGENCIES],
        "gateways": list(queries.gateways()),
        "tokens": list(queries.tokens(person)),
        "second": person.id in queries.second_factors(),
        "themes": Person.THEMES,
        "scopes": SCOPES,
        "zones": COMMON,
        "form": form,
        "zone": form["zone"] or person.zone,
        "cal": calendar_section.of(request, person),
    }
    return render(request, "me/profile.html", context, status=200 if form.ok else 422)


def _order(person: Person, usable: list[ContactMethod], urgency: str, word: str, meaning: str) -> dict[str, Any]:
    """What the form of one urgency shows: each method with its delay, and the plan that holds in words."""
    chosen = {step.method_id: step.delay_minutes for step in queries.notify_steps(person, urgency)}
    return {
        "urgency": urgency,
        "word": word,
        "meaning": meaning,
        "rows": [(method, chosen.get(method.id, "" if chosen else 0)) for method in usable],
        "plan": queries.notify_plan(person, urgency),
        "own": bool(chosen),
    }


@allow(SIGNED_IN)
@require_POST
def change(request: Request) -> HttpResponse:
    form = Typed(request.POST)
    try:
        fields = {name: form.text(name) for name in ("name", "zone", "theme")}
        commands.change_profile(request.actor, request.user, **fields, shortcuts=form.ticked("shortcuts"), now=request.now)
    except Refused as refused:
        form.refuse(refused)
        return page(request, form)
    return _back(request, "Saved.")


@allow(SIGNED_IN)
@require_POST
def add_method(request: Request) -> HttpResponse:
    """`via` is `email` or the id of a gateway."""
    form = Typed(request.POST)
    via, address = form.text("via") or ContactMethod.EMAIL, form.text("address")
    try:
        gateway = None if via == ContactMethod.EMAIL else queries.gateways().filter(pk=via).first()
        kind = ContactMethod.EMAIL if via == ContactMethod.EMAIL else ContactMethod.GATEWAY
        method = commands.add_contact_method(
            request.actor, request.user, kind=kind, address=address, gateway=gateway, now=request.now
        )
    except Refused as refused:
        form.refuse(refused)
        return page(request, form)
    return _back(request, f"A code is on its way to {method.address}. Type it below.")


@allow(SIGNED_IN)
@require_POST
def verify(request: Request, method_id: str) -> HttpResponse:
    form = Typed(request.POST)
    method = queries.method_of(request.user, method_id)
    try:
        commands.verify_contact_method(request.actor, method, form.text("code"), now=request.now)
    except Invalid as refused:
        form.values["method"] = method_id
        form.refuse(refused)
        return page(request, form)
    return _back(request, f"{method.address} is verified. Pages may go there.")


@allow(SIGNED_IN)
@require_POST
def send_code(request: Request, method_id: str) -> HttpResponse:
    method = commands.send_code(request.actor, queries.method_of(request.user, method_id), now=request.now)
    return _back(request, f"A fresh code is on its way to {method.address}.")


@allow(SIGNED_IN)
@require_POST
def remove_method(request: Request, method_id: str) -> HttpResponse:
    method = queries.method_of(request.user, method_id)
    commands.remove_contact_method(request.actor, method, now=request.now)
    return _back(request, f"{method.address} is taken away.")


@allow(SIGNED_IN)
@require_POST
def order(request: Request, urgency: str) -> HttpResponse:
    """`delay-<method id>`: minutes, or empty for a method that is not used."""
    form = Typed(request.POST)
    steps = []
    for method in queries.contact_methods(request.user):
        if form.text(f"delay-{method.id}"):
            steps.append((method, form.number(f"delay-{method.id}", most=60)))
    try:
        if not form.ok:
            raise Invalid("A delay is 0 to 60 minutes.", field="steps")
        steps.sort(key=lambda step: step[1])
        commands.set_notify_steps(request.actor, request.user, urgency, steps, now=request.now)
    except Refused as refused:
        form.refuse(refused)
        return page(request, form)
    return _back(request, "The order is saved." if steps else "Every verified method is used at once.")


@allow(RESPONDER)
@require_POST
def test_page(request: Request) -> HttpResponse:
    """A page to oneself by the high-urgency plan, which nobody else gets."""
    paging.send_test(request.actor, request.user, now=request.now)
    plan = queries.notify_plan(request.user, NotifyStep.HIGH)
    return _back(request, f"A test page is on its way to {plan[0].address}. Acknowledge it: then this page knows that it works.")


@allow(SIGNED_IN)
@require_POST
def new_token(request: Request) -> HttpResponse:
    """The plain token is on this answer and nowhere else."""
    form = Typed(request.POST)
    try:
        name, scopes = form.text("token_name"), form.many("scopes")
        token, plain = commands.create_token(request.actor, request.user, name=name, scopes=scopes, now=request.now)
    except Refused as refused:
        form.errors["token"] = refused.detail
        return page(request, form)
    return render(request, "me/token.html", {"token": token, "plain": plain})


@allow(SIGNED_IN)
@require_POST
def revoke_token(request: Request, token_id: str) -> HttpResponse:
    token = queries.tokens(request.user).filter(pk=token_id).first()
    if token is None:
        raise NotFound("There is no such token.")
    commands.revoke_token(request.actor, token, now=request.now)
    return _back(request, f"{token.name} is revoked.")


def _back(request: Request, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("me")


urlpatterns = [
    path("me", me, name="me"),
    path("me/change", change, name="me_change"),
    path("me/methods", add_method, name="method_add"),
    path("me/methods/<str:method_id>/verify", verify, name="method_verify"),
    path("me/methods/<str:method_id>/code", send_code, name="method_code"),
    path("me/methods/<str:method_id>/remove", remove_method, name="method_remove"),
    path("me/order/<str:urgency>", order, name="notify_order"),
    path("me/test-page", test_page, name="test_page"),
    path("me/tokens", new_token, name="token_new"),
    path("me/tokens/<str:token_id>/revoke", revoke_token, name="token_revoke"),
]
