"""Telling the rooms above what happened to an alert."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tocsin.alerts.models import Alert
from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.eventlog import events


def card_of(alert: Alert) -> dict[str, Any]:
    """What an `alert.*` event carries: all that a page says, so that nobody asks again."""
    return {
        "number": alert.number,
        "title": alert.title,
        "status": alert.status,
        "urgency": alert.urgency,
        "severity": alert.severity_label,
        "service": alert.service_id,
        "service_name": alert.service.name,
        "started_at": clock.rfc3339(alert.started_at),
        "path": f"/a/{alert.number}",
    }


def announce(actor: Actor, name: str, alert: Alert, *, now: dt.datetime) -> None:
    """Record one `alert.*` event."""
    events.record(actor, name, alert.id, now=now, data=card_of(alert))
