"""A restored installation pages nobody until somebody says so."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.eventlog.events import record
from tocsin.core.store import facts
from tocsin.core.work import hints
from tocsin.paging import events, permissions


@transaction.atomic
def release_hold(actor: Actor, *, now: dt.datetime) -> bool:
    """From now on pages are sent again, those that are due at once. False when nothing was held."""
    permissions.require_release(actor)
    if not facts.on_hold():
        return False
    facts.put("hold", None)
    record(actor, events.HOLD_RELEASED, "installation", now=now)
    transaction.on_commit(_released)
    return True


def _released() -> None:
    for channel in ("escalation", "page-high", "page-low", "webhook", "audit"):
        hints.wake(channel)
