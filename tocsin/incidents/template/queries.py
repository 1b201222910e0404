"""Reading templates: which there are, what each prepares at this moment, and what one incident took from its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.store.prepared import Prepared
from tocsin.directory.models import Person, Team
from tocsin.incidents import permissions
from tocsin.incidents.models import Incident
from tocsin.incidents.rules import role_label
from tocsin.incidents.template.models import Follower, IncidentTemplate, Plan, TemplateLine
from tocsin.incidents.template.preparation import Asked, Preparation
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Policy, Schedule


def templates(actor: Actor) -> QuerySet[IncidentTemplate]:
    """Every template by name, with team, service, products and lines. Whoever may report may begin with any."""
    lines = Prefetch("lines", TemplateLine.objects.select_related("team", "schedule", "policy", "person"))
    found = IncidentTemplate.objects.select_related("team", "service").prefetch_related("products", lines)
    return found.order_by("name", "id")


def template(actor: Actor, wanted: str) -> IncidentTemplate:
    """By id or short name. Raises NotFound."""
    found = templates(actor).filter(Q(id=wanted) | Q(slug=wanted)).first()
    if found is None:
        raise NotFound("There is no such template.")
    return found


def presets(found: IncidentTemplate) -> dict[str, Any]:
    """The fields of an incident that it presets, as arguments of `declare`."""
    plain = {name: getattr(found, name) for name in ("summary", "severity", "description", "service")}
    return {**plain, "products": list(found.products.all()), "private": found.is_private}


def preparation(found: IncidentTemplate, now: dt.datetime) -> Preparation:
    """The template as it would be carried out now. Who left, and who cannot be paged, is left out and named: nothing that was
    written down long ago may keep an incident from being declared.
    """
    pages, offers, told, missing = [], [], {}, []
    for line in found.lines.all():
        if line.kind == TemplateLine.PAGE:
            why = _unreachable(line.named)
            pages.append(line.named) if not why else missing.append(why)
        elif line.kind == TemplateLine.OFFER:
            person, why = _asked(line, now)
            offers.append(Asked(line.role, person)) if person else missing.append(why)
        else:
            told.update({one.pk: one for one in _told(line.named)})
    return Preparation(
        template=found,
        pages=tuple(pages),
        offers=tuple(offers),
        told=tuple(told.values()),
        internal=found.internal,
        external=found.external,
        audiences=tuple(found.audiences),
        left_out=tuple(missing),
    )


def _unreachable(named: Team | Schedule | Policy | Person) -> str:
    """Why this cannot be paged, or nothing."""
    if isinstance(named, Person) and not _responds(named):
        return f"{named.name} is not an active responder and is not paged."
    if isinstance(named, Team) and not (named.policies.exists() or named.schedules.exists()):
        return f"{named.name} has neither an escalation policy nor a schedule and is not paged."
    return ""


def _responds(person: Person) -> bool:
    return person.is_active and person.role != Person.STAKEHOLDER


def _asked(line: TemplateLine, now: dt.datetime) -> tuple[Person | None, str]:
    """Who is asked to take the line's role, else why nobody is. Of a schedule it is whoever is on call now."""
    people = oncall.people_on_call(line.schedule, now) if line.schedule else [line.person] if line.person else []
    able = next((one for one in people if _responds(one)), None)
    label = role_label(line.role).lower()
    return able, "" if able else f"{line.named.name} has nobody to be asked to be {label} now."


def _told(named: Team | Schedule | Policy | Person) -> list[Person]:
    everybody = list(named.members.order_by("name", "id")) if isinstance(named, Team) else [named]
    return [one for one in everybody if isinstance(one, Person) and one.is_active]


def everybody(named: Iterable[Person | Team]) -> list[Person]:
    """These people and the members of these teams, active ones, each once."""
    return list({one.pk: one for some in named for one in _told(some)}.values())


def plan(actor: Actor, incident: Incident) -> Plan | None:
    """What the incident took from its template, read together with it; None when it was declared without one."""
    permissions.require_seer(actor, incident)
    return getattr(incident, "plan", None)


_followers = Prepared(lambda incident: Follower.objects.filter(incident=incident).select_related("person"))


def followers(actor: Actor, incident: Incident) -> list[Person]:
    """Who is told of the incident by mail."""
    permissions.require_seer(actor, incident)
    return [row.person for row in _followers(incident.id)]


def first_words(incident: Incident, audience: str) -> str:
    """The words that were prepared to begin with for an audience, or nothing."""
    found = Plan.objects.filter(incident=incident).values_list(audience, flat=True).first()
    return str(found or "")
