"""Keeping templates: a team's managers write down what its incidents need before they happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.directory import permissions
from tocsin.directory import rules as names
from tocsin.directory.models import Person, Product, Service, Team
from tocsin.incidents import events, rules
from tocsin.incidents.template import preparation
from tocsin.incidents.template.models import IncidentTemplate, TemplateLine
from tocsin.incidents.template.preparation import Target
from tocsin.oncall.models import Schedule

_MOST, _MOST_LINES = 100, 20
_WORDS = {"summary": 200, "description": 20_000, "internal": 20_000, "external": 20_000}
Offered = tuple[str, Person | Schedule]
"""A role and who is asked: a person, or whoever is on call in a schedule then."""


@transaction.atomic
def create_template(actor: Actor, *, team: Team, name: str, slug: str = "", now: dt.datetime, **fields: Any) -> IncidentTemplate:
    """A template of a team. `fields` are those of `change_template`; severity is 2 and words are for both pages unless said.

    Raises Invalid with the field, Conflict for a slug that is taken.
    """
    permissions.require_manager(actor, team)
    db.lock(Team.objects.filter(pk=team.pk)).get()
    if team.incident_templates.count() >= _MOST:
        raise Conflict(f"{team.name} has {_MOST} templates already. Remove one that nobody uses.")
    name = texts.line(name, field="name", limit=120)
    given = {"severity": 2, "audiences": preparation.AUDIENCES, **fields}
    made = IncidentTemplate(team=team, name=name, slug=_slug(slug, name), created_at=now, updated_at=now)
    _set_fields(made, given)
    made.save(force_insert=True)
    _set_rows(made, given)
    data = {
        "name": name,
        "slug": made.slug,
        "team": team.id,
        "changes": [f"{what} {words}" for what, words in _said(made) if words],
    }
    record(actor, events.TEMPLATE_CREATED, made.id, now=now, data=data)
    return made


@transaction.atomic
def change_template(actor: Actor, template: IncidentTemplate, *, now: dt.datetime, **fields: Any) -> IncidentTemplate:
    """Change what is given: `name`, `service`, `summary`, `description`, `severity`, `products`, `private`, `pages` (targets),
    `offers` (role and person or schedule), `told` (people and teams), `internal`, `external`, `audiences`.

    Incidents that were declared from it keep what they took. Raises Invalid with the field.
    """
    permissions.require_manager(actor, template.team)
    template = db.lock(IncidentTemplate.objects.filter(pk=template.pk)).get()
    before = dict(_said(template))
    if "name" in fields:
        template.name = texts.line(fields["name"], field="name", limit=120)
    _set_fields(template, fields)
    _set_rows(template, fields)
    changes = [f"{what} {before[what] or 'none'} → {words or 'none'}" for what, words in _said(template) if before[what] != words]
    if changes:
        template.updated_at = now
        template.save()
        record(actor, events.TEMPLATE_CHANGED, template.id, now=now, data={"name": template.name, "changes": changes})
    return template


@transaction.atomic
def remove_template(actor: Actor, template: IncidentTemplate, *, now: dt.datetime) -> None:
    """Nothing is declared from it any more; incidents that were keep what they took."""
    permissions.require_manager(actor, template.team)
    if IncidentTemplate.objects.filter(pk=template.pk).delete()[0]:
        record(actor, events.TEMPLATE_REMOVED, template.id, now=now, data={"name": template.name, "slug": template.slug})


def _set_fields(template: IncidentTemplate, fields: dict[str, Any]) -> None:
    for field, limit in _WORDS.items():
        if field in fields:
            shape = texts.line if field == "summary" else texts.prose
            setattr(template, field, shape(fields[field], field=field, limit=limit, required=False))
    if "severity" in fields:
        template.severity = rules.severity(fields["severity"])
    if "service" in fields:
        template.service = _service(template.team, fields["service"])
    if "private" in fields:
        template.is_private = bool(fields["private"])
    if "audiences" in fields:
        template.audiences = preparation.audiences(fields["audiences"])


def _service(team: Team, service: Service | None) -> Service | None:
    if service is not None and service.team_id != team.pk:
        raise Invalid(f"{service.name} is not a service of {team.name}. Its own team keeps its templates.", field="service")
    return service


def _set_rows(template: IncidentTemplate, fields: dict[str, Any]) -> None:
    if "products" in fields:
        products: Iterable[Product] = fields["products"]
        template.products.set(products)
    rows = {
        TemplateLine.PAGE: [("", one) for one in fields["pages"]] if "pages" in fields else None,
        TemplateLine.OFFER: [(rules.role(role), one) for role, one in fields["offers"]] if "offers" in fields else None,
        TemplateLine.TELL: [("", one) for one in fields["told"]] if "told" in fields else None,
    }
    for kind, lines in rows.items():
        if lines is not None:
            _set_lines(template, kind, lines)


def _set_lines(template: IncidentTemplate, kind: str, lines: Sequence[tuple[str, Target]]) -> None:
    field = {TemplateLine.PAGE: "pages", TemplateLine.OFFER: "offers", TemplateLine.TELL: "told"}[kind]
    lines = list(dict.fromkeys(lines))
    if len(lines) > _MOST_LINES:
        raise Invalid(f"At most {_MOST_LINES} of these in one template.", field=field)
    for place, (_, named) in enumerate(lines):
        _check(kind, named, f"{field}.{place}")
    template.lines.filter(kind=kind).delete()
    TemplateLine.objects.bulk_create(
        TemplateLine(template=template, kind=kind, position=place, role=role, **{_column(named): named})
        for place, (role, named) in enumerate(lines)
    )


def _check(kind: str, named: Target, field: str) -> None:
    """Raises Invalid for somebody who cannot be what the line says."""
    if isinstance(named, Person):
        if not named.is_active:
            raise Invalid(f"{named.name} is deactivated.", field=field)
        if kind != TemplateLine.TELL and named.role == Person.STAKEHOLDER:
            raise Invalid(f"{named.name} is a stakeholder: told, but neither paged nor given a role.", field=field)


def _column(named: Target) -> str:
    return type(named).__name__.lower()


def _said(template: IncidentTemplate) -> list[tuple[str, str]]:
    """Field and value of a template in words, for the audit log. Long words are cut."""
    lines = list(template.lines.select_related("team", "schedule", "policy", "person")) if template.pk else []
    pages = [one.named.name for one in lines if one.kind == TemplateLine.PAGE]
    offers = [f"{rules.role_label(one.role)} {one.named.name}" for one in lines if one.kind == TemplateLine.OFFER]
    told = [one.named.name for one in lines if one.kind == TemplateLine.TELL]
    return [
        ("name", template.name),
        ("service", template.service.name if template.service else ""),
        *((field, texts.shorten(getattr(template, field), 120)) for field in _WORDS),
        ("severity", str(template.severity)),
        ("products", ", ".join(template.products.order_by("name").values_list("name", flat=True))),
        ("private", "yes" if template.is_private else ""),
        ("pages", ", ".join(pages)),
        ("asks", ", ".join(offers)),
        ("tells", ", ".join(told)),
        ("words for", ", ".join(template.audiences)),
    ]


def _slug(wanted: str, name: str) -> str:
    taken = set(IncidentTemplate.objects.values_list("slug", flat=True))
    if not wanted:
        return names.slug_of(name, taken, fallback="template")
    if not names.is_slug(wanted):
        raise Invalid("A short name has small letters, digits and hyphens, at most 60.", field="slug")
    if wanted in taken:
        raise Conflict(f"The short name {wanted} is taken.", field="slug")
    return wanted
