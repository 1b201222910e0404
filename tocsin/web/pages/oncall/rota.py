"""A schedule as a calendar: layers, overrides, who is really called, gaps in words. Screen 11."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from tocsin.core.errors import Refused
from tocsin.directory import queries as directory
from tocsin.directory.models import Person
from tocsin.oncall import commands, permissions
from tocsin.oncall import queries as oncall
from tocsin.oncall.calendars import away
from tocsin.oncall.models import Override, Rotation, Schedule
from tocsin.oncall.queries import Shift
from tocsin.web.forms import people, typed_times
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame import reader
from tocsin.web.gate.policy import ADMINISTRATOR, RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.oncall.lanes import FORTNIGHT, MONTH, Cell, Sheet, lane
from tocsin.web.pages.oncall.overridden import confirmed

AHEAD = dt.timedelta(weeks=8)
_LISTED = 60


@allow(SIGNED_IN)
@require_GET
def schedule(request: Request, slug: str) -> HttpResponse:
    return schedule_page(request, oncall.schedule(request.actor, slug))


def schedule_page(request: Request, found: Schedule, form: Typed | None = None) -> HttpResponse:
    """The calendar and what can be done here; `form` is a refused override or request."""
    form = form or Typed(initial={"starts_at": request.GET.get("gap_from", "")[:60], "ends_at": request.GET.get("gap_to", "")[:60]})
    sheet, rota, zone = _sheet(request, found), oncall.Rota(found), zone_of(request, found).key
    layers = [one for one in oncall.layers(found, sheet.since) if one.begins_at is None or one.begins_at < sheet.until]
    ahead, row = rota.shifts(request.now, request.now + AHEAD), rota.shifts(sheet.since, sheet.until)
    overrides = oncall.overrides(found, min(sheet.since, request.now))
    rows = rota.layers(sheet.since, sheet.until)
    names = oncall.names([row, ahead, *rows.values()])
    final = lane(row, sheet, names, me=request.actor.id)
    near = people.nearest(*[found.team.id] if found.team else [], also={request.actor.id, *oncall.members(found)})
    context = {
        "schedule": found,
        "sheet": sheet,
        "days": sheet.days,
        "today": request.now.astimezone(sheet.zone).date(),
        "lanes": _lanes(rows, layers, sheet, names, request.actor.id),
        "final": final,
        "shown": _shown_overrides(row, overrides, sheet, names, request.actor.id),
        "gaps": [one for one in row if one.gap and one.end > request.now],
        "on_call": [names[one] for one in ahead[0].people],
        "handovers": _handovers(ahead, names, request.actor.id)[:6],
        "shifts": [(one, [names[person] for person in one.people]) for one in ahead[:_LISTED]],
        "orders": [(one, _orders(one)) for one in reversed(layers) if one.ends_at is None or one.ends_at > request.now],
        "layers": [one for one in layers if one.ends_at is None or one.ends_at > request.now],
        "overrides": [one for one in overrides if one.ends_at > request.now],
        "requests": [(one, permissions.may_answer_cover(request.actor, one)) for one in oncall.cover_requests(found)],
        "clashes": away.clashes_in([found], request.now, reader=request.actor.id),
        "mine": _first_shift(ahead, request.actor.id, zone, request.now),
        **_likely(near.people, oncall.members(found), ahead[0].people, request.actor.id),
        "near": near,
        "people": near.people,
        "may_edit": permissions.may_edit(request.actor, found),
        "may_override": permissions.may_override(request.actor, found, request.user),
        "form": form,
        "nobody": people.NOBODY,
        **_turning(sheet, request),
    }
    return render(request, "schedules/detail.html", context, status=200 if form.ok else 422)


def zone_of(request: Request, found: Schedule) -> zoneinfo.ZoneInfo:
    """The zone in which the calendar is shown, and in which its forms read what is typed."""
    chosen = {"mine": reader.present().zone, "utc": reader.UTC}
    return chosen.get(request.GET.get("zone", "")) or reader.known_zone(found.zone)


def _sheet(request: Request, found: Schedule) -> Sheet:
    zone = zone_of(request, found)
    count = MONTH if request.GET.get("show") == "month" else FORTNIGHT
    today = request.now.astimezone(zone).date()
    try:
        first = dt.date.fromisoformat(request.GET.get("from", ""))
        first = first if 1971 <= first.year <= 2199 else today
    except ValueError:
        first = today
    return Sheet.of(first - dt.timedelta(days=first.weekday()), count, zone)


def _turning(sheet: Sheet, request: Request) -> dict[str, Any]:
    count = len(sheet.days)
    step = dt.timedelta(days=count)
    zone = str(sheet.zone) if isinstance(sheet.zone, zoneinfo.ZoneInfo) else "UTC"
    return {
        "earlier": (sheet.days[0] - step).isoformat(),
        "later": (sheet.days[0] + step).isoformat(),
        "month": count == MONTH,
        "zone_shown": zone,
        "zone_wanted": request.GET.get("zone", "") if request.GET.get("zone") in {"mine", "utc"} else "",
    }


def _lanes(
    rows: Mapping[str, list[Shift]], layers: list[Rotation], sheet: Sheet, names: Mapping[str, str], me: str
) -> list[tuple[Rotation, list[Cell]]]:
    return [(one, lane(rows[one.id], sheet, names, me=me)) for one in reversed(layers) if one.id in rows]


def _shown_overrides(row: list[Shift], overrides: list[Override], sheet: Sheet, names: Mapping[str, str], me: str) -> list[Cell]:
    """The overrides of the final row in one lane, the latest entry on top as it counts; empty when there is none in these days."""
    ids = {one.id for one in overrides}
    shifts = [one for one in row if one.source in ids]
    return lane(shifts, sheet, names, me=me) if shifts else []


def _orders(layer: Rotation) -> list[tuple[dt.date | None, list[list[Person]]]]:
    """The turns of a layer, and those from each later day on: whoever is together in one list, an empty one for `nobody`."""
    days = sorted({place.since for place in layer.members.all() if place.since})
    return [(day, oncall.turns_of(layer, day)) for day in (None, *days)]


def _handovers(ahead: list[Shift], names: Mapping[str, str], me: str) -> list[dict[str, Any]]:
    """Where one hands over to the next: instant, who goes, who comes."""
    said = [" and ".join("you" if one == me else names[one] for one in shift.people) for shift in ahead]
    pairs = zip(ahead, ahead[1:], said, said[1:], strict=False)
    return [
        {"at": after.start, "goes": goes, "comes": comes, "gap": after.gap} for before, after, goes, comes in pairs if goes != comes
    ]


def _likely(choice: list[Person], rota: set[str], now: tuple[str, ...], me: str) -> dict[str, str]:
    """Whom the forms begin with: the reader who is of the rota, else whoever is on call gives and another of the rota covers."""
    of_rota = [one.id for one in choice if one.id in rota]
    if me in rota or not of_rota:
        return {"covers": me, "gives": me}
    return {
        "covers": next((one for one in of_rota if one not in now), of_rota[0]),
        "gives": next((one for one in of_rota if one in now), of_rota[0]),
    }


def _first_shift(ahead: list[Shift], me: str, zone: str, now: dt.datetime) -> tuple[str, str] | None:
    """When the reader's next shift begins and ends, as one types it in this zone."""
    found = next((one for one in ahead if one.people == (me,)), None)
    return (typed_times.typed(found.start, zone, now), typed_times.typed(found.end, zone, now)) if found else None


@allow(RESPONDER)
@require_POST
def add_override(request: Request, slug: str) -> HttpResponse:
    found, form = oncall.schedule(request.actor, slug), Typed(request.POST)
    try:
        zone = zone_of(request, found).key
        starts = form.when("starts_at", zone=zone, now=request.now, past=False, required="Say from when.")
        ends = form.when("ends_at", zone=zone, now=request.now, past=False, required="Say until when.")
        person, layer = _covering(request, form), form.text("rotation")
        rotation, reason = oncall.layer(found, layer) if layer else None, form.text("reason")
        if form.ok and starts and ends:
            made = commands.add_override(
                request.actor,
                found,
                person=person,
                starts_at=starts,
                ends_at=ends,
                rotation=rotation,
                reason=reason,
                now=request.now,
            )
            return back(request, slug, f"{confirmed(made)} {moved(form, 'starts_at', 'ends_at')}".strip())
    except Refused as refused:
        form.refuse(refused)
    return schedule_page(request, found, form)


def _covering(request: Request, form: Typed) -> Person | None:
    """Who steps in: the reader unless somebody else is chosen; None: nobody, on purpose."""
    if form.text("person") == people.NOBODY and not form.text("person_named"):
        return None
    return people.read_person(form, "person") or directory.person(request.actor.id)


def moved(form: Typed, *names: str) -> str:
    """What of the typed times the clocks jump over, in words; empty nearly always."""
    return " ".join(form[f"{name}_moved"] for name in names if form[f"{name}_moved"])


@allow(RESPONDER)
@require_POST
def remove_override(request: Request, slug: str, override_id: str) -> HttpResponse:
    found = oncall.schedule(request.actor, slug)
    commands.remove_override(request.actor, oncall.override(found, override_id), now=request.now)
    return back(request, slug, "The rota counts again.")


@allow(ADMINISTRATOR)
@require_POST
def set_last_resort(request: Request, slug: str) -> HttpResponse:
    found = commands.set_last_resort(request.actor, oncall.schedule(request.actor, slug), now=request.now)
    return back(request, slug, f"{found.name} is the last resort now.")


def back(request: Request, slug: str, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("schedule", slug)


urlpatterns = [
    path("schedules/<slug:slug>", schedule, name="schedule"),
    path("oncall/<slug:slug>", schedule, name="oncall_schedule"),
    path("schedules/<slug:slug>/overrides", add_override, name="override_add"),
    path("schedules/<slug:slug>/overrides/<str:override_id>/remove", remove_override, name="override_remove"),
    path("schedules/<slug:slug>/last-resort", set_last_resort, name="last_resort_set"),
]
