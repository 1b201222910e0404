"""Escalation policies: who is paged in which order, whom that means now, and how long until the last resort. Screen 13."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, Refused, Stale
from tocsin.directory import permissions as directory_permissions
from tocsin.directory import queries as directory
from tocsin.directory.models import Person, Team
from tocsin.oncall import commands, meanwhile, webhooks
from tocsin.oncall import queries as oncall
from tocsin.oncall.commands.policies import NO_POLICY
from tocsin.oncall.compiling import windows
from tocsin.oncall.models import Policy, PolicyStep, Schedule, Webhook
from tocsin.oncall.rules import is_open
from tocsin.paging import queries as paging
from tocsin.web.forms import hours, people
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import MANAGER, SIGNED_IN, allow

MOST_STEPS = 20


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_policy(request: Request, slug: str) -> HttpResponse:
    team = directory.team_by_slug(slug)
    directory_permissions.require_manager(request.actor, team)
    form = Typed(request.POST, initial={"name": f"{team.name} policy", "repeats": "1"})
    if request.method == "POST":
        try:
            made = commands.create_policy(request.actor, team=team, **_policy_fields(form, request.actor, team), now=request.now)
            return redirect("policy", made.slug)
        except Refused as refused:
            form.refuse(refused)
    return _policy_page(request, form, team, None)


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def change_policy(request: Request, slug: str) -> HttpResponse:
    found = oncall.policy(request.actor, slug)
    directory_permissions.require_manager(request.actor, found.team)
    team, form = found.team, Typed(request.POST, initial=_policy_as_typed(found))
    if request.method == "POST":
        read = form.text("read")
        try:
            fields = _policy_fields(form, request.actor, team)
            commands.change_policy(request.actor, found, **fields, read=read, now=request.now)
            messages.success(request, "In force for every escalation that begins from now on.")
            return redirect("policy", slug)
        except Stale as stale:
            form.refuse(stale)
            return _policy_page(request, form, team, found, saved=stale.current)
        except Refused as refused:
            form.refuse(refused)
    return _policy_page(request, form, found.team, found)


@allow(SIGNED_IN)
@require_GET
def policy(request: Request, slug: str) -> HttpResponse:
    found = oncall.policy(request.actor, slug)
    steps = [(step, _now(step, request.now), _asks_somebody(step)) for step in found.steps.all()]
    context = {
        "policy": found,
        "steps": steps,
        "minutes": sum(step.wait_minutes for step, _, asks in steps if asks) * (found.repeats + 1),
        "last_resort": oncall.last_resort(),
        "last_people": oncall.last_resort_people(request.now),
        "services": list(found.services.select_related("service")),
        "manages": directory_permissions.is_manager(request.actor, found.team),
    }
    return render(request, "schedules/policy.html", context)


def _asks_somebody(step: PolicyStep) -> bool:
    """A step of webhooks alone waits for nobody."""
    return any(target.webhook_id is None for target in step.targets.all())


def _now(step: PolicyStep, now: dt.datetime) -> list[Person]:
    """Whom a step would page at this moment."""
    targets = tuple(paging.target_of(one) for one in step.targets.all())
    return list(paging.people_of(targets, now)) if is_open(windows(step.windows), step.zone, now) else []


def _policy_page(request: Request, form: Typed, team: Team, found: Policy | None, *, saved: Sequence[str] = ()) -> HttpResponse:
    """The form, and beside it what somebody else `saved` meanwhile."""
    context = {
        "team": team,
        "policy": found,
        "read": (not saved and form["read"]) or (meanwhile.version_of(found) if found else ""),
        "saved": saved,
        "form": form,
        **_choices(request, form, team),
    }
    return render(request, "schedules/policy_edit.html", context, status=409 if saved else 200 if form.ok else 422)


def _choices(request: Request, form: Typed, team: Team) -> dict[str, Any]:
    """Two empty steps and one empty target a step to spare, so that the form grows without a script."""
    chosen = [(form.values.get(f"target-{number}", []), form[f"wait-{number}"] or "5") for number in range(MOST_STEPS)]
    used = max((number + 1 for number, (targets, _) in enumerate(chosen) if any(targets)), default=0)
    steps = [
        {
            "place": number,
            "number": number + 1,
            "targets": [*filter(None, targets), ""],
            "wait": wait,
            "urgency": form[f"urgency-{number}"],
            "named": form[f"person-{number}_named"],
            "wrong": form.errors.get(f"person-{number}_named", ""),
            "stretches": hours.stretches(form, f"-{number}"),
            "restricted": form[f"urgency-{number}"] or form.values.get(f"days-{number}"),
        }
        for number, (targets, wait) in enumerate(chosen[: max(3, used + 2)])
    ]
    return {
        "steps": steps,
        "schedules": list(oncall.schedules(request.actor)),
        "near": people.nearest(team.id, also=[one for targets, _ in chosen for one in targets if one]),
        "teams": list(directory.teams(request.actor)),
        "webhooks": list(webhooks.webhooks(request.actor)),
    }


def _policy_as_typed(found: Policy) -> dict[str, Any]:
    values: dict[str, Any] = {"name": found.name, "repeats": str(found.repeats)}
    for number, step in enumerate(found.steps.all()):
        values[f"target-{number}"] = [one.named_id for one in step.targets.all()]
        values |= {f"wait-{number}": str(step.wait_minutes), f"urgency-{number}": step.urgency}
        values |= hours.as_typed(step.windows, f"-{number}")
    return values


def _policy_fields(form: Typed, actor: Actor, team: Team) -> dict[str, Any]:
    """Name, steps and repeats as typed. Targets are ids; a step without one is left out."""
    fields: dict[str, Any] = {"name": form.text("name"), "repeats": form.number("repeats", most=9), "steps": []}
    for number in range(MOST_STEPS):
        chosen = [one for one in form.many(f"target-{number}") if one]
        wait = form.number(f"wait-{number}", least=1, most=1440)
        limits = {"urgency": form.text(f"urgency-{number}"), "windows": hours.read_stretches(form, f"-{number}"), "zone": team.zone}
        targets = [_target(actor, one) for one in chosen] + list(filter(None, [people.read_person(form, f"person-{number}")]))
        if targets:
            fields["steps"].append({"wait_minutes": wait, "targets": targets, **limits})
    if any(field.endswith("_named") for field in form.errors):
        raise Invalid("One of the people could not be found.", field="steps")
    if not form.ok:
        raise Invalid("A wait is 1 to 1,440 minutes, repeats are 0 to 9, hours are written as 09:00.", field="steps")
    return fields


def _target(actor: Actor, wanted: str) -> Schedule | Person | Team | Webhook:
    if wanted.startswith("sch_"):
        return oncall.schedule(actor, wanted)
    if wanted.startswith("whk_"):
        return webhooks.webhook(actor, wanted)
    if wanted.startswith("pol_"):
        raise Invalid(NO_POLICY, field="steps")
    return directory.team_by_id(wanted) if wanted.startswith("tea_") else directory.person(wanted)


urlpatterns = [
    path("t/<slug:slug>/policies/new", new_policy, name="policy_new"),
    path("policies/<slug:slug>", policy, name="policy"),
    path("policies/<slug:slug>/change", change_policy, name="policy_change"),
]
