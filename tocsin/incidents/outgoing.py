"""What webhooks are told of incidents: which news there are, and the incident as it stands in that moment.

Hears events inside the transaction of the change; what leaves the house are due rows of the pager. A drill never leaves it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.models import Event
from tocsin.incidents import catalogue, events, rules
from tocsin.incidents.models import Incident
from tocsin.oncall import webhooks
from tocsin.paging import commands as paging

CREATED, CHANGED, MOVED, TOLD = "incident.declared", "incident.changed", "incident.state_changed", "update.published"
KINDS: Mapping[str, str] = {
    CREATED: "an incident is declared",
    CHANGED: "its fields, severity, times or roles change",
    MOVED: "it becomes fixing or resolved",
    TOLD: "a status update is published",
}
"""What a webhook can hear, by the `type` of the call, with its words."""

HEARD: Mapping[str, str] = {
    events.DECLARED: CREATED,
    events.FIELD_CHANGED: CHANGED,
    events.SEVERITY_CHANGED: CHANGED,
    events.TIMES_SET: CHANGED,
    events.ROLE_TAKEN: CHANGED,
    events.ROLE_RELEASED: CHANGED,
    events.STATE_CHANGED: MOVED,
    "update.published": TOLD,
}
"""Which news each event is."""

_UPDATE = ("status", "pages", "titles", "bodies", "next_update_at")


def tell_webhooks(event: Event, actor: Actor) -> None:
    """Write a call for every webhook that hears of this. Hears the events of `HEARD`."""
    kind = HEARD[event.name]
    if not webhooks.hearing(kind):
        return
    incident = Incident.objects.select_related("service", "manager", "reporter").get(pk=event.context)
    if not incident.is_drill:
        paging.tell(incident.id, kind, data_of(incident, event), private=incident.is_private, now=event.at)


def data_of(incident: Incident, event: Event) -> dict[str, Any]:
    """`{"event", "by", "incident", "changes"}`, of an update `update` too. The same names as in the API."""
    data = {
        "event": event.name,
        "by": event.actor_name,
        "incident": _incident(incident),
        "changes": [{"what": what, "old": old, "new": new} for what, old, new in _changes(event)],
    }
    if event.name == "update.published":
        data["update"] = {name: event.data.get(name) for name in _UPDATE}
    return data


def _changes(event: Event) -> list[catalogue.Change]:
    return [] if HEARD[event.name] in {CREATED, TOLD} else catalogue.changes(event.name, event.data)


def _incident(incident: Incident) -> dict[str, Any]:
    held = incident.roles.filter(until__isnull=True).order_by("since").values_list("role", "person__name", "about")
    return {
        "id": incident.id,
        "key": incident.key,
        "url": f"{settings.TOCSIN.base_url.rstrip('/')}/{incident.key}",
        "version": incident.version,
        "state": incident.state,
        "severity": incident.severity,
        "summary": incident.summary,
        "description": incident.description,
        "service": incident.service.slug if incident.service else None,
        "products": list(incident.products.order_by("name").values_list("slug", flat=True)),
        "source": incident.source,
        "reporter": incident.reporter.name if incident.reporter else None,
        "manager": incident.manager.name if incident.manager else None,
        "roles": [
            {"role": role, "person": name, "about": about}
            for role, name, about in sorted(held, key=lambda one: rules.role_rank(one[0]))
        ],
        "private": incident.is_private,
        "support_cases": incident.support_cases,
        "video_url": incident.video_url,
        "created_at": clock.rfc3339(incident.created_at),
        **{name: _stamp(getattr(incident, name)) for name in (*rules.TIMES, "resolved_at")},
    }


def _stamp(at: dt.datetime | None) -> str | None:
    return clock.rfc3339(at) if at else None
