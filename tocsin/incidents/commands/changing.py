"""Changing what an incident says: severity, fields, times."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction

from tocsin.alerts.rules import link
from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.text import texts
from tocsin.directory.models import Service
from tocsin.incidents import events, permissions, rules
from tocsin.incidents.commands import _paging
from tocsin.incidents.commands._record import locked, refresh_room, require_open, save, tell
from tocsin.incidents.commands.declaring import set_up
from tocsin.incidents.models import Incident
from tocsin.paging import commands as paging


def set_severity(actor: Actor, incident: Incident, severity: int, *, now: dt.datetime) -> Incident:
    """Set or confirm the severity. Raising Sev 3 to 1 or 2 pages and sets up as a new major incident does, once.

    Lowering to Sev 3 stops paging. The same value again confirms it.
    """
    permissions.require_responder(actor, incident)
    rules.severity(severity)
    with transaction.atomic():
        incident = locked(incident)
        require_open(incident)
        old, incident.severity, incident.severity_confirmed_at = incident.severity, severity, now
        save(incident, "severity", "severity_confirmed_at", now=now)
        if old == severity:
            tell(actor, events.SEVERITY_CONFIRMED, incident, now=now, severity=severity)
            return incident
        tell(actor, events.SEVERITY_CHANGED, incident, now=now, old=old, new=severity)
        incident = _severity_consequences(actor, incident, old, now)
        refresh_room(actor, incident, now=now)
    return incident


def _severity_consequences(actor: Actor, incident: Incident, old: int, now: dt.datetime) -> Incident:
    was, is_now = rules.is_major(old), rules.is_major(incident.severity)
    if is_now and not was:
        incident = set_up(actor, incident, now=now)
        if rules.pages(incident.severity, drill=incident.is_drill):
            _paging.page_major(actor, incident, now=now)
    if was and not is_now:
        paging.stop(incident.id, "lowered to Sev 3", actor=actor, now=now)
    return incident


def change_fields(
    actor: Actor, incident: Incident, *, expected_version: int | None = None, now: dt.datetime, **fields: Any
) -> Incident:
    """Change `summary description service products video_url support_cases source private` by hand, each its own event.

    Raises Stale when `expected_version` is not the present one, Invalid for a field or its value.
    """
    permissions.require_responder(actor, incident)
    for name in fields:
        if name not in _FIELDS:
            raise Invalid(f"An incident has no field {name} that can be changed; there are {', '.join(_FIELDS)}.", field=name)
    with transaction.atomic():
        incident = locked(incident, expected_version)
        changed = [_change(incident, name, value) for name, value in fields.items()]
        changed = [change for change in changed if change["old"] != change["new"]]
        if changed:
            save(incident, *_COLUMNS, now=now)
        for change in changed:
            tell(actor, events.FIELD_CHANGED, incident, now=now, **change)
        refresh_room(actor, incident, now=now)
    return incident


_COLUMNS = ("summary", "description", "service", "video_url", "support_cases", "source", "is_private")


def _cases(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10_000_000:
        raise Invalid("Support cases is a number from 0.", field="support_cases")
    return value


_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?! )", re.IGNORECASE)


def _address(value: object) -> str:
    """Something a browser may safely follow, the name of a room of the house, or nothing."""
    text = texts.line(value, field="video_url", limit=300, required=False)
    if text and not link(text) and (_SCHEME.match(text) or "//" in text):
        raise Invalid("A video call has an address that begins with https://, or the name of a room.", field="video_url")
    return text


_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "summary": lambda value: texts.line(value, field="summary", limit=200),
    "description": lambda value: texts.prose(value, field="description", limit=20_000),
    "video_url": _address,
    "source": lambda value: rules.word_of(value, rules.SOURCES, "source"),
    "support_cases": _cases,
    "service": lambda value: value,
    "products": list,
    "private": bool,
}


def _change(incident: Incident, name: str, value: Any) -> dict[str, Any]:
    """Set one field on the object and return its event data, old and new in words."""
    value = _FIELDS[name](value)
    if name == "products":
        old = [product.name for product in incident.products.all()]
        incident.products.set(value)
        return {"field": name, "old": ", ".join(old), "new": ", ".join(product.name for product in incident.products.all())}
    column = "is_private" if name == "private" else name
    old_value = getattr(incident, column)
    setattr(incident, column, value)
    return {"field": name, "old": _words(old_value), "new": _words(value)}


def _words(value: Any) -> Any:
    return value.name if isinstance(value, Service) else value


def set_times(
    actor: Actor,
    incident: Incident,
    *,
    impact_started_at: dt.datetime | None = None,
    detected_at: dt.datetime | None = None,
    impact_ended_at: dt.datetime | None = None,
    unknown: Iterable[str] = (),
    now: dt.datetime,
) -> Incident:
    """Set the times that are given, at any state; a name in `unknown` says that this time is not known and clears it.

    Raises Invalid with the field when they contradict each other: detection before the start of impact, say.
    """
    permissions.require_responder(actor, incident)
    given = {"impact_started_at": impact_started_at, "detected_at": detected_at, "impact_ended_at": impact_ended_at}
    with transaction.atomic():
        incident = locked(incident)
        apply_times(actor, incident, given, unknown, now)
    return incident


def apply_times(actor: Actor, incident: Incident, given: rules.Times, unknown: Iterable[str], now: dt.datetime) -> bool:
    """Put times on a locked incident, save and record what changed. Whether anything changed."""
    names = rules.check_unknown(unknown)
    for name in sorted(names):
        if given.get(name) is not None:
            raise Invalid(f"The {rules.TIMES[name]} cannot be set and unknown at once.", field=name)
    old = {name: getattr(incident, name) for name in rules.TIMES}
    new = {name: None if name in names else given.get(name) or old[name] for name in rules.TIMES}
    rules.check_times(new, now)
    still = {name for name in incident.unknown_times if new[name] is None}
    unknown_times = [name for name in rules.TIMES if name in names | still]
    if new == old and unknown_times == incident.unknown_times:
        return False
    for name, value in new.items():
        setattr(incident, name, value)
    incident.unknown_times = unknown_times
    data = {name: {"old": _stamp(old[name]), "new": _stamp(new[name])} for name in rules.TIMES if old[name] != new[name]}
    save(incident, *rules.TIMES, "unknown_times", now=now)
    tell(actor, events.TIMES_SET, incident, now=now, **data, unknown=unknown_times)
    return True


def _stamp(at: dt.datetime | None) -> str | None:
    return clock.rfc3339(at) if at else None
