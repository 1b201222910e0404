"""Telling the rooms above what happened to an alert."""

from __future__ import annotations

import datetime as dt

from tocsin.alerts.models import Alert
from tocsin.core.actor import Actor
from tocsin.core.eventlog import events


def announce(actor: Actor, name: str, alert: Alert, *, now: dt.datetime) -> None:
    """Record one `alert.*` event."""
    card = {
        "number": alert.number,
        "title": alert.title,
        "urgency": alert.urgency,
        "service": alert.service_id,
        "path": f"/a/{alert.number}",
    }
    events.record(actor, name, alert.id, now=now, data=card)
