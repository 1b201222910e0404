"""Checks that schedules and policies share: names, short names, zones, people who can be on call."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from tocsin.core.errors import Conflict, Invalid
from tocsin.core.text import texts
from tocsin.directory import rules as names
from tocsin.directory.models import Person

_MOST_WINDOWS = 20
RESERVED = frozenset({"load", "mine", "print", "proof", "swaps", "time-machine"})
"""Pages beside `/oncall/<short name>` that no schedule may hide behind."""
_TIME = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


def name(text: str) -> str:
    return texts.line(text, field="name", limit=120)


def zone(text: str) -> str:
    if not isinstance(text, str) or not names.is_zone(text):
        raise Invalid(f"“{str(text)[:64]!s}” is not a time zone; write one such as Europe/Vienna.", field="zone")
    return text


def slug(wanted: str, name: str, model: type[models.Model]) -> str:
    """The short name given, or one made from the name. Raises Invalid or, when it is taken, Conflict."""
    taken: Any = {*model._default_manager.values_list("slug", flat=True), *RESERVED}
    if not wanted:
        return names.slug_of(name, taken, fallback=model._meta.model_name or "item")
    if not names.is_slug(wanted):
        raise Invalid("A short name has small letters, digits and hyphens, at most 60.", field="slug")
    if wanted in taken:
        raise Conflict(f"The short name {wanted} is taken.", field="slug")
    return wanted


def windows(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Hours of the week as they are stored. Raises Invalid that names the entry."""
    if len(given) > _MOST_WINDOWS:
        raise Invalid(f"Give at most {_MOST_WINDOWS} stretches of hours.", field="windows")
    return [_window(one, f"windows.{number}") for number, one in enumerate(given)]


def _window(given: Mapping[str, Any], field: str) -> dict[str, Any]:
    days, times = given.get("days"), (given.get("from"), given.get("to"))
    if not isinstance(days, list | tuple) or not days or any(day not in range(7) or isinstance(day, bool) for day in days):
        raise Invalid("Name days from 0 (Monday) to 6 (Sunday).", field=f"{field}.days")
    for name, time in zip(("from", "to"), times, strict=True):
        if not isinstance(time, str) or not _TIME.fullmatch(time):
            raise Invalid("Write the time as 09:00.", field=f"{field}.{name}")
    return {"days": sorted(set(days)), "from": times[0], "to": times[1]}


def on_call_person(person: Person, field: str) -> None:
    """Raises Invalid for somebody who cannot be on call."""
    if not person.is_active:
        raise Invalid(f"{person.name} is deactivated and cannot be on call.", field=field)
    if person.role == Person.STAKEHOLDER:
        raise Invalid(f"{person.name} is a stakeholder and is not paged. Make them a responder first.", field=field)
