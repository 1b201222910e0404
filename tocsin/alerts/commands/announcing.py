"""Telling the rooms above what happened to an alert."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tocsin.alerts.models import Alert
from tocsin.core.actor import Actor
from tocsin.core.eventlog import events


def card_of(alert: Alert) -> dict[str, Any]:
    """What an `alert.*` event carries."""
    return {
        "number": alert.number,
        "title": alert.title,
        "urgency": alert.urgency,
        "service": alert.service_id,
        "path": f"/a/{alert.number}",
    }


def announce(actor: Actor, name: str, alert: Alert, *, now: dt.datetime) -> None:
    """Record one `alert.*` event."""
    events.record(actor, name, alert.id, now=now, data=card_of(alert))
