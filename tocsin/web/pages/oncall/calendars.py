"""Calendars: the feed of shifts by its secret address, calendars of absences, and all of my shifts on one page."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET, require_POST, require_safe

from tocsin.core.errors import Invalid, Refused
from tocsin.directory import queries as directory
from tocsin.directory.models import Person, Team
from tocsin.oncall import commands, permissions
from tocsin.oncall.calendars import away, feeds, shifts
from tocsin.oncall.ports import MOST_BYTES, calendars
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import MANAGER, SIGNED_IN, TOKEN, allow
from tocsin.web.pages.directory import profile, teams

WEEKS = 8
_FIELDS = {"url": "away_url", "file": "away_file", "name": "away_name"}


@allow(TOKEN)
@require_safe
def feed(request: Request, token: str) -> HttpResponseBase:
    """Authorised by the token in the path alone. The same shifts are the same bytes, so that a calendar program asks cheaply."""
    found = feeds.feed_by_token(token)
    body = calendars().write(feeds.content(found, request.now))
    commands.note_use(found, now=request.now)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    whole = HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"ETag": tag})
    answer = get_conditional_response(request, etag=tag, response=whole) or whole
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@allow(SIGNED_IN)
@require_GET
def mine(request: Request) -> HttpResponse:
    """My shifts of the next weeks over all schedules."""
    until = request.now + dt.timedelta(weeks=WEEKS)
    found = shifts.shifts_of(request.user, request.now, until)
    clashes = away.clashes_of(request.user, request.now, reader=request.actor.id)
    context = {"shifts": found, "clashes": clashes, "feeds": feeds.feeds_of(request.user), "weeks": WEEKS, "here": "oncall"}
    return render(request, "calendars/mine.html", context)


@allow(SIGNED_IN)
@require_POST
def my_feed(request: Request) -> HttpResponse:
    return _new_feed(request, request.user, "/me")


@allow(SIGNED_IN)
@require_POST
def revoke_mine(request: Request, feed_id: str) -> HttpResponse:
    return _revoke(request, request.user, feed_id)


@allow(SIGNED_IN)
@require_POST
def my_away(request: Request) -> HttpResponse:
    return _bring(request, request.user)


@allow(SIGNED_IN)
@require_POST
def remove_mine(request: Request, away_id: str) -> HttpResponse:
    return _remove(request, request.user, away_id)


@allow(SIGNED_IN)
@require_POST
def notices(request: Request) -> HttpResponse:
    wanted = Typed(request.POST).ticked("reminders")
    commands.choose_notices(request.actor, request.user, reminders=wanted, now=request.now)
    return _back(request, request.user, "Reminders come by mail." if wanted else "No more reminders. Hand-over notices still come.")


@allow(MANAGER)
@require_POST
def team_feed(request: Request, slug: str) -> HttpResponse:
    return _new_feed(request, directory.team_by_slug(slug), f"/t/{slug}")


@allow(MANAGER)
@require_POST
def revoke_teams(request: Request, slug: str, feed_id: str) -> HttpResponse:
    return _revoke(request, directory.team_by_slug(slug), feed_id)


@allow(MANAGER)
@require_POST
def team_away(request: Request, slug: str) -> HttpResponse:
    return _bring(request, directory.team_by_slug(slug))


@allow(MANAGER)
@require_POST
def remove_teams(request: Request, slug: str, away_id: str) -> HttpResponse:
    return _remove(request, directory.team_by_slug(slug), away_id)


def _new_feed(request: Request, owner: Person | Team, home: str) -> HttpResponse:
    """The address is on this answer and nowhere else."""
    _, where = commands.create_feed(request.actor, owner, now=request.now)
    address = settings.TOCSIN.base_url.rstrip("/") + where
    context = {"owner": owner, "address": address, "home": home, "personal": isinstance(owner, Person)}
    return render(request, "calendars/feed.html", context)


def _revoke(request: Request, owner: Person | Team, feed_id: str) -> HttpResponse:
    found = commands.revoke_feed(request.actor, feeds.feed_of(owner, feed_id), now=request.now)
    return _back(request, owner, f"The address that ends in …{found.hint} is closed.")


def _bring(request: Request, owner: Person | Team) -> HttpResponse:
    """A calendar of absences by its address or as a file; `instead` is the id of one that it replaces."""
    permissions.require_away_calendars(request.actor, owner)
    form = Typed(request.POST)
    name, url, instead = form.text("away_name"), form.text("away_url"), form.text("instead")
    try:
        file = _file(request)
        if instead:
            found = away.away_calendar_of(owner, instead)
            commands.replace_away_calendar(request.actor, found, url=url, file=file, now=request.now)
        else:
            found = commands.add_away_calendar(request.actor, owner, name=name, url=url, file=file, now=request.now)
    except Refused as refused:
        form.refuse(refused, **_FIELDS)
        return profile.page(request, form) if isinstance(owner, Person) else teams.page(request, owner, form)
    words = "It is read within a minute." if url else "Its absences are here."
    return _back(request, owner, f"{found.name} is kept. {words}")


def _file(request: Request) -> bytes | None:
    """What was chosen; one that is too large is not read at all."""
    upload = request.FILES.get("away_file")
    if upload is not None and (upload.size or 0) > MOST_BYTES:
        size, most = (upload.size or 0) / 1024 / 1024, MOST_BYTES // 1024 // 1024
        raise Invalid(f"{upload.name} has {size:.1f} MB, larger than the {most} of a calendar. Nothing was stored.", field="file")
    return upload.read() if upload else None


def _remove(request: Request, owner: Person | Team, away_id: str) -> HttpResponse:
    found = away.away_calendar_of(owner, away_id)
    commands.remove_away_calendar(request.actor, found, now=request.now)
    return _back(request, owner, f"{found.name} is removed, and its absences with it.")


def _back(request: Request, owner: Person | Team, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("me") if isinstance(owner, Person) else redirect("team", owner.slug)


urlpatterns = [
    path("feeds/<str:token>.ics", feed, name="feed"),
    path("oncall/mine", mine, name="my_shifts"),
    path("me/feeds", my_feed, name="feed_new"),
    path("me/feeds/<str:feed_id>/revoke", revoke_mine, name="feed_revoke"),
    path("me/away", my_away, name="away_new"),
    path("me/away/<str:away_id>/remove", remove_mine, name="away_remove"),
    path("me/notices", notices, name="notices"),
    path("t/<slug:slug>/feeds", team_feed, name="team_feed_new"),
    path("t/<slug:slug>/feeds/<str:feed_id>/revoke", revoke_teams, name="team_feed_revoke"),
    path("t/<slug:slug>/away", team_away, name="team_away_new"),
    path("t/<slug:slug>/away/<str:away_id>/remove", remove_teams, name="team_away_remove"),
]
