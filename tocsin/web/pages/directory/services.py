"""Services: who answers, where alerts come in; integration keys shown once, with the snippet. Screens 14 and 15."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.alerts import commands as alert_commands
from tocsin.alerts import ports as alert_ports
from tocsin.alerts import queries as alerts
from tocsin.alerts.models import IntegrationKey
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound, Refused
from tocsin.directory import commands, permissions, queries
from tocsin.directory.models import Person, Service, Team
from tocsin.directory.vendor_status import queries as vendor_status
from tocsin.oncall import commands as oncall_commands
from tocsin.oncall import queries as oncall
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import MANAGER, SIGNED_IN, allow

FIELDS = ("name", "description", "runbook_url")


@allow(SIGNED_IN)
@require_GET
def listing(request: Request) -> HttpResponse:
    services = list(queries.services(request.actor))
    covers, keys = oncall.covers_of(services), alerts.key_states(services)
    rows = [(service, covers.get(service.id, (None, None)), keys.get(service.id)) for service in services]
    context = {"rows": rows, "may_make": queries.managed_teams(request.actor).exists()}
    return render(request, "services/list.html", context)


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    form = Typed(request.POST, initial={"team": request.GET.get("team", "")})
    if request.method == "POST":
        try:
            fields: dict[str, Any] = _texts(form)
            fields |= {"owner": _owner(form), **_links(form)}
            service = commands.create_service(request.actor, **fields, team=_team(form, request.actor), now=request.now)
            _cover(request, service, form)
            return redirect("service", service.slug)
        except Refused as refused:
            form.refuse(refused)
    return render(request, "services/edit.html", _choices(request, form), status=200 if form.ok else 422)


@allow(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, slug: str) -> HttpResponse:
    service = queries.service_by_slug(slug)
    permissions.require_manager(request.actor, service.team)
    form = Typed(request.POST, initial=_as_typed(service))
    if request.method == "POST":
        try:
            fields: dict[str, Any] = _texts(form)
            fields |= {"owner": _owner(form) or "", **_links(form)}
            commands.change_service(request.actor, service, **fields, team=_team(form, request.actor), now=request.now)
            _cover(request, service, form)
            return _back(request, slug, "Saved.")
        except Refused as refused:
            form.refuse(refused)
    context = _choices(request, form, service) | {"service": service}
    return render(request, "services/edit.html", context, status=200 if form.ok else 422)


@allow(SIGNED_IN)
@require_GET
def detail(request: Request, slug: str) -> HttpResponse:
    return _page(request, queries.service_by_slug(slug))


def _page(request: Request, service: Service, form: Typed | None = None) -> HttpResponse:
    manages = permissions.is_manager(request.actor, service.team)
    context = {
        "service": service,
        "manages": manages,
        "policy": oncall.policy_for(service),
        "roster": oncall.roster_for(service),
        "last_resort": oncall.last_resort(),
        "keys": [(key, _broken(key)) for key in alerts.keys(service)],
        "kinds": alert_ports.kinds(),
        "refused": list(alerts.refused_bodies(service, limit=3)) if manages else [],
        "needed_by": list(service.needed_by.filter(archived_at=None)),
        "behind": vendor_status.behind(service, request.now),
        "open": list(alerts.alerts(request.actor, status="open", service=service)[:10]),
        "form": form or Typed(),
    }
    return render(request, "services/detail.html", context, status=200 if form is None or form.ok else 422)


@allow(MANAGER)
@require_POST
def new_key(request: Request, slug: str) -> HttpResponse:
    """The plain key is on this answer and nowhere else."""
    service, form = queries.service_by_slug(slug), Typed(request.POST)
    try:
        kind, name = form.text("kind"), form.text("name") or form.text("kind").capitalize()
        key, plain = alert_commands.create_key(request.actor, service, kind=kind, name=name, now=request.now)
    except Refused as refused:
        form.refuse(refused)
        return _page(request, service, form)
    context = {"service": service, "key": key, "address": key_address(plain, kind)}
    return render(request, "services/key.html", context)


def _broken(key: IntegrationKey) -> bool:
    """Whether the latest body that came with this key could not be read."""
    return alerts.KeyState(1, key.last_event_at, key.unreadable_at).broken and key.revoked_at is None


def key_address(plain: str, kind: str) -> str:
    """Where a sender with this key posts to."""
    return f"{settings.TOCSIN.base_url.rstrip('/')}/in/{plain}/{kind}"


@allow(MANAGER)
@require_POST
def revoke_key(request: Request, slug: str, key_id: str) -> HttpResponse:
    key = alerts.key_by_id(request.actor, key_id)
    if key.service.slug != slug:
        raise NotFound("There is no such key.")
    alert_commands.revoke_key(request.actor, key, now=request.now)
    return _back(request, slug, f"{key.name} is revoked. What still sends with it gets 404.")


@allow(MANAGER)
@require_POST
def archive(request: Request, slug: str) -> HttpResponse:
    service = queries.service_by_slug(slug)
    archived = bool(request.POST.get("archived"))
    commands.change_service(request.actor, service, archived=archived, now=request.now)
    return _back(request, slug, "Archived: it is offered no more." if archived else "In use again.")


def _team(form: Typed, actor: Actor) -> Team:
    slug = form.text("team", required="Choose the team that owns it.")
    team = Team.objects.filter(slug=slug).first()
    if team is None:
        raise Invalid("Choose the team that owns it.", field="team")
    return team


def _texts(form: Typed) -> dict[str, str]:
    lines = {"severity_guidance": form.text("severity_guidance", lines=True)}
    return {name: form.text(name) for name in FIELDS} | lines


def _owner(form: Typed) -> Person | None:
    chosen = form.text("owner", longest=60)
    person = queries.people().filter(pk=chosen).first()
    if chosen and person is None:
        raise Invalid("Choose the owner from the list.", field="owner")
    return person


def _links(form: Typed) -> dict[str, list[Any]]:
    """Products, services it needs and vendors, as ticked."""
    rows = {"products": queries.products(), "needs": queries.services(archived=True), "vendors": queries.vendors()}
    return {name: list(found.filter(pk__in=form.many(name))) for name, found in rows.items()}


def _cover(request: Request, service: Service, form: Typed) -> None:
    """Policy and roster as chosen; left empty, the last resort answers."""
    policy, roster = form.text("policy"), form.text("roster")
    before = oncall.covers_of([service]).get(service.id, (None, None))
    if [policy, roster] == [one.id if one else "" for one in before]:
        return
    oncall_commands.cover_service(
        request.actor,
        service,
        policy=oncall.policy(request.actor, policy) if policy else None,
        roster=oncall.schedule(request.actor, roster) if roster else None,
        now=request.now,
    )


def _as_typed(service: Service) -> dict[str, Any]:
    policy, roster = oncall.covers_of([service]).get(service.id, (None, None))
    return {name: getattr(service, name) for name in (*FIELDS, "severity_guidance")} | {
        "team": service.team.slug,
        "products": [product.id for product in service.products.all()],
        "needs": [one.id for one in service.needs.all()],
        "vendors": [one.id for one in service.vendors.all()],
        "owner": service.owner_id or "",
        "policy": policy.id if policy else "",
        "roster": roster.id if roster else "",
    }


def _choices(request: Request, form: Typed, service: Service | None = None) -> dict[str, Any]:
    """What the form offers. Whoever is chosen already stays among it, deactivated or archived."""
    owner = service.owner_id if service else None
    needed = [one.id for one in service.needs.all()] if service else []
    others = queries.services(archived=True).filter(Q(archived_at=None) | Q(pk__in=needed))
    return {
        "people": list(queries.people().filter(Q(is_active=True) | Q(pk=owner))),
        "others": list(others.exclude(pk=service.pk) if service else others),
        "all_vendors": list(queries.vendors()),
        "form": form,
        "teams": list(queries.managed_teams(request.actor)),
        "all_products": list(queries.products()),
        "policies": list(oncall.policies(request.actor)),
        "schedules": list(oncall.schedules(request.actor)),
    }


def _back(request: Request, slug: str, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("service", slug)


urlpatterns = [
    path("services", listing, name="services"),
    path("services/new", new, name="service_new"),
    path("s/<slug:slug>", detail, name="service"),
    path("s/<slug:slug>/change", change, name="service_change"),
    path("s/<slug:slug>/archive", archive, name="service_archive"),
    path("s/<slug:slug>/keys", new_key, name="key_new"),
    path("s/<slug:slug>/keys/<str:key_id>/revoke", revoke_key, name="key_revoke"),
]
