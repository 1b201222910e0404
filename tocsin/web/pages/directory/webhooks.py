"""Webhooks that policies call and that hear of incidents: made, changed, tried, and every call with what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound, Refused
from tocsin.directory import permissions as directory_permissions
from tocsin.directory import queries as directory
from tocsin.directory.models import Team
from tocsin.incidents import permissions as incidents
from tocsin.oncall import commands, permissions, ports
from tocsin.oncall import webhooks as oncall
from tocsin.oncall.models import Webhook
from tocsin.paging import commands as paging_commands
from tocsin.paging import queries as paging
from tocsin.paging.models import WebhookCall
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import MANAGER, SIGNED_IN, allow
from tocsin.web.pages.alerts import standing

CALLS = 50


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the page shows it: the row, what it was about, what came of it, whether it can be sent again."""

    row: WebhookCall
    about: str
    line: standing.Told
    again: bool


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, slug: str) -> HttpResponse:
    """The secret is on the answer and nowhere else."""
    team = directory.team_by_slug(slug)
    directory_permissions.require_manager(request.actor, team)
    form = Typed(request.POST)
    if request.method == "POST":
        try:
            made, secret = commands.create_webhook(request.actor, team=team, **_typed(form), now=request.now)
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
        "changes": permissions.may_change_webhook(request.actor, found),
        "heard": [words for name, words in ports.webhook_events.items() if name in found.hears],
        "policies": oncall.policies_calling(found),
        "calls": _calls(request.actor, found) if manages else [],
        "overlap": found.former_until if found.former_until and found.former_until > request.now else None,
    }
    return render(request, "webhooks/detail.html", context)


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, slug: str) -> HttpResponse:
    found = oncall.webhook(request.actor, slug)
    permissions.require_change_webhook(request.actor, found, found.team, tells_private=False)
    known = {"name": found.name, "address": found.address, "events": found.hears, "private": found.tells_private}
    form = Typed(request.POST, initial=known)
    if request.method == "POST":
        try:
            commands.change_webhook(request.actor, found, **_typed(form), now=request.now)
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


@allow(MANAGER)
@require_POST
def resume(request: Request, slug: str) -> HttpResponse:
    commands.resume_webhook(request.actor, oncall.webhook(request.actor, slug), now=request.now)
    return _back(request, slug, "It is told again what it hears, from now on.")


@allow(MANAGER)
@require_POST
def send_again(request: Request, slug: str, call_id: str) -> HttpResponse:
    found = oncall.webhook(request.actor, slug)
    permissions.require_read_calls(request.actor, found)
    call = paging.calls_to(found).filter(pk=call_id).first()
    if call is None or incidents.hidden_from(request.actor).filter(pk=call.subject).exists():
        raise NotFound("This webhook has no such call.")
    paging_commands.send_again(request.actor, call, now=request.now)
    return _back(request, slug, "It is on its way once more. What came of it stands below.")


def _typed(form: Typed) -> dict[str, Any]:
    """What the form says, as the commands take it."""
    return {
        "name": form.text("name"),
        "address": form.text("address"),
        "hears": form.many("events"),
        "tells_private": form.ticked("private"),
    }


def _calls(actor: Actor, found: Webhook) -> list[Call]:
    """The latest calls, what each was about as far as the reader may know, and what came of it; whether it can be sent again."""
    calls = list(paging.calls_to(found)[:CALLS])
    hidden = set(incidents.hidden_from(actor).filter(pk__in=[call.subject for call in calls]).values_list("pk", flat=True))
    return [_call(call, call.subject in hidden) for call in calls]


def _call(call: WebhookCall, is_hidden: bool) -> Call:
    over = call.work_state not in {WebhookCall.DUE, WebhookCall.LEASED}
    return Call(call, _about(call, is_hidden), standing.of_call(call), call.was_heard and over and not is_hidden)


def _about(call: WebhookCall, is_hidden: bool) -> str:
    if call.kind == WebhookCall.TEST:
        return "Test"
    if call.was_heard:
        key = "Private incident" if is_hidden else str(call.said.get("incident", {}).get("key") or call.subject)
        return f"{key}, {ports.webhook_events.get(call.kind, call.kind)}"
    card = call.escalation.card if call.escalation else {}
    key = "Private incident" if is_hidden else str(card.get("key") or call.subject)
    return f"{key}, step {call.said.get('step')}"


def _form(request: Request, form: Typed, team: Team, found: Webhook | None) -> HttpResponse:
    kinds = ports.webhook_events.items()
    context = {"form": form, "team": team, "webhook": found, "kinds": kinds, "may_private": request.actor.is_administrator}
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
    path("webhooks/<slug:slug>/resume", resume, name="webhook_resume"),
    path("webhooks/<slug:slug>/calls/<str:call_id>/send-again", send_again, name="webhook_send_again"),
    path("webhooks/<slug:slug>/remove", remove, name="webhook_remove"),
]
