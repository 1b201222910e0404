"""Reading dashboards: which there are, what each shows to whom, and which secret address leads to one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tocsin.core import secrets
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.errors import NotFound
from tocsin.incidents.boards.models import Dashboard, Embed
from tocsin.incidents.boards.rules import words
from tocsin.incidents.models import Incident
from tocsin.incidents.queries.lists import similar_open


@dataclass(frozen=True, slots=True)
class Board:
    """What a dashboard shows, most severe first, and how many more are in progress that its filters leave out."""

    dashboard: Dashboard
    incidents: list[Incident]
    elsewhere: int

    @property
    def verdict(self) -> str:
        count = len(self.incidents)
        if not count:
            return "Nothing of this view is in progress" if self.elsewhere else "Nothing is in progress"
        return f"{count} {'incident' if count == 1 else 'incidents'} in progress"


def dashboards(actor: Actor) -> QuerySet[Dashboard]:
    """Every dashboard by name, with team and filters. All staff may know of each."""
    return Dashboard.objects.select_related("team").prefetch_related("services", "products", "teams").order_by("name", "id")


def dashboard(actor: Actor, wanted: str) -> Dashboard:
    """By id or short name. Raises NotFound."""
    found = dashboards(actor).filter(Q(id=wanted) | Q(slug=wanted)).first()
    if found is None:
        raise NotFound("There is no such dashboard.")
    return found


def board(actor: Actor, found: Dashboard) -> Board:
    """The incidents in progress that this actor may know of, drills left out. Three queries."""
    return _board(found, similar_open(actor))


def outside(found: Dashboard) -> Board:
    """The same for whoever holds a secret address: nothing private, whoever asks."""
    return _board(found, similar_open(SYSTEM).filter(is_private=False))


def _board(found: Dashboard, rows: QuerySet[Incident]) -> Board:
    everything = list(rows)
    shown = [incident for incident in everything if _wanted(found, incident)]
    return Board(found, shown, len(everything) - len(shown))


def _wanted(found: Dashboard, incident: Incident) -> bool:
    """Few incidents are ever in progress at once, so the filters are plain code, and what they leave out can be counted."""
    services = {one.pk for one in found.services.all()}
    teams = {one.pk for one in found.teams.all()}
    products = {one.pk for one in found.products.all()}
    return (
        (not found.severities or incident.severity in found.severities)
        and (not found.states or incident.state in found.states)
        and (not services or incident.service_id in services)
        and (not teams or (incident.service is not None and incident.service.team_id in teams))
        and (not products or bool(products & {one.pk for one in incident.products.all()}))
    )


def filters(found: Dashboard) -> dict[str, list]:
    """The filters by name: short names, numbers, states."""
    linked = {name: sorted(one.slug for one in getattr(found, name).all()) for name in ("services", "products", "teams")}
    return {**linked, "severities": list(found.severities), "states": list(found.states)}


def said(found: Dashboard) -> str:
    """The filters in a sentence."""
    named = {name: [one.name for one in getattr(found, name).all()] for name in ("services", "products", "teams")}
    return words({**named, "severities": found.severities, "states": found.states})


def embeds(found: Dashboard) -> list[Embed]:
    """The addresses that are open, the oldest first."""
    return list(found.embeds.filter(revoked_at=None))


def embed(found: Dashboard, wanted: str) -> Embed:
    """Raises NotFound for an address of another dashboard."""
    row = found.embeds.select_related("dashboard__team").filter(pk=wanted).first()
    if row is None:
        raise NotFound("There is no such address.")
    return row


def embed_by_token(token: str) -> Embed:
    """Raises NotFound for a token that nobody was given or that was revoked."""
    rows = Embed.objects.select_related("dashboard").prefetch_related(
        "dashboard__services", "dashboard__products", "dashboard__teams"
    )
    row = rows.filter(digest=secrets.digest(token), revoked_at=None).first()
    if row is None:
        raise NotFound("No list has this address.")
    return row
