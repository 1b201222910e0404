"""Checks that schedules and policies share: names, short names, zones, people who can be on call."""

from __future__ import annotations

from typing import Any

from django.db import models

from tocsin.core.errors import Conflict, Invalid
from tocsin.core.text import texts
from tocsin.directory import rules as names
from tocsin.directory.models import Person


def name(text: str) -> str:
    return texts.line(text, field="name", limit=120)


def zone(text: str) -> str:
    if not isinstance(text, str) or not names.is_zone(text):
        raise Invalid(f"“{str(text)[:64]!s}” is not a time zone; write one such as Europe/Vienna.", field="zone")
    return text


def slug(wanted: str, name: str, model: type[models.Model]) -> str:
    """The short name given, or one made from the name. Raises Invalid or, when it is taken, Conflict."""
    taken: Any = model._default_manager.values_list("slug", flat=True)
    if not wanted:
        return names.slug_of(name, taken, fallback=model._meta.model_name or "item")
    if not names.is_slug(wanted):
        raise Invalid("A short name has small letters, digits and hyphens, at most 60.", field="slug")
    if wanted in set(taken):
        raise Conflict(f"The short name {wanted} is taken.", field="slug")
    return wanted


def on_call_person(person: Person, field: str) -> None:
    """Raises Invalid for somebody who cannot be on call."""
    if not person.is_active:
        raise Invalid(f"{person.name} is deactivated and cannot be on call.", field=field)
    if person.role == Person.STAKEHOLDER:
        raise Invalid(f"{person.name} is a stakeholder and is not paged. Make them a responder first.", field=field)
