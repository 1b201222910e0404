"""Plain editors of schedules and policies: rotations, overrides, steps, the last resort. Screens 12 and 13 in their first form."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound, Refused
from tocsin.directory import permissions as directory_permissions
from tocsin.directory import queries as directory
from tocsin.directory.models import Person, Team
from tocsin.oncall import commands, permissions
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Policy, Schedule
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame import reader
from tocsin.web.frame.zones import COMMON
from tocsin.web.gate.policy import ADMINISTRATOR, MANAGER, RESPONDER, SIGNED_IN, allow

MOST_STEPS = 20
AHEAD = dt.timedelta(weeks=8)


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_schedule(request: Request, slug: str) -> HttpResponse:
    """A schedule of a team with its first weekly rotation."""
    team = directory.team_by_slug(slug)
    directory_permissions.require_manager(request.actor, team)
    form = Typed(request.POST, initial=_rotation_defaults(team.zone, request.now) | {"title": f"{team.name} on call"})
    if request.method == "POST":
        title = form.text("title", required="Give the schedule a name.")
        try:
            schedule = _make_schedule(request, form, team, title)
            if schedule is not None:
                return redirect("schedule", schedule.slug)
        except Refused as refused:
            form.refuse(refused)
    people = _candidates(request.actor, team)
    context = {"team": team, "form": form, "people": people, "places": _places(form), "zones": COMMON}
    return render(request, "schedules/new.html", context, status=200 if form.ok else 422)


def _make_schedule(request: Request, form: Typed, team: Team, title: str) -> Schedule | None:
    rotation = _rotation(form)
    if not form.ok:
        return None
    schedule = commands.create_schedule(request.actor, team=team, name=title, zone=rotation["zone"], now=request.now)
    commands.add_rotation(request.actor, schedule, **rotation, now=request.now)
    messages.success(request, f"{schedule.name} is in force.")
    return schedule


@allow(SIGNED_IN)
@require_GET
def schedule(request: Request, slug: str) -> HttpResponse:
    return _schedule_page(request, oncall.schedule(request.actor, slug))


def _schedule_page(request: Request, found: Schedule, form: Typed | None = None) -> HttpResponse:
    shifts = oncall.shifts(found, request.now, request.now + AHEAD)
    names = dict(Person.objects.values_list("id", "name"))
    form = _with_defaults(form or Typed(), found, request.now)
    context = {
        "schedule": found,
        "may_edit": permissions.may_edit(request.actor, found),
        "may_override": permissions.may_override(request.actor, found, request.user),
        "shifts": [(shift, [names[one] for one in shift.people]) for shift in shifts][:40],
        "overrides": oncall.overrides(found, request.now),
        "people": _candidates(request.actor, found.team),
        "form": form,
        "places": _places(form),
        "zones": COMMON,
    }
    return render(request, "schedules/detail.html", context, status=200 if form.ok else 422)


@allow(MANAGER)
@require_POST
def add_rotation(request: Request, slug: str) -> HttpResponse:
    found, form = oncall.schedule(request.actor, slug), Typed(request.POST)
    try:
        rotation = _rotation(form)
        if form.ok:
            commands.add_rotation(request.actor, found, **rotation, now=request.now)
            return _back(request, slug, "The rotation is in force.")
    except Refused as refused:
        form.refuse(refused)
    return _schedule_page(request, found, form)


@allow(MANAGER)
@require_POST
def remove_rotation(request: Request, slug: str, rotation_id: str) -> HttpResponse:
    found = oncall.schedule(request.actor, slug)
    rotation = next((one for one in found.rotations.all() if one.id == rotation_id), None)
    if rotation is None:
        raise NotFound("There is no such rotation.")
    commands.remove_rotation(request.actor, rotation, now=request.now)
    return _back(request, slug, f"{rotation.name} is taken out.")


@allow(RESPONDER)
@require_POST
def add_override(request: Request, slug: str) -> HttpResponse:
    found, form = oncall.schedule(request.actor, slug), Typed(request.POST)
    try:
        zone = str(reader.present().zone)
        starts = form.when("starts_at", zone=zone, now=request.now, past=False, required="Say from when.")
        ends = form.when("ends_at", zone=zone, now=request.now, past=False, required="Say until when.")
        person, reason = directory.person(form.text("person") or request.actor.id), form.text("reason")
        if form.ok and starts and ends:
            commands.add_override(
                request.actor, found, person=person, starts_at=starts, ends_at=ends, reason=reason, now=request.now
            )
            return _back(request, slug, f"{person.name} has it in that time.")
    except Refused as refused:
        form.refuse(refused)
    return _schedule_page(request, found, form)


@allow(RESPONDER)
@require_POST
def remove_override(request: Request, slug: str, override_id: str) -> HttpResponse:
    found = oncall.schedule(request.actor, slug)
    override = next((one for one in oncall.overrides(found, request.now) if one.id == override_id), None)
    if override is None:
        raise NotFound("There is no such override.")
    commands.remove_override(request.actor, override, now=request.now)
    return _back(request, slug, "The rota counts again.")


@allow(ADMINISTRATOR)
@require_POST
def set_last_resort(request: Request, slug: str) -> HttpResponse:
    found = commands.set_last_resort(request.actor, oncall.schedule(request.actor, slug), now=request.now)
    return _back(request, slug, f"{found.name} is the last resort now.")


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_policy(request: Request, slug: str) -> HttpResponse:
    team = directory.team_by_slug(slug)
    directory_permissions.require_manager(request.actor, team)
    form = Typed(request.POST, initial={"name": f"{team.name} policy", "repeats": "1"})
    if request.method == "POST":
        try:
            made = commands.create_policy(request.actor, team=team, **_policy_fields(form, request.actor), now=request.now)
            return redirect("policy", made.slug)
        except Refused as refused:
            form.refuse(refused)
    return _policy_page(request, form, team, None)


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def change_policy(request: Request, slug: str) -> HttpResponse:
    found = oncall.policy(request.actor, slug)
    directory_permissions.require_manager(request.actor, found.team)
    form = Typed(request.POST, initial=_policy_as_typed(found))
    if request.method == "POST":
        try:
            commands.change_policy(request.actor, found, **_policy_fields(form, request.actor), now=request.now)
            messages.success(request, "In force for every escalation that begins from now on.")
            return redirect("policy", slug)
        except Refused as refused:
            form.refuse(refused)
    return _policy_page(request, form, found.team, found)


@allow(SIGNED_IN)
@require_GET
def policy(request: Request, slug: str) -> HttpResponse:
    found = oncall.policy(request.actor, slug)
    context = {
        "policy": found,
        "last_resort": oncall.last_resort(),
        "services": list(found.services.select_related("service")),
        "manages": directory_permissions.is_manager(request.actor, found.team),
    }
    return render(request, "schedules/policy.html", context)


def _policy_page(request: Request, form: Typed, team: Team, found: Policy | None) -> HttpResponse:
    """Two empty steps and one empty target a step to spare, so that the form grows without a script."""
    chosen = [(form.values.get(f"target-{number}", []), form[f"wait-{number}"] or "5") for number in range(MOST_STEPS)]
    used = max((number + 1 for number, (targets, _) in enumerate(chosen) if any(targets)), default=0)
    steps = [
        {"place": number, "number": number + 1, "targets": [*filter(None, targets), ""], "wait": wait}
        for number, (targets, wait) in enumerate(chosen[: max(3, used + 2)])
    ]
    context = {
        "team": team,
        "policy": found,
        "form": form,
        "steps": steps,
        "schedules": list(oncall.schedules(request.actor)),
        "people": _candidates(request.actor, None),
    }
    return render(request, "schedules/policy_edit.html", context, status=200 if form.ok else 422)


def _policy_as_typed(found: Policy) -> dict[str, Any]:
    values: dict[str, Any] = {"name": found.name, "repeats": str(found.repeats)}
    for number, step in enumerate(found.steps.all()):
        values[f"target-{number}"] = [target.schedule_id or target.person_id for target in step.targets.all()]
        values[f"wait-{number}"] = str(step.wait_minutes)
    return values


def _policy_fields(form: Typed, actor: Actor) -> dict[str, Any]:
    """Name, steps and repeats as typed. A target is `sch_…` or `per_…`; a step without one is left out."""
    fields: dict[str, Any] = {"name": form.text("name"), "repeats": form.number("repeats", most=9), "steps": []}
    for number in range(MOST_STEPS):
        chosen = [one for one in form.many(f"target-{number}") if one]
        wait = form.number(f"wait-{number}", least=1, most=1440)
        if chosen:
            targets = [oncall.schedule(actor, one) if one.startswith("sch_") else directory.person(one) for one in chosen]
            fields["steps"].append({"wait_minutes": wait, "targets": targets})
    if not form.ok:
        raise Invalid("A wait is 1 to 1,440 minutes, repeats are 0 to 9.", field="steps")
    return fields


def _rotation(form: Typed) -> dict[str, Any]:
    members = [directory.person(one) for one in form.many("members") if one]
    if not members:
        form.errors["members"] = "Choose at least one person."
    starts = form.date("starts_on", required="Say on which day the first turn begins.")
    return {
        "name": form.text("name") or "Weekly",
        "zone": form.text("zone"),
        "starts_on": starts,
        "handover_time": _time(form),
        "weeks": form.number("weeks", least=1, most=52),
        "members": members,
    }


def _time(form: Typed) -> dt.time:
    try:
        return dt.time.fromisoformat(form.text("handover_time"))
    except ValueError:
        form.errors["handover_time"] = "Write the time as 09:00."
        return dt.time(9)


def _rotation_defaults(zone: str, now: dt.datetime) -> dict[str, Any]:
    """Weeks that change hands on Monday at nine, the present week included."""
    monday = now.date() - dt.timedelta(days=now.weekday() + (7 if now.weekday() == 0 else 0))
    return {"name": "Weekly", "zone": zone, "starts_on": monday.isoformat(), "handover_time": "09:00", "weeks": "1", "members": []}


def _with_defaults(form: Typed, found: Schedule, now: dt.datetime) -> Typed:
    form.values = _rotation_defaults(found.zone, now) | form.values
    return form


def _places(form: Typed) -> list[str]:
    """Who is chosen for each turn, as ids, with room for more."""
    chosen = [one for one in form.values.get("members", []) if one]
    return [*chosen, "", "", "", "", "", ""][: max(6, len(chosen) + 1)]


def _candidates(actor: Actor, team: Team | None) -> list[Person]:
    """Who may be on call: active, no stakeholder; of the team first."""
    people = list(directory.people(actor, active=True).exclude(role=Person.STAKEHOLDER))
    if team is not None:
        people.sort(key=lambda person: team.id not in {one.team_id for one in person.memberships.all()})
    return people


def _back(request: Request, slug: str, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("schedule", slug)


urlpatterns = [
    path("t/<slug:slug>/schedules/new", new_schedule, name="schedule_new"),
    path("t/<slug:slug>/policies/new", new_policy, name="policy_new"),
    path("policies/<slug:slug>", policy, name="policy"),
    path("policies/<slug:slug>/change", change_policy, name="policy_change"),
    path("schedules/<slug:slug>", schedule, name="schedule"),
    path("oncall/<slug:slug>", schedule, name="oncall_schedule"),
    path("schedules/<slug:slug>/rotations", add_rotation, name="rotation_add"),
    path("schedules/<slug:slug>/rotations/<str:rotation_id>/remove", remove_rotation, name="rotation_remove"),
    path("schedules/<slug:slug>/overrides", add_override, name="override_add"),
    path("schedules/<slug:slug>/overrides/<str:override_id>/remove", remove_override, name="override_remove"),
    path("schedules/<slug:slug>/last-resort", set_last_resort, name="last_resort_set"),
]
