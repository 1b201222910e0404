"""Writing down afterwards what was never told while it happened, and taking it off again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.ids import new_id
from tocsin.core.text import texts
from tocsin.incidents.rules import word_of
from tocsin.statuspages import events, permissions, rules
from tocsin.statuspages.models import Component, Entry, StatusPage, Update

OLDEST = dt.timedelta(days=3660)


def backfill(
    actor: Actor,
    page: StatusPage,
    *,
    title: str,
    body: str,
    started_at: dt.datetime,
    resolved_at: dt.datetime,
    states: Mapping[str, str] | None = None,
    now: dt.datetime,
) -> Entry:
    """Write down what is over: it stands in the history and, by `states` (part to how it was), in the bars. Nobody is mailed.

    It belongs to no incident, so that nothing private can come along. Raises Invalid with the field, Conflict for the same twice.
    """
    permissions.require_speaker(actor)
    if page.audience != rules.EXTERNAL:
        raise Invalid("Past incidents are written down on a page for customers; staff read those of the house.", field="page")
    title, body = _words(title, body)
    _check_times(started_at, resolved_at, now)
    parts = _parts(page, states or {})
    with transaction.atomic():
        if page.entries.filter(title=title, started_at=started_at, incident=None).exists():
            raise Conflict(f"“{title}” of that time is written down already.", field="title", code="backfilled_already")
        entry = Entry.objects.create(
            page=page,
            title=title,
            status=rules.RESOLVED,
            started_at=started_at,
            resolved_at=resolved_at,
            backfilled_at=now,
            backfilled_states={part.pk: state for part, state in parts.items()},
            created_at=now,
            updated_at=now,
        )
        entry.components.set(parts)
        Update.objects.create(
            entry=entry,
            status=rules.RESOLVED,
            body=body,
            author_id=None if actor.is_system else actor.id,
            at=resolved_at,
            confirmation=new_id("cnf"),
        )
        times = {"started_at": clock.rfc3339(started_at), "resolved_at": clock.rfc3339(resolved_at)}
        data = {"page": page.slug, "title": title, **times, "parts": entry.backfilled_states}
        record(actor, events.ENTRY_BACKFILLED, entry.id, now=now, data=data)
    return entry


def remove(actor: Actor, entry: Entry, *, now: dt.datetime) -> None:
    """Take it off the page, out of history and bars. Raises Conflict for an entry that spoke while it happened: that stays."""
    permissions.require_speaker(actor)
    if entry.backfilled_at is None:
        raise Conflict("This was said while it happened, so it stays.")
    with transaction.atomic():
        gone, _ = Entry.objects.filter(pk=entry.pk, incident=None).delete()
        if gone:
            data = {"page": entry.page.slug, "title": entry.title}
            record(actor, events.ENTRY_BACKFILL_REMOVED, entry.pk, now=now, data=data)


def _words(title: str, body: str) -> tuple[str, str]:
    title = texts.line(title, field="title", limit=270)
    body = texts.prose(body, field="body", limit=20_000, required=True)
    prefix = settings.TOCSIN.incident_prefix
    for field, text in (("title", title), ("body", body)):
        rules.check_public(text, field, prefix, f"{prefix}-0")
    return title, body


def _check_times(started_at: dt.datetime, resolved_at: dt.datetime, now: dt.datetime) -> None:
    for field, at in (("started_at", started_at), ("resolved_at", resolved_at)):
        if at.tzinfo is None:
            raise Invalid("The time needs a time zone.", field=field)
    if started_at < now - OLDEST:
        raise Invalid("That is more than ten years ago.", field="started_at")
    if resolved_at <= started_at:
        raise Invalid("It must end after it began.", field="resolved_at")
    if resolved_at > now:
        raise Invalid("It is not over yet. Declare an incident, and tell customers while it goes on.", field="resolved_at")


def _parts(page: StatusPage, states: Mapping[str, str]) -> dict[Component, str]:
    """Raises Invalid (`parts`) for a part of another page, and for one that was well."""
    found = {part.pk: part for part in page.components.filter(pk__in=list(states))}
    for key, state in states.items():
        word_of(state, rules.SAYABLE_STATES, "parts")
        if key not in found:
            raise Invalid(f"A part is not on the page “{page.name}”. Choose among its own.", field="parts")
        if state == rules.OPERATIONAL:
            raise Invalid(f"{found[key].name} worked, so leave it out.", field="parts")
    return {found[key]: state for key, state in states.items()}
