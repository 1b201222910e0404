"""Reading links from both ends, always within what the actor may know of. Fixed numbers of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tocsin.alerts.models import ChangeEvent
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.store.prepared import Prepared
from tocsin.incidents import permissions, ports
from tocsin.incidents.iterating.models import Change
from tocsin.incidents.linking import rules
from tocsin.incidents.linking.models import IncidentLink
from tocsin.incidents.models import Incident


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link as one end shows it. `words` say how (“Repeated by”), `title` and `path` what; `inverse`: it was made at the other
    end. `id` is empty for what belongs to the incident by itself and cannot be unlinked: its postmortem, its actions, its cases.
    `also` are the keys of other incidents with the same record elsewhere.
    """

    kind: str
    words: str
    title: str
    path: str
    id: str = ""
    inverse: bool = False
    target: str = ""
    at: dt.datetime | None = None
    also: tuple[str, ...] = ()


_made = Prepared(
    lambda incident: IncidentLink.objects.filter(Q(incident=incident) | Q(other=incident)).select_related("incident", "other")
)


def links(actor: Actor, incident: Incident) -> list[LinkLine]:
    """Every link of an incident, in the order of the kinds. What the actor may not know of is not there."""
    found = made(actor, incident)
    linked = {line.target for line in found}
    return _ordered([*found, *(line for line in _own(actor, incident) if line.target not in linked)])


def made(actor: Actor, incident: Incident) -> list[LinkLine]:
    """Those links alone that somebody made, at either end. One query where there are none."""
    permissions.require_seer(actor, incident)
    rows = _made(incident.id)
    seen = _seen(actor, rows) if rows else set()
    things = _things(actor, {row.target for row in rows if row.target})
    also = _also(actor, incident, {row.url for row in rows if row.url})
    return _ordered([line for row in rows if (line := _line(row, incident, seen, things, also))])


def _ordered(lines: list[LinkLine]) -> list[LinkLine]:
    order = list(rules.KINDS)
    return sorted(lines, key=lambda line: (order.index(line.kind), line.inverse))


def linking_to(actor: Actor, wanted: str) -> QuerySet[IncidentLink]:
    """The links that lead to a thing, by its typed id or its address, as far as the actor may know of the incident."""
    rows = permissions.visible_through(actor, IncidentLink.objects.filter(Q(target=wanted) | Q(url=wanted)))
    return rows.exclude(target="", url="").select_related("incident", "by")


def keys_linking_to(actor: Actor, ids: Iterable[str]) -> dict[str, list[str]]:
    """The keys of the incidents that are linked with each of these things, by typed id. One query."""
    rows = permissions.visible_through(actor, IncidentLink.objects.filter(target__in=list(ids)))
    found: dict[str, list[str]] = {}
    for target, key in rows.order_by("incident__number").values_list("target", "incident__key"):
        found.setdefault(target, []).append(key)
    return found


def link(actor: Actor, incident: Incident, link_id: str) -> IncidentLink:
    """One link, by id, of either end. Raises NotFound, also when the other end may not be known."""
    rows = IncidentLink.objects.filter(Q(incident=incident) | Q(other=incident)).select_related("incident", "other")
    found = rows.filter(pk=link_id).first()
    if found is None or not {found.incident_id, found.other_id or found.incident_id} <= _seen(actor, [found]):
        raise NotFound(f"{incident.key} has no such link.")
    return found


def _seen(actor: Actor, rows: list[IncidentLink]) -> set[str]:
    ends = {row.incident_id for row in rows} | {row.other_id for row in rows if row.other_id}
    return set(permissions.visible(actor, Incident.objects.filter(pk__in=ends)).values_list("pk", flat=True))


def _things(actor: Actor, ids: set[str]) -> dict[str, ports.Linked]:
    """What of these things the actor may know: changes, and what the rooms above bring."""
    if not ids:
        return {}
    found = {row.id: ports.Linked(row.id, row.summary, "/changes", "") for row in ChangeEvent.objects.filter(pk__in=ids)}
    made = permissions.visible_through(actor, Change.objects.filter(pk__in=ids))
    for one in made.select_related("incident"):
        found[one.id] = ports.Linked(one.id, one.what, f"/{one.incident.key}/changes", one.incident_id)
    return {**found, **ports.linked_things(actor, ids)}


def _also(actor: Actor, incident: Incident, urls: set[str]) -> dict[str, tuple[str, ...]]:
    """Which other incidents name the same address."""
    if not urls:
        return {}
    others = permissions.visible(actor, Incident.objects.exclude(pk=incident.pk))
    rows = IncidentLink.objects.filter(url__in=urls, incident__in=others).order_by("incident__number")
    found: dict[str, tuple[str, ...]] = {}
    for url, key in rows.values_list("url", "incident__key").distinct():
        found[url] = (*found.get(url, ()), key)
    return found


def _line(
    row: IncidentLink,
    incident: Incident,
    seen: set[str],
    things: dict[str, ports.Linked],
    also: dict[str, tuple[str, ...]],
) -> LinkLine | None:
    inverse = row.incident_id != incident.pk
    words = rules.words(row.kind, inverse=inverse)
    if row.other is not None:
        end = row.incident if inverse else row.other
        title = f"{end.key} {end.summary}"
        return LinkLine(row.kind, words, title, f"/{end.key}", row.id, inverse, end.pk, row.at) if end.pk in seen else None
    if row.target:
        thing = things.get(row.target)
        return LinkLine(row.kind, words, thing.words, thing.path, row.id, False, row.target, row.at) if thing else None
    return LinkLine(row.kind, words, row.title, row.url, row.id, False, "", row.at, also.get(row.url, ()))


def _own(actor: Actor, incident: Incident) -> list[LinkLine]:
    """What is linked without anybody's doing."""
    lines = [
        LinkLine(rules.CASE, rules.TO[rules.CASE], case.reference, case.url or f"/{incident.key}/cases", target=case.id)
        for case in incident.cases.all()
    ]
    lines += [
        LinkLine(rules.CLEANUP, rules.TO[rules.CLEANUP], task.title, task.url, target=task.id)
        for task in incident.remote_tasks.all()
    ]
    return lines + [
        LinkLine(kind, rules.TO[kind], thing.words, thing.path, target=thing.id) for kind, thing in ports.things_of(actor, incident)
    ]
