"""Waking people for an incident."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from tocsin.core.actor import Actor
from tocsin.directory.models import Person
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
    """Page those who can mend it (the service's policy) and, apart from them, an incident manager (the service's roster).

    The last resort stands in for either that is missing; when both are, it is asked once. Who declares need not be a responder.
    """
    waking = dataclasses.replace(actor, roles=actor.roles | {Person.RESPONDER})
    card = card_of(incident)
    policy = oncall.policy_for(incident.service)
    roster = oncall.roster_for(incident.service)
    paging.start_escalation(waking, incident.id, card, policy=policy, roster=None, urgency="high", now=now)
    if roster and (policy or not roster.is_last_resort):
        paging.page_schedule(waking, incident.id, card, roster, now=now)
