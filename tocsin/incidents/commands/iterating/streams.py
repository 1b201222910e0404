"""Streams of work: what runs side by side, who leads each, and how each moves towards resolution."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid, Stale
from tocsin.core.text import texts
from tocsin.directory.models import Person
from tocsin.incidents import events, permissions
from tocsin.incidents.commands._numbers import following
from tocsin.incidents.commands._record import locked, require_open, save, tell
from tocsin.incidents.iterating import rules
from tocsin.incidents.iterating.models import Stream
from tocsin.incidents.models import Incident
from tocsin.incidents.rules import word_of

_MOST = 100


def open_stream(
    actor: Actor,
    incident: Incident,
    title: str,
    *,
    lead: Person | None = None,
    step: str = "",
    next_steps: str = "",
    towards: str = "",
    now: dt.datetime,
) -> Stream:
    """Begin a stream of work. Conflict when the incident is resolved."""
    permissions.require_responder(actor, incident)
    given = _checked({"title": title, "lead": lead, "step": step, "next_steps": next_steps, "towards": towards}, incident)
    with transaction.atomic():
        incident = locked(incident)
        require_open(incident)
        number = following(incident.streams)
        if number > _MOST:
            raise Conflict(f"{incident.key} has {_MOST} streams of work; close some.", field="title")
        made = Stream.objects.create(incident=incident, number=number, created_at=now, updated_at=now, **given)
        save(incident, now=now)
        data = {"title": made.title, "lead_name": made.lead.name if made.lead else None}
        tell(actor, events.STREAM_OPENED, incident, now=now, stream=made.id, number=number, **data)
    return made


def change_stream(actor: Actor, stream: Stream, *, version: int | None = None, now: dt.datetime, **fields: Any) -> Stream:
    """Change title, lead, step, next_steps, towards or state (open, done); what is left out stays.

    Raises Stale with the stream as it is when `version` is not its version any more.
    """
    permissions.require_responder(actor, stream.incident)
    given = _checked(fields, stream.incident)
    with transaction.atomic():
        incident = locked(stream.incident)
        stream = Stream.objects.select_related("lead", "incident").get(pk=stream.pk)
        if version is not None and stream.version != version:
            raise Stale("Somebody changed this stream of work meanwhile.", field="version", current=stream)
        changed = {
            name: {"old": _words(getattr(stream, name)), "new": _words(value)}
            for name, value in given.items()
            if getattr(stream, name) != value
        }
        if changed:
            for name in changed:
                setattr(stream, name, given[name])
            stream.version, stream.updated_at = stream.version + 1, now
            stream.save()
            save(incident, now=now)
            data = {"number": stream.number, "title": stream.title, "changes": changed}
            tell(actor, events.STREAM_CHANGED, incident, now=now, stream=stream.id, **data)
    return stream


def _checked(fields: dict[str, Any], incident: Incident) -> dict[str, Any]:
    unknown = set(fields) - {"title", "lead", "step", "next_steps", "towards", "state"}
    if unknown:
        raise Invalid(f"A stream of work has no field {sorted(unknown)[0]}.", field=sorted(unknown)[0])
    given = dict(fields)
    if "title" in given:
        given["title"] = texts.line(given["title"], field="title", limit=120)
    for name in ("step", "next_steps", "towards"):
        if name in given:
            given[name] = texts.prose(given[name], field=name, limit=2_000)
    if "state" in given:
        word_of(given["state"], rules.STREAM_STATES, "state")
    lead = given.get("lead")
    if lead is not None and (not lead.is_active or lead.role == Person.STAKEHOLDER):
        raise Invalid(f"{lead.name} is not an active responder.", field="lead")
    return given


def _words(value: Any) -> str:
    return value.name if isinstance(value, Person) else str(value or "")
