"""Dashboards of a team, and secret addresses that show one outside: made, changed, removed, revoked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from tocsin.core import secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.directory import permissions
from tocsin.directory import rules as names
from tocsin.directory.models import Product, Service, Team
from tocsin.incidents import events
from tocsin.incidents.boards import queries, rules
from tocsin.incidents.boards.models import Dashboard, Embed
from tocsin.incidents.commands._numbers import author

_MOST, _MOST_EMBEDS = 50, 10
_USE_KEPT_TO = dt.timedelta(hours=1)
_LINKED = ("services", "products", "teams")


@transaction.atomic
def create_dashboard(
    actor: Actor,
    *,
    team: Team,
    name: str,
    slug: str = "",
    services: Iterable[Service] = (),
    products: Iterable[Product] = (),
    teams: Iterable[Team] = (),
    severities: Iterable[int] = (),
    states: Iterable[str] = (),
    now: dt.datetime,
) -> Dashboard:
    """A saved view at `/dash/<slug>`, for all staff to read. Raises Invalid with the field, Conflict for a slug that is taken."""
    permissions.require_manager(actor, team)
    db.lock(Team.objects.filter(pk=team.pk)).get()
    if team.dashboards.count() >= _MOST:
        raise Conflict(f"{team.name} has {_MOST} dashboards already. Remove one that nobody reads.")
    name = texts.line(name, field="name", limit=120)
    made = Dashboard.objects.create(
        team=team,
        name=name,
        slug=_slug(slug, name),
        severities=rules.severities(severities),
        states=rules.states(states),
        created_at=now,
        updated_at=now,
    )
    for field, rows in zip(_LINKED, (services, products, teams), strict=True):
        getattr(made, field).set(rows)
    data = {"name": name, "slug": made.slug, "team": team.id, "changes": [f"shows {queries.said(made)}"]}
    record(actor, events.DASHBOARD_CREATED, made.id, now=now, data=data)
    return made


@transaction.atomic
def change_dashboard(actor: Actor, dashboard: Dashboard, *, now: dt.datetime, **fields: Any) -> Dashboard:
    """Change `name`, `services`, `products`, `teams`, `severities` or `states`; its address stays. What is not given stays too."""
    permissions.require_manager(actor, dashboard.team)
    dashboard = db.lock(Dashboard.objects.filter(pk=dashboard.pk)).get()
    before = {"name": dashboard.name, **queries.filters(dashboard)}
    if "name" in fields:
        dashboard.name = texts.line(fields["name"], field="name", limit=120)
    if "severities" in fields:
        dashboard.severities = rules.severities(fields["severities"])
    if "states" in fields:
        dashboard.states = rules.states(fields["states"])
    for field in _LINKED:
        if field in fields:
            getattr(dashboard, field).set(fields[field])
    changes = rules.differences(before, {"name": dashboard.name, **queries.filters(dashboard)})
    if changes:
        dashboard.updated_at = now
        dashboard.save(update_fields=["name", "severities", "states", "updated_at"])
        record(actor, events.DASHBOARD_CHANGED, dashboard.id, now=now, data={"name": dashboard.name, "changes": changes})
    return dashboard


@transaction.atomic
def remove_dashboard(actor: Actor, dashboard: Dashboard, *, now: dt.datetime) -> None:
    """Its address, and every secret address that shows it, answer 404 from now on."""
    permissions.require_manager(actor, dashboard.team)
    if Dashboard.objects.filter(pk=dashboard.pk).delete()[0]:
        record(actor, events.DASHBOARD_REMOVED, dashboard.id, now=now, data={"name": dashboard.name, "slug": dashboard.slug})


@transaction.atomic
def create_embed(actor: Actor, dashboard: Dashboard, *, origins: Sequence[str] = (), now: dt.datetime) -> tuple[Embed, str]:
    """A secret address of a dashboard's list and its path `/embed/<token>`, which is kept nowhere.

    `origins` (`https://wiki.example.com`) may put it into a frame; without any it can be opened and read as JSON, not framed.
    """
    permissions.require_manager(actor, dashboard.team)
    framing = rules.origins(origins)
    db.lock(Dashboard.objects.filter(pk=dashboard.pk)).get()
    if dashboard.embeds.filter(revoked_at=None).count() >= _MOST_EMBEDS:
        raise Conflict(f"There are {_MOST_EMBEDS} addresses already. Revoke one that nobody uses.")
    plain = secrets.new_token()
    made = Embed.objects.create(
        dashboard=dashboard,
        digest=secrets.digest(plain),
        hint=plain[-4:],
        origins=framing,
        created_by=author(actor),
        created_at=now,
    )
    data = {"dashboard": dashboard.name, "hint": made.hint, "origins": framing}
    record(actor, events.EMBED_CREATED, made.id, context=dashboard.id, now=now, data=data)
    return made, f"/embed/{plain}"


@transaction.atomic
def revoke_embed(actor: Actor, embed: Embed, *, now: dt.datetime) -> Embed:
    """Its address answers 404 from now on. Revoking twice changes nothing."""
    permissions.require_manager(actor, embed.dashboard.team)
    if Embed.objects.filter(pk=embed.pk, revoked_at=None).update(revoked_at=now):
        data = {"dashboard": embed.dashboard.name, "hint": embed.hint}
        record(actor, events.EMBED_REVOKED, embed.id, context=embed.dashboard_id, now=now, data=data)
    embed.refresh_from_db()
    return embed


def note_embed_use(embed: Embed, *, now: dt.datetime) -> None:
    """Remember that somebody looked, to the hour."""
    if embed.last_used_at is None or now - embed.last_used_at >= _USE_KEPT_TO:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - _USE_KEPT_TO)
        Embed.objects.filter(stale, pk=embed.pk).update(last_used_at=now)


def _slug(wanted: str, name: str) -> str:
    taken = set(Dashboard.objects.values_list("slug", flat=True))
    if not wanted:
        return names.slug_of(name, taken, fallback="dashboard")
    if not names.is_slug(wanted):
        raise Invalid("A short name has small letters, digits and hyphens, at most 60.", field="slug")
    if wanted in taken:
        raise Conflict(f"The address /dash/{wanted} is taken.", field="slug")
    return wanted
