"""Dashboards: incidents in progress at an address that a team knows by heart, and the secret addresses that show one elsewhere."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.core.errors import Refused
from tocsin.directory import permissions
from tocsin.directory import queries as directory
from tocsin.directory.models import Team
from tocsin.incidents import commands, rules
from tocsin.incidents.boards import queries
from tocsin.incidents.boards.models import Dashboard
from tocsin.incidents.boards.rules import STATES
from tocsin.statuspages import queries as statuspages
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import MANAGER, SIGNED_IN, allow


@allow(SIGNED_IN)
@require_safe
def listing(request: Request) -> HttpResponse:
    found = [(one, queries.said(one)) for one in queries.dashboards(request.actor)]
    context = {"dashboards": found, "teams": directory.managed_teams(request.actor), "here": "incidents"}
    return render(request, "dashboards/list.html", context)


@allow(SIGNED_IN)
@require_safe
def show(request: Request, slug: str) -> HttpResponse:
    return _page(request, queries.dashboard(request.actor, slug))


def _page(request: Request, found: Dashboard, form: Typed | None = None) -> HttpResponse:
    """The board; `form` holds refused origins of a new address."""
    manages = permissions.is_manager(request.actor, found.team)
    board = queries.board(request.actor, found)
    told, dues = statuspages.latest_words(board.incidents), statuspages.next_dues(board.incidents)
    context = {
        "dashboard": found,
        "board": board,
        "rows": [(one, told.get(one.id), dues.get(one.id)) for one in board.incidents],
        "said": queries.said(found),
        "manages": manages,
        "embeds": queries.embeds(found) if manages else [],
        "form": form or Typed(),
        "here": "incidents",
    }
    return render(request, "dashboards/show.html", context, status=200 if form is None or form.ok else 422)


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, slug: str) -> HttpResponse:
    team = directory.team_by_slug(slug)
    permissions.require_manager(request.actor, team)
    form = Typed(request.POST, initial={"name": f"{team.name}: in progress"})
    if request.method == "POST":
        fields = _read(request, form)
        try:
            short = form.text("slug", longest=60)
            if form.ok:
                made = commands.create_dashboard(request.actor, team=team, slug=short, **fields, now=request.now)
                messages.success(request, f"The address is /dash/{made.slug}, and stays.")
                return redirect("dashboard", made.slug)
        except Refused as refused:
            form.refuse(refused)
    return _form(request, form, team, None)


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, slug: str) -> HttpResponse:
    found = queries.dashboard(request.actor, slug)
    permissions.require_manager(request.actor, found.team)
    form = Typed(request.POST, initial={"name": found.name, **_typed(queries.filters(found))})
    if request.method == "POST":
        fields = _read(request, form)
        try:
            if form.ok:
                commands.change_dashboard(request.actor, found, **fields, now=request.now)
                messages.success(request, "Saved. Its address is the same.")
                return redirect("dashboard", slug)
        except Refused as refused:
            form.refuse(refused)
    return _form(request, form, found.team, found)


@allow(MANAGER)
@require_POST
def remove(request: Request, slug: str) -> HttpResponse:
    """Asked in place first: people know its address, and wikis show it."""
    found = queries.dashboard(request.actor, slug)
    commands.remove_dashboard(request.actor, found, now=request.now)
    messages.success(request, f"{found.name} is removed. /dash/{found.slug} leads nowhere now.")
    return redirect("dashboards")


@allow(MANAGER)
@require_POST
def new_embed(request: Request, slug: str) -> HttpResponse:
    """The secret address is on this answer and nowhere else."""
    found, form = queries.dashboard(request.actor, slug), Typed(request.POST)
    try:
        wanted = form.text("origins", longest=2_000, lines=True).replace(",", " ").split()
        made, where = commands.create_embed(request.actor, found, origins=wanted, now=request.now)
    except Refused as refused:
        form.refuse(refused)
        return _page(request, found, form)
    context = {"dashboard": found, "embed": made, "address": settings.TOCSIN.base_url.rstrip("/") + where, "here": "incidents"}
    return render(request, "dashboards/address.html", context)


@allow(MANAGER)
@require_POST
def revoke(request: Request, slug: str, embed_id: str) -> HttpResponse:
    found = queries.dashboard(request.actor, slug)
    gone = commands.revoke_embed(request.actor, queries.embed(found, embed_id), now=request.now)
    messages.success(request, f"The address that ends in …{gone.hint} is closed.")
    return redirect("dashboard", slug)


def _read(request: Request, form: Typed) -> dict[str, Any]:
    """The form as arguments of a command; what names nothing is noted at its field."""
    fields: dict[str, Any] = {"name": form.text("name", required="Give it a name.", longest=120)}
    known: dict[str, Any] = {
        "services": directory.services(request.actor),
        "products": directory.products(),
        "teams": directory.teams(request.actor),
    }
    for name, rows in known.items():
        by_slug = {one.slug: one for one in rows}
        chosen = form.many(name)
        if set(chosen) - set(by_slug):
            form.errors[name] = "One of these does not exist any more."
        fields[name] = [by_slug[one] for one in chosen if one in by_slug]
    severities = form.many("severities")
    if set(severities) - {"1", "2", "3"}:
        form.errors["severities"] = "Choose Sev 1, 2 or 3."
    fields["severities"] = [int(one) for one in severities if one in {"1", "2", "3"}]
    return {**fields, "states": form.many("states")}


def _typed(filters: dict[str, list]) -> dict[str, list[str]]:
    return {name: [str(one) for one in chosen] for name, chosen in filters.items()}


def _form(request: Request, form: Typed, team: Team, found: Dashboard | None) -> HttpResponse:
    groups = (
        ("products", "Products", "Affected products", [(one.slug, one.name) for one in directory.products()]),
        ("services", "Services", "Faulty services", [(one.slug, one.name) for one in directory.services(request.actor)]),
        ("teams", "Teams", "Teams that own the faulty service", [(one.slug, one.name) for one in directory.teams(request.actor)]),
        ("severities", "Severity", "", [(str(one), f"Sev {one}") for one in rules.SEVERITIES]),
        ("states", "State", "", [(one, rules.STATE_WORDS[one]) for one in STATES]),
    )
    shown = [(*group, form.values.get(group[0], []), form.errors.get(group[0], "")) for group in groups]
    context = {"form": form, "team": team, "dashboard": found, "groups": shown, "here": "incidents"}
    return render(request, "dashboards/edit.html", context, status=200 if form.ok else 422)


urlpatterns = [
    path("dash", listing, name="dashboards"),
    path("dash/<slug:slug>", show, name="dashboard"),
    path("dash/<slug:slug>/change", change, name="dashboard_change"),
    path("dash/<slug:slug>/remove", remove, name="dashboard_remove"),
    path("dash/<slug:slug>/addresses", new_embed, name="embed_new"),
    path("dash/<slug:slug>/addresses/<str:embed_id>/revoke", revoke, name="embed_revoke"),
    path("t/<slug:slug>/dashboards/new", new, name="dashboard_new"),
]
