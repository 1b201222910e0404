"""A webhook that takes nothing for days is told nothing more, until somebody looks at it and says go on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.eventlog.events import record
from tocsin.directory import permissions as people_permissions
from tocsin.oncall import events
from tocsin.oncall.models import Webhook

PATIENCE = dt.timedelta(days=3)
"""For how long nothing may be taken before the webhook is paused."""


@transaction.atomic
def webhooks_took(ids: Iterable[str]) -> None:
    """These took what they were told: whatever failed before does not count any more."""
    Webhook.objects.filter(pk__in=set(ids), failing_since__isnull=False).update(failing_since=None)


@transaction.atomic
def webhook_failed(webhook: Webhook, *, now: dt.datetime) -> bool:
    """It did not take what it was told. True when that paused it just now."""
    rows = Webhook.objects.filter(pk=webhook.pk, paused_at__isnull=True)
    rows.filter(failing_since__isnull=True).update(failing_since=now)
    since = rows.filter(failing_since__lte=now - PATIENCE).values_list("failing_since", flat=True).first()
    if since is None or not rows.update(paused_at=now):
        return False
    data = {"name": webhook.name, "since": clock.rfc3339(since)}
    record(SYSTEM, events.WEBHOOK_PAUSED, webhook.id, now=now, data=data)
    return True


@transaction.atomic
def resume_webhook(actor: Actor, webhook: Webhook, *, now: dt.datetime) -> Webhook:
    """Tell it again what it hears, from now on. Nothing happens when it is not paused."""
    people_permissions.require_manager(actor, webhook.team)
    if Webhook.objects.filter(pk=webhook.pk, paused_at__isnull=False).update(paused_at=None, failing_since=None, updated_at=now):
        record(actor, events.WEBHOOK_RESUMED, webhook.id, now=now, data={"name": webhook.name})
    webhook.refresh_from_db()
    return webhook
