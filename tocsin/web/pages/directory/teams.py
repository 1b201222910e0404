"""Teams: who is in them and manages them, their schedules, policies and services."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.errors import Refused
from tocsin.directory import commands, permissions, queries
from tocsin.directory.models import Team
from tocsin.oncall import queries as oncall
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame.zones import COMMON
from tocsin.web.gate.policy import ADMINISTRATOR, MANAGER, SIGNED_IN, allow
from tocsin.web.pages.oncall import calendar_section


@allow(SIGNED_IN)
@require_GET
def listing(request: Request) -> HttpResponse:
    return render(request, "teams/list.html", {"teams": list(queries.teams(request.actor))})


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    form = Typed(request.POST, initial={"zone": request.user.zone})
    if request.method == "POST":
        name, zone = form.text("name"), form.text("zone")
        try:
            team = commands.create_team(request.actor, name=name, zone=zone, now=request.now)
            return redirect("team", team.slug)
        except Refused as refused:
            form.refuse(refused)
    context = {"form": form, "zones": COMMON}
    return render(request, "teams/new.html", context, status=200 if form.ok else 422)


@allow(SIGNED_IN)
@require_GET
def detail(request: Request, slug: str) -> HttpResponse:
    return page(request, queries.team_by_slug(slug))


def page(request: Request, team: Team, form: Typed | None = None) -> HttpResponse:
    """A team; `form` is a refused calendar of absences."""
    form = form or Typed()
    manages = permissions.is_manager(request.actor, team)
    members = {membership.person_id for membership in team.memberships.all()}
    others = queries.people(request.actor, active=True).exclude(role="stakeholder").exclude(id__in=members)
    context = {
        "team": team,
        "manages": manages,
        "others": list(others) if manages else [],
        "reachable": queries.reachable_ids(),
        "rows": [row for row in oncall.now_table(request.now) if row.team == team],
        "policies": list(oncall.policies(request.actor).filter(team=team)),
        "zones": COMMON,
        "cal": calendar_section.of(request, team),
        "form": form,
    }
    return render(request, "teams/detail.html", context, status=200 if form.ok else 422)


@allow(MANAGER)
@require_POST
def change(request: Request, slug: str) -> HttpResponse:
    team = queries.team_by_slug(slug)
    fields = {"name": request.POST.get("name"), "zone": request.POST.get("zone")}
    commands.change_team(request.actor, team, **fields, now=request.now)
    return _back(request, slug, "Saved.")


@allow(MANAGER)
@require_POST
def add_member(request: Request, slug: str) -> HttpResponse:
    """Also changes whether somebody in the team manages it."""
    team, person = queries.team_by_slug(slug), queries.person(request.POST.get("person", ""))
    manages = bool(request.POST.get("is_manager"))
    commands.add_member(request.actor, team, person, is_manager=manages, now=request.now)
    return _back(request, slug, f"{person.name} {'manages' if manages else 'is in'} {team.name}.")


@allow(MANAGER)
@require_POST
def remove_member(request: Request, slug: str) -> HttpResponse:
    team, person = queries.team_by_slug(slug), queries.person(request.POST.get("person", ""))
    commands.remove_member(request.actor, team, person, now=request.now)
    return _back(request, slug, f"{person.name} is no longer in {team.name}. Check its rotations and policies for the name.")


def _back(request: Request, slug: str, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("team", slug)


urlpatterns = [
    path("teams", listing, name="teams"),
    path("teams/new", new, name="team_new"),
    path("t/<slug:slug>", detail, name="team"),
    path("t/<slug:slug>/change", change, name="team_change"),
    path("t/<slug:slug>/members", add_member, name="team_member_add"),
    path("t/<slug:slug>/members/remove", remove_member, name="team_member_remove"),
]
