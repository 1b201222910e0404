"""Incident templates: what a team has prepared, kept by its managers. `/declare?template=…` begins with one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, Refused
from tocsin.directory import permissions
from tocsin.directory import queries as directory
from tocsin.directory.models import Person, Team
from tocsin.incidents import commands, rules
from tocsin.incidents.template import queries
from tocsin.incidents.template.models import IncidentTemplate, TemplateLine
from tocsin.incidents.template.preparation import AUDIENCES, Target
from tocsin.oncall import queries as oncall
from tocsin.web.forms import people
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import MANAGER, SIGNED_IN, allow

WORDS = ("name", "summary", "description", "internal", "external")
MOST = 20
_SPARE = 2
"""Empty choices at the end of a list, so that the form grows without a script."""


@allow(SIGNED_IN)
@require_safe
def listing(request: Request) -> HttpResponse:
    context = {
        "templates": list(queries.templates(request.actor)),
        "teams": directory.managed_teams(request.actor),
        "here": "incidents",
    }
    return render(request, "incident_templates/list.html", context)


@allow(SIGNED_IN)
@require_safe
def show(request: Request, slug: str) -> HttpResponse:
    found = queries.template(request.actor, slug)
    context = {
        "template": found,
        "now_is": queries.preparation(found, request.now),
        "manages": permissions.is_manager(request.actor, found.team),
        "here": "incidents",
    }
    return render(request, "incident_templates/show.html", context)


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, slug: str) -> HttpResponse:
    team = directory.team_by_slug(slug)
    permissions.require_manager(request.actor, team)
    initial = {"severity": "2", "service": request.GET.get("service", ""), "audiences": list(AUDIENCES)}
    form = Typed(request.POST, initial=initial)
    if request.method == "POST":
        try:
            fields = _read(request.actor, form)
            made = commands.create_template(request.actor, team=team, **fields, now=request.now)
            messages.success(request, "Kept. Whoever declares may begin with it.")
            return redirect("incident_template", made.slug)
        except Refused as refused:
            _refuse(form, refused)
    return _form(request, form, team, None)


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, slug: str) -> HttpResponse:
    found = queries.template(request.actor, slug)
    permissions.require_manager(request.actor, found.team)
    form = Typed(request.POST, initial=_as_typed(found))
    if request.method == "POST":
        try:
            commands.change_template(request.actor, found, **_read(request.actor, form), now=request.now)
            messages.success(request, "Saved. Incidents that were declared from it keep what they took.")
            return redirect("incident_template", slug)
        except Refused as refused:
            _refuse(form, refused)
    return _form(request, form, found.team, found)


@allow(MANAGER)
@require_POST
def remove(request: Request, slug: str) -> HttpResponse:
    found = queries.template(request.actor, slug)
    commands.remove_template(request.actor, found, now=request.now)
    messages.success(request, f"{found.name} is removed. Incidents that were declared from it keep what they took.")
    return redirect("incident_templates")


def _read(actor: Actor, form: Typed) -> dict[str, Any]:
    """The form as arguments of a command. Everything is read before Invalid is raised, so that nothing typed is lost."""
    fields: dict[str, Any] = {name: form.text(name, lines=name not in {"name", "summary"}) for name in WORDS}
    severity = form.choice("severity", ["1", "2", "3"], wrong="Choose Sev 1, 2 or 3.")
    service, products = form.text("service", longest=60), form.many("products")
    pages, told = [one for one in form.many("page") if one], [one for one in form.many("tell") if one]
    roles, asked = form.many("role"), form.many("asked")
    fields |= {"private": form.ticked("private"), "audiences": form.many("audiences")}
    if not form.ok:
        raise Invalid("Something needs another look.", field="severity" if "severity" in form.errors else "form")
    known = {one.slug: one for one in directory.products()}
    fields |= {
        "severity": int(severity),
        "service": directory.service_by_slug(service) if service else None,
        "products": [known[one] for one in products if one in known],
        "pages": [_target(actor, one) for one in pages],
        "told": [_target(actor, one) for one in told],
        "offers": [(role, _target(actor, one)) for role, one in zip(roles, asked, strict=False) if role and one],
    }
    return fields


def _target(actor: Actor, wanted: str) -> Target:
    if wanted.startswith("sch_"):
        return oncall.schedule(actor, wanted)
    if wanted.startswith("pol_"):
        return oncall.policy(actor, wanted)
    return directory.team_by_id(wanted) if wanted.startswith("tea_") else directory.person(wanted)


def _refuse(form: Typed, refused: Refused) -> None:
    """Show a refusal at its list: `pages.2` belongs to the pages."""
    if refused.field not in form.errors:
        field = refused.field.partition(".")[0]
        form.errors[field or "form"] = refused.detail


def _as_typed(found: IncidentTemplate) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(found, name) for name in WORDS}
    lines = list(found.lines.all())
    offers = [one for one in lines if one.kind == TemplateLine.OFFER]
    return values | {
        "severity": str(found.severity),
        "service": found.service.slug if found.service else "",
        "products": [one.slug for one in found.products.all()],
        "private": found.is_private,
        "audiences": list(found.audiences),
        "page": [one.named.pk for one in lines if one.kind == TemplateLine.PAGE],
        "tell": [one.named.pk for one in lines if one.kind == TemplateLine.TELL],
        "role": [one.role for one in offers],
        "asked": [one.named.pk for one in offers],
    }


def _form(request: Request, form: Typed, team: Team, found: IncidentTemplate | None) -> HttpResponse:
    chosen = {name: [one for one in form.values.get(name, []) if one] for name in ("page", "tell")}
    offers = list(zip(form.values.get("role", []), form.values.get("asked", []), strict=False))
    everybody = list(directory.people(request.actor, active=True))
    near = people.nearest(team.id, also=[*chosen["page"], *(asked for _, asked in offers)]).people
    groups = [("Teams", directory.teams(request.actor)), ("Schedules", oncall.schedules(request.actor))]
    context = {
        "form": form,
        "team": team,
        "template": found,
        "services": [one for one in directory.services(request.actor) if one.team_id == team.id],
        "products": list(directory.products()),
        "severities": rules.SEVERITIES,
        "pages": [*chosen["page"], *[""] * _SPARE][:MOST],
        "page_groups": [*groups, ("Policies", oncall.policies(request.actor)), ("People", near)],
        "offers": [*[one for one in offers if any(one)], *[("", "")] * _SPARE][:MOST],
        "ask_groups": [("On call then", oncall.schedules(request.actor)), ("People", near)],
        "roles": rules.ROLES.items(),
        "tells": [*chosen["tell"], *[""] * _SPARE][:MOST],
        "tell_groups": [groups[0], ("People", _first_stakeholders(everybody))],
        "here": "incidents",
    }
    return render(request, "incident_templates/edit.html", context, status=200 if form.ok else 422)


def _first_stakeholders(everybody: list[Person]) -> list[Person]:
    return sorted(everybody, key=lambda one: one.role != Person.STAKEHOLDER)


urlpatterns = [
    path("templates", listing, name="incident_templates"),
    path("templates/<slug:slug>", show, name="incident_template"),
    path("templates/<slug:slug>/change", change, name="incident_template_change"),
    path("templates/<slug:slug>/remove", remove, name="incident_template_remove"),
    path("t/<slug:slug>/templates/new", new, name="incident_template_new"),
]
