"""Webhooks that policies call: made, changed, tried, and every call with what came of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.actor import Actor
from tocsin.core.errors import Refused
from tocsin.directory import permissions as directory_permissions
from tocsin.directory import queries as directory
from tocsin.directory.models import Team
from tocsin.incidents import permissions as incidents
from tocsin.oncall import commands
from tocsin.oncall import webhooks as oncall
from tocsin.oncall.models import Webhook
from tocsin.paging import commands as paging_commands
from tocsin.paging import queries as paging
from tocsin.paging.models import WebhookCall
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import MANAGER, SIGNED_IN, allow
from tocsin.web.pages import standing

CALLS = 50


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, slug: str) -> HttpResponse:
    """The secret is on the answer and nowhere else."""
    team = directory.team_by_slug(slug)
    directory_permissions.require_manager(request.actor, team)
    form = Typed(request.POST)
    if request.method == "POST":
        try:
            name, address = form.text("name"), form.text("address")
            made, secret = commands.create_webhook(request.actor, team=team, name=name, address=address, now=request.now)
            return _secret(request, made, secret)
        except Refused as refused:
            form.refuse(refused)
    return _form(request, form, team, None)


@allow(SIGNED_IN)
@require_GET
def webhook(request: Request, slug: str) -> HttpResponse:
    """Its address and its calls are shown to whoever may change it."""
    found = oncall.webhook(request.actor, slug)
    manages = directory_permissions.is_manager(request.actor, found.team)
    context = {
        "webhook": found,
        "manages": manages,
        "policies": oncall.policies_calling(found),
        "calls": _calls(request.actor, found) if manages else [],
        "overlap": found.former_until if found.former_until and found.former_until > request.now else None,
    }
    return render(request, "webhooks/detail.html", context)


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, slug: str) -> HttpResponse:
    found = oncall.webhook(request.actor, slug)
    directory_permissions.require_manager(request.actor, found.team)
    form = Typed(request.POST, initial={"name": found.name, "address": found.address})
    if request.method == "POST":
        try:
            name, address = form.text("name"), form.text("address")
            commands.change_webhook(request.actor, found, name=name, address=address, now=request.now)
            return _back(request, slug, "Saved. Calls that wait go to the new address.")
        except Refused as refused:
            form.refuse(refused)
    return _form(request, form, found.team, found)


@allow(MANAGER)
@require_POST
def try_out(request: Request, slug: str) -> HttpResponse:
    paging_commands.try_webhook(request.actor, oncall.webhook(request.actor, slug), now=request.now)
    return _back(request, slug, "A test call is on its way. What came of it stands below.")


@allow(MANAGER)
@require_POST
def renew(request: Request, slug: str) -> HttpResponse:
    """The new secret is on this answer and nowhere else."""
    return _secret(request, *commands.renew_secret(request.actor, oncall.webhook(request.actor, slug), now=request.now))


@allow(MANAGER)
@require_POST
def remove(request: Request, slug: str) -> HttpResponse:
    found = oncall.webhook(request.actor, slug)
    team = found.team.slug
    commands.remove_webhook(request.actor, found, now=request.now)
    messages.success(request, f"{found.name} is removed and is not called any more.")
    return redirect("team", team)


def _calls(actor: Actor, found: Webhook) -> list[tuple[WebhookCall, str, standing.Told]]:
    """The latest calls, what each was about as far as the reader may know, and what came of it."""
    calls = list(paging.calls_to(found)[:CALLS])
    hidden = set(incidents.hidden_from(actor).filter(pk__in=[call.subject for call in calls]).values_list("pk", flat=True))
    return [(call, _about(call, call.subject in hidden), standing.of_call(call)) for call in calls]


def _about(call: WebhookCall, is_hidden: bool) -> str:
    if call.escalation is None:
        return "Test"
    key = "Private incident" if is_hidden else str(call.escalation.card.get("key") or call.subject)
    return f"{key}, step {call.said.get('step')}"


def _form(request: Request, form: Typed, team: Team, found: Webhook | None) -> HttpResponse:
    context = {"form": form, "team": team, "webhook": found}
    return render(request, "webhooks/edit.html", context, status=200 if form.ok else 422)


def _secret(request: Request, found: Webhook, secret: str) -> HttpResponse:
    return render(request, "webhooks/secret.html", {"webhook": found, "secret": secret})


def _back(request: Request, slug: str, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("webhook", slug)


urlpatterns = [
    path("t/<slug:slug>/webhooks/new", new, name="webhook_new"),
    path("webhooks/<slug:slug>", webhook, name="webhook"),
    path("webhooks/<slug:slug>/change", change, name="webhook_change"),
    path("webhooks/<slug:slug>/try", try_out, name="webhook_try"),
    path("webhooks/<slug:slug>/renew-secret", renew, name="webhook_renew"),
    path("webhooks/<slug:slug>/remove", remove, name="webhook_remove"),
]
