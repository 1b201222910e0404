"""Waking people for an incident."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tocsin.core.actor import Actor
from tocsin.incidents.models import Incident
from tocsin.oncall import queries as oncall
from tocsin.paging import commands as paging


def card_of(incident: Incident) -> dict[str, Any]:
    """What a page says of the incident: key, severity, title, link path, service."""
    return {
        "key": incident.key,
        "severity": f"Sev {incident.severity}",
        "title": incident.summary,
        "path": f"/{incident.key}",
        "service": incident.service.name if incident.service else "Unknown",
    }


def page_major(actor: Actor, incident: Incident, *, now: dt.datetime) -> None:
    """Page the service's policy and its roster of incident managers; the last resort stands in for what is missing, once."""
    policy = oncall.policy_for(incident.service)
    roster = oncall.roster_for(incident.service)
    if roster == oncall.last_resort():
        roster = None
    card = card_of(incident)
    if policy:
        paging.start_escalation(actor, incident.id, card, policy=policy, roster=None, urgency="high", now=now)
    paging.start_escalation(actor, incident.id, card, policy=None, roster=roster, urgency="high", now=now)
    if roster and not policy:
        paging.start_escalation(actor, incident.id, card, policy=None, roster=None, urgency="high", now=now)
