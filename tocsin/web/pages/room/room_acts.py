"""What responders do to an incident: take command, severity, roles, notes, paging a team, facts, times. Screen 7."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.core.errors import Conflict, Refused, Stale
from tocsin.directory import queries as directory
from tocsin.directory.models import Person
from tocsin.incidents import commands, rules
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.web.forms import shown, typed_times
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents import incident_head
from tocsin.web.pages.incidents.addresses import at_incident

TIMES = (
    ("impact_started_at", "Impact began", "When the first customer felt it, not when we saw it."),
    ("detected_at", "Detected", "The first alert or report."),
    ("impact_ended_at", "Impact ended", "When the last customer could work again."),
)


@allow(RESPONDER)
@require_POST
def take_command(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    try:
        commands.take_command(request.actor, incident, now=request.now)
    except Conflict as conflict:
        messages.warning(request, conflict.detail)
    else:
        if incidents.is_first_command(request.actor):
            messages.success(request, incidents.sheet_section("responsibility").text)
    return redirect(f"/{incident.key}")


@allow(SIGNED_IN)
@require_POST
def set_up(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    commands.set_up(request.actor, incident, now=request.now)
    return redirect(f"/{incident.key}")


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def severity(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST, initial={"severity": str(incident.severity)})
    if request.method == "POST":
        chosen = form.choice("severity", ["1", "2", "3"], wrong="Choose Sev 1, 2 or 3.")
        if form.ok:
            try:
                commands.set_severity(request.actor, incident, int(chosen), now=request.now)
                return redirect(f"/{incident.key}")
            except Refused as refused:
                form.refuse(refused)
    return _page(request, incident, "severity", form, severities=directory.severities())


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def roles(request: Request, key: str) -> HttpResponse:
    """Take a role, give it to somebody, hand it over, give it up."""
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST, initial={"role": request.GET.get("role", rules.TECH_LEAD)})
    people = list(directory.people(request.actor, active=True).exclude(role=Person.STAKEHOLDER))
    if request.method == "POST":
        role = form.text("other_role", longest=40) or form.text("role", required="Choose a role.", longest=40)
        verb = request.POST.get("do", "")
        wanted = request.actor.id if verb in {"take", "release"} else form.text("person", required="Choose a person.")
        person = next((one for one in people if one.id == wanted), None)
        if form.ok and person is None:
            form.errors["person"] = "Choose a person from the list."
        if form.ok and person is not None:
            try:
                _change_role(request, incident, verb, role, person, form.text("about", longest=80))
                return redirect(f"/{incident.key}")
            except Refused as refused:
                form.refuse(refused)
    roles = [(name, words, rules.DUTIES[name]) for name, words in rules.ROLES.items()]
    return _page(request, incident, "roles", form, people=people, roles=roles, offers=incidents.offers(request.actor, incident))


def _change_role(request: Request, incident: Incident, verb: str, role: str, person: Person, about: str) -> None:
    if verb == "take" and role == rules.MANAGER and incident.manager_id is None:
        commands.take_command(request.actor, incident, now=request.now)
    elif verb == "offer":
        commands.offer_role(request.actor, incident, role, person, about=about, now=request.now)
        messages.success(request, f"{person.name} is asked, and told by mail.")
    elif verb == "release":
        commands.release_role(request.actor, incident, role, now=request.now)
    elif verb == "hand_over":
        commands.hand_over(request.actor, incident, person, role=role, now=request.now)
    else:
        commands.assign_role(request.actor, incident, role, person, about=about, now=request.now)


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def note(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST, initial={"kind": request.GET.get("kind", "observation")})
    if request.method == "POST":
        kind = form.choice("kind", rules.NOTES, wrong="Choose what kind of note this is.")
        text = form.text("text", required="Write what happened.", lines=True, longest=4_000)
        at = form.when("at", zone=request.actor.zone, now=request.now, past=True)
        if form.ok:
            try:
                commands.note(request.actor, incident, kind=kind, text=text, at=at, now=request.now)
                return redirect(f"/{incident.key}")
            except Refused as refused:
                form.refuse(refused)
    return _page(request, incident, "note", form, kinds=rules.NOTES.items())


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def edit(request: Request, key: str) -> HttpResponse:
    """The facts of an incident, each a field; the version says whether somebody was faster."""
    incident = incidents.by_key(request.actor, key)
    services, products = list(directory.services(request.actor)), list(directory.products())
    form = Typed(request.POST, initial=_facts(incident))
    if request.method == "POST":
        fields = _read_facts(form, services, products)
        version = form.number("version", least=1)
        if form.ok:
            try:
                commands.change_fields(request.actor, incident, expected_version=version, now=request.now, **fields)
                return redirect(f"/{incident.key}")
            except Stale as stale:
                form.errors["form"] = f"{stale.detail} What you typed is still here; the version is the new one now."
                incident = stale.current or incident
            except Refused as refused:
                form.refuse(refused)
    return _page(request, incident, "edit", form, services=services, products=products, sources=rules.SOURCES.items())


def _facts(incident: Incident) -> dict[str, Any]:
    return {
        "summary": incident.summary,
        "description": incident.description,
        "service": incident.service.slug if incident.service else "unknown",
        "products": [product.slug for product in incident.products.all()],
        "source": incident.source,
        "support_cases": str(incident.support_cases),
        "video_url": incident.video_url,
        "private": incident.is_private,
    }


def _read_facts(form: Typed, services: list[Any], products: list[Any]) -> dict[str, Any]:
    by_slug = {service.slug: service for service in services}
    chosen = form.choice("service", [*by_slug, "unknown"], wrong="Choose a service from the list, or Unknown.")
    ticked = set(form.many("products"))
    video = form.text("video_url", longest=300)
    return {
        "summary": form.text("summary", required="Say in one line what the emergency is.", longest=200),
        "description": form.text("description", lines=True),
        "service": by_slug.get(chosen),
        "products": [product for product in products if product.slug in ticked],
        "source": form.choice("source", rules.SOURCES, wrong="Say how it was noticed."),
        "support_cases": form.number("support_cases"),
        "video_url": video,
        "private": form.ticked("private"),
    }


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def times(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    stands = time_fields(incident, request)
    form = Typed(request.POST, initial=stands)
    if request.method == "POST":
        given, unknown = read_times(form, request, incident)
        mine = {name.removesuffix("_unknown") for name in shown.changed(form, stands, stands)}
        given, unknown = {name: given[name] for name in given if name in mine}, [name for name in unknown if name in mine]
        if form.ok and request.POST.get("do") != "check":
            try:
                commands.set_times(request.actor, incident, **given, unknown=unknown, now=request.now)
                return redirect(f"/{incident.key}")
            except Refused as refused:
                form.refuse(refused)
    return _page(request, incident, "times", form, times=time_rows(form), shown=shown.kept(stands, stands))


def time_fields(incident: Incident, request: Request) -> dict[str, Any]:
    """The three times as they are typed in the reader's zone."""
    zone, now = request.actor.zone, request.now
    values: dict[str, Any] = {name: typed_times.typed(getattr(incident, name), zone, now) for name, _, _ in TIMES}
    return values | {f"{name}_unknown": name in incident.unknown_times for name, _, _ in TIMES}


def read_times(form: Typed, request: Request, incident: Incident) -> tuple[dict[str, Any], list[str]]:
    """The times somebody typed, and the names of those said to be unknown. A time given beats a tick left standing, and one that
    stands as it is shown keeps its seconds.
    """
    given = {name: form.when(name, zone=request.actor.zone, now=request.now, past=True) for name, _, _ in TIMES}
    as_shown = time_fields(incident, request)
    given |= {name: getattr(incident, name) for name in given if form[name] and form[name] == as_shown[name]}
    ticked = [name for name, _, _ in TIMES if form.ticked(f"{name}_unknown")]
    return given, [name for name in ticked if given[name] is None and name not in form.errors]


def time_rows(form: Typed) -> list[dict[str, Any]]:
    """The three times for the template."""
    return [
        {
            "name": name,
            "title": title,
            "hint": hint,
            "value": form[name],
            "said": form[f"{name}_said"],
            "error": form.errors.get(name, ""),
            "unknown": form[f"{name}_unknown"],
        }
        for name, title, hint in TIMES
    ]


def _page(request: Request, incident: Incident, name: str, form: Typed, **more: Any) -> HttpResponse:
    context = {"here": "incidents", "incident": incident, "head": incident_head.of(request, incident), "form": form, **more}
    return render(request, f"incident/{name}.html", context, status=200 if form.ok else 422)


@allow(SIGNED_IN)
@require_POST
def follow(request: Request, key: str) -> HttpResponse:
    """`do`: `follow` or `unfollow`; what is published inside comes by mail."""
    incident = incidents.by_key(request.actor, key)
    verb = commands.unfollow if request.POST.get("do") == "unfollow" else commands.follow
    try:
        verb(request.actor, incident, now=request.now)
    except Refused as refused:
        messages.warning(request, refused.detail)
    return redirect(f"/{incident.key}")


urlpatterns = [
    at_incident("/follow", follow),
    at_incident("/command", take_command),
    at_incident("/set-up", set_up),
    at_incident("/severity", severity),
    at_incident("/roles", roles),
    at_incident("/note", note),
    at_incident("/edit", edit),
    at_incident("/times", times),
]
