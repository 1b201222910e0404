"""The schedule editor: a new schedule, its layers, their members; what changes for whom is shown before it is saved. Screen 12."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.core.errors import Conflict, NotFound, Refused, Stale
from tocsin.directory import permissions as directory_permissions
from tocsin.directory import queries as directory
from tocsin.directory.models import Person, Team
from tocsin.oncall import commands, drafts, meanwhile, permissions, wording
from tocsin.oncall import queries as oncall
from tocsin.oncall.commands.layers import places_of
from tocsin.oncall.models import Rotation, Schedule
from tocsin.web.forms import hours, people
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame.zones import COMMON
from tocsin.web.gate.policy import MANAGER, allow
from tocsin.web.pages.oncall.rota import back

AHEAD = dt.timedelta(weeks=8)


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_schedule(request: Request, slug: str) -> HttpResponse:
    """A schedule of a team with its first layer."""
    team = directory.team_by_slug(slug)
    directory_permissions.require_manager(request.actor, team)
    form = Typed(request.POST, initial=_defaults(team.zone, request.now) | {"title": f"{team.name} on call"})
    if request.method == "POST":
        title = form.text("title", required="Give the schedule a name.")
        try:
            schedule = _make_schedule(request, form, team, title)
            if schedule is not None:
                return redirect("schedule", schedule.slug)
        except Refused as refused:
            form.refuse(refused)
    context = {"team": team, **_fields(request, form, team)}
    return render(request, "schedules/new.html", context, status=200 if form.ok else 422)


def _make_schedule(request: Request, form: Typed, team: Team, title: str) -> Schedule | None:
    given = _read(form)
    if not form.ok:
        return None
    schedule = commands.create_schedule(request.actor, team=team, name=title, zone=given["turns"].zone, now=request.now)
    commands.add_rotation(request.actor, schedule, **given, now=request.now)
    messages.success(request, f"{schedule.name} is in force.")
    return schedule


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_layer(request: Request, slug: str) -> HttpResponse:
    found = oncall.schedule(request.actor, slug)
    permissions.require_edit(request.actor, found)
    return _editor(request, found, None, _defaults(found.zone, request.now))


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def layer(request: Request, slug: str, rotation_id: str) -> HttpResponse:
    found = oncall.schedule(request.actor, slug)
    permissions.require_edit(request.actor, found)
    rotation, words = meanwhile.present_layer(found, rotation_id, request.now)
    if request.method != "POST":
        if rotation is None:
            raise NotFound(words)
        if rotation.id != rotation_id:
            return redirect("rotation", slug, rotation.id)
    return _editor(request, found, rotation, _as_typed(rotation, request.now) if rotation else {}, words)


def _editor(request: Request, found: Schedule, rotation: Rotation | None, initial: dict[str, Any], words: str = "") -> HttpResponse:
    """The form; `look` in what was sent shows what would change and saves nothing. `words`: who changed the layer meanwhile."""
    form, changes = Typed(request.POST, initial=initial), None
    words = words or _members_differ(form, rotation)
    if request.method == "POST" and words:
        _read(form)
        form.errors["version"] = words
    elif request.method == "POST":
        try:
            given = _read(form, rotation)
            if form.ok and "look" in request.POST:
                changes = _changes(request, found, rotation, given)
            elif form.ok:
                return _save(request, found, rotation, given)
        except Refused as refused:
            form.refuse(refused)
    context = {
        "schedule": found,
        "rotation": rotation,
        "changes": changes,
        "looked": changes is not None,
        "today": request.now.date(),
        **_read_version(form, rotation, request.now),
        **_fields(request, form, found.team),
    }
    return render(request, "schedules/layer.html", context, status=200 if form.ok else 409 if "version" in form.errors else 422)


def _members_differ(form: Typed, rotation: Rotation | None) -> str:
    """Who gave the layer other members since the form was read; empty when nobody did."""
    read = form.text("read")
    if rotation is None or not read or read == meanwhile.version_of_layer(rotation):
        return ""
    return meanwhile.members_changed(rotation)


def _read_version(form: Typed, rotation: Rotation | None, now: dt.datetime) -> dict[str, Any]:
    """The version that the next sending is about; after a conflict it is the present one, shown beside what was typed."""
    stale = "version" in form.errors
    saved = {} if rotation is None else _as_typed(rotation, now)
    return {
        "read": meanwhile.version_of_layer(rotation) if rotation and (stale or not form["read"]) else form["read"],
        "saved": saved if stale else {},
        "saved_hours": wording.hours({"windows": rotation.windows, "zone": rotation.zone}) if rotation else "",
    }


def _changes(request: Request, found: Schedule, rotation: Rotation | None, given: dict[str, Any]) -> list[drafts.Difference]:
    fields, places = given["turns"].checked(), places_of(given["members"])
    draft = drafts.with_layer(found, fields, places, instead_of=rotation, now=request.now)
    return drafts.differences(found, draft, request.now, request.now + AHEAD)


def _save(request: Request, found: Schedule, rotation: Rotation | None, given: dict[str, Any]) -> HttpResponse:
    if rotation is None:
        commands.add_rotation(request.actor, found, **given, now=request.now)
        return back(request, found.slug, "The layer is in force.")
    commands.change_rotation(request.actor, rotation, **given, now=request.now)
    return back(request, found.slug, "In force from now on; what was, stays.")


@allow(MANAGER)
@require_POST
def change_members(request: Request, slug: str, rotation_id: str) -> HttpResponse:
    """Who has turns from a day on."""
    found = oncall.schedule(request.actor, slug)
    form = Typed(request.POST, initial={})
    rotation, words = meanwhile.present_layer(found, rotation_id, request.now)
    if rotation is None:
        raise Conflict(words)
    words = words or _members_differ(form, rotation)
    try:
        if words:
            raise Stale(words, field="version")
        members, since = _members(form), form.date("since", required="Say from which day on.")
        if form.ok and since:
            commands.change_members(request.actor, rotation, members=members, since=since, now=request.now)
            return back(request, slug, f"In force from the first hand-over not before {since.isoformat()}.")
    except Refused as refused:
        form.refuse(refused)
    _members(form)
    form.text("since")
    form.values = _as_typed(rotation, request.now) | form.values
    context = {"schedule": found, "rotation": rotation, "changes": None, "today": request.now.date()}
    context |= _read_version(form, rotation, request.now) | _fields(request, form, found.team)
    return render(request, "schedules/layer.html", context, status=409 if "version" in form.errors else 422)


@allow(MANAGER)
@require_POST
def remove_layer(request: Request, slug: str, rotation_id: str) -> HttpResponse:
    rotation = oncall.layer(oncall.schedule(request.actor, slug), rotation_id)
    commands.remove_rotation(request.actor, rotation, now=request.now)
    return back(request, slug, f"{rotation.name} ends now.")


@allow(MANAGER)
@require_POST
def raise_layer(request: Request, slug: str, rotation_id: str) -> HttpResponse:
    """One place up: what lies higher wins."""
    found = oncall.schedule(request.actor, slug)
    order = [one.id for one in oncall.layers(found, request.now)]
    place = order.index(oncall.layer(found, rotation_id).id)
    order[place : place + 2] = reversed(order[place : place + 2])
    commands.order_rotations(request.actor, found, order=order, now=request.now)
    return back(request, slug, "The order of the layers is changed.")


def _fields(request: Request, form: Typed, team: Team | None) -> dict[str, Any]:
    chosen = [one for one in form.values.get("members", []) if one]
    near = people.nearest(*[team.id] if team else [])
    return {
        "form": form,
        "people": near.people,
        "places": [*chosen, "", "", "", "", "", ""][: max(6, len(chosen) + 1)],
        "zones": COMMON,
        "units": Rotation.UNITS,
        "stretches": hours.stretches(form),
        "places_differ": any(form.errors.get(name) for name in ("members", "since")),
    }


def _read(form: Typed, rotation: Rotation | None = None) -> dict[str, Any]:
    """Name, turns and members as typed; what cannot be read is noted in the form. An end that the layer has stays."""
    members = _members(form)
    starts = form.date("starts_on", required="Say on which day the first turn begins.") or dt.date(1970, 1, 1)
    turns = commands.Turns(
        zone=form.text("zone"),
        starts_on=starts,
        handover_time=hours.read_time(form, "handover_time", "09:00"),
        unit=form.text("unit") or "weeks",
        lengths=_lengths(form),
        anchor=form.text("anchor") or "date",
        windows=hours.read_stretches(form),
        by_calendar=form.ticked("by_calendar"),
        ends_at=rotation.ends_at if rotation else None,
    )
    return {"name": form.text("name") or "Rotation", "turns": turns, "members": members}


def _members(form: Typed) -> list[list[Person]]:
    turns = people.read_turns(form, "members")
    if not any(turns) and form.ok:
        form.errors["members"] = "Name at least one person."
    return turns


def _lengths(form: Typed) -> list[int]:
    """`1`, or `4, 3` for turns of four and three days."""
    words = (form.text("lengths") or "1").replace("+", " ").replace(",", " ").split()
    if words and all(word.isascii() and word.isdigit() and len(word) < 5 for word in words):
        return [int(word) for word in words]
    form.errors["lengths"] = "Write a number, or several such as 4, 3."
    return [1]


def _defaults(zone: str, now: dt.datetime) -> dict[str, Any]:
    """Weeks that change hands on Monday at nine, the present week included."""
    monday = now.date() - dt.timedelta(days=now.weekday() + (7 if now.weekday() == 0 else 0))
    first = {"name": "Weekly", "zone": zone, "starts_on": monday.isoformat(), "handover_time": "09:00"}
    return {**first, "unit": "weeks", "lengths": "1", "members": []}


def _as_typed(rotation: Rotation, now: dt.datetime) -> dict[str, Any]:
    """A layer as its form shows it."""
    return {
        "name": rotation.name,
        "zone": rotation.zone,
        "starts_on": rotation.starts_on.isoformat(),
        "handover_time": rotation.handover_time.isoformat("minutes"),
        "unit": rotation.unit,
        "lengths": ", ".join(str(length) for length in rotation.lengths),
        "anchor": rotation.anchor,
        **hours.as_typed(rotation.windows),
        "by_calendar": rotation.by_calendar,
        "members": [people.as_typed(turn) for turn in oncall.turns_now(rotation, now)],
    }


urlpatterns = [
    path("t/<slug:slug>/schedules/new", new_schedule, name="schedule_new"),
    path("schedules/<slug:slug>/layers/new", new_layer, name="rotation_add"),
    path("schedules/<slug:slug>/layers/<str:rotation_id>", layer, name="rotation"),
    path("schedules/<slug:slug>/layers/<str:rotation_id>/members", change_members, name="rotation_members"),
    path("schedules/<slug:slug>/layers/<str:rotation_id>/remove", remove_layer, name="rotation_remove"),
    path("schedules/<slug:slug>/layers/<str:rotation_id>/raise", raise_layer, name="rotation_raise"),
]
