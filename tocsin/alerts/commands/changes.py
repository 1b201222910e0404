"""Changes of what runs, told by whoever or whatever makes them. They wake nobody."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.alerts import events, rules
from tocsin.alerts.models import ChangeEvent
from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.text import texts
from tocsin.directory import permissions
from tocsin.directory.models import Service

_AHEAD = dt.timedelta(minutes=5)


def record_change(
    actor: Actor,
    summary: str,
    *,
    service: Service | None = None,
    source: str = "",
    link: str = "",
    at: dt.datetime | None = None,
    now: dt.datetime,
) -> ChangeEvent:
    """Note that something was changed, now or `at` an instant before. `source`: what made it, such as `deploy`."""
    permissions.require_responder(actor)
    summary = texts.line(summary, field="summary", limit=300)
    source = texts.line(source, field="source", limit=80, required=False) or actor.name[:80]
    link = texts.line(link, field="link", limit=500, required=False)
    if link and not rules.link(link):
        raise Invalid("A link starts with https:// or http://.", field="link")
    if at is not None and at > now + _AHEAD:
        raise Invalid("This lies in the future.", field="at")
    with transaction.atomic():
        change = ChangeEvent.objects.create(
            at=at or now, summary=summary, service=service, source=source, link=link, created_at=now
        )
        data = {"summary": summary, "service": service.slug if service else None, "source": source}
        record(actor, events.CHANGE_RECORDED, change.id, now=now, data=data)
    return change
