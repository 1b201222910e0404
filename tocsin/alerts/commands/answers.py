"""What people answer to an alert. The first one wins; the second is told how it stands."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.alerts import events as names
from tocsin.alerts import permissions
from tocsin.alerts.commands.announcing import announce
from tocsin.alerts.models import Alert
from tocsin.core.actor import Actor
from tocsin.core.ids import is_id
from tocsin.core.store import db


def acknowledge(actor: Actor, alert: Alert, *, now: dt.datetime) -> Alert:
    """Somebody has it. On an alert that is no longer triggered nothing changes; look at `acknowledged_by` for who was first."""
    permissions.require_answer(actor)
    with transaction.atomic():
        won = Alert.objects.filter(pk=alert.pk, status=Alert.TRIGGERED).update(
            status=Alert.ACKNOWLEDGED, acknowledged_at=now, acknowledged_by_id=_person(actor), updated_at=now
        )
        alert = Alert.objects.select_related("service", "acknowledged_by").get(pk=alert.pk)
        if won:
            announce(actor, names.ALERT_ACKNOWLEDGED, alert, now=now)
    return alert


def resolve(actor: Actor, alert: Alert, *, now: dt.datetime, by_source: bool = False) -> Alert:
    """It is over. On a resolved alert nothing changes. `by_source` leaves out who: it was nobody."""
    permissions.require_answer(actor)
    with transaction.atomic():
        alert = db.lock(Alert.objects.select_related("service")).get(pk=alert.pk)
        if alert.status == Alert.RESOLVED:
            return alert
        Alert.objects.filter(pk=alert.pk).update(
            status=Alert.RESOLVED,
            resolved_at=now,
            resolved_by_id=None if by_source else _person(actor),
            cleared_at=max(alert.cleared_at or alert.fired_at, alert.fired_at),
            cleared_heard_at=now,
            updated_at=now,
        )
        alert.refresh_from_db()
        announce(actor, names.ALERT_RESOLVED, alert, now=now)
    return alert


def _person(actor: Actor) -> str | None:
    return actor.id if is_id(actor.id, "per") else None
