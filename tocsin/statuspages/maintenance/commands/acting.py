"""Beginning work, saying how it goes, ending it, calling it off: by hand, or by the engine at its time."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.statuspages import events, permissions, words
from tocsin.statuspages.commands.components import put
from tocsin.statuspages.maintenance import rules
from tocsin.statuspages.maintenance.commands import _writing as writing
from tocsin.statuspages.maintenance.models import Maintenance, MaintenanceUpdate
from tocsin.statuspages.maintenance.standing import resting
from tocsin.statuspages.models import Component
from tocsin.statuspages.rules import OPERATIONAL, UNDER_MAINTENANCE

_CANNOT = {
    rules.SCHEDULED: "This work has not begun yet.",
    rules.IN_PROGRESS: "This work is in progress.",
    rules.VERIFYING: "This work is being verified.",
    rules.COMPLETED: "This work is over.",
    rules.CANCELLED: "This work was called off.",
}


def begin(actor: Actor, maintenance: Maintenance, *, body: str = "", now: dt.datetime) -> Maintenance:
    """It begins: parts that work are under maintenance from now on, and one that does not still says what is wrong with it.

    Raises Conflict unless it is planned.
    """
    permissions.require_speaker(actor)
    with transaction.atomic():
        maintenance = _to(maintenance, rules.IN_PROGRESS)
        maintenance.begun_at = now
        writing.keep(maintenance, "state", "begun_at", now=now)
        for part in maintenance.parts.filter(state=OPERATIONAL):
            put(actor, part, UNDER_MAINTENANCE, maintenance.id, now)
        said = writing.body_of(body, maintenance.page, required=False) or words.of(maintenance.page.language).work_begun
        writing.tell(actor, maintenance, "begun", events.MAINTENANCE_BEGUN, said, now=now)
    return maintenance


def verify(actor: Actor, maintenance: Maintenance, *, body: str = "", now: dt.datetime) -> Maintenance:
    """The work is done and looked at; its parts stay under maintenance. Raises Conflict unless it is in progress."""
    permissions.require_speaker(actor)
    with transaction.atomic():
        maintenance = _to(maintenance, rules.VERIFYING)
        writing.keep(maintenance, "state", now=now)
        said = writing.body_of(body, maintenance.page, required=False) or words.of(maintenance.page.language).work_verifies
        writing.tell(actor, maintenance, "verifying", events.MAINTENANCE_VERIFYING, said, now=now)
    return maintenance


def complete(actor: Actor, maintenance: Maintenance, *, body: str = "", now: dt.datetime) -> Maintenance:
    """It is over: its parts work again, unless other work or an incident says otherwise. Raises Conflict unless it goes on."""
    permissions.require_speaker(actor)
    with transaction.atomic():
        maintenance = _to(maintenance, rules.COMPLETED)
        said = writing.body_of(body, maintenance.page, required=False) or words.of(maintenance.page.language).work_over
        finish(actor, maintenance, said, now=now)
    return maintenance


def finish(actor: Actor, maintenance: Maintenance, body: str, *, now: dt.datetime) -> None:
    """Write the end of a locked row whose state is completed already. Inside a transaction."""
    maintenance.over_at = now
    writing.keep(maintenance, "state", "over_at", now=now)
    release(actor, maintenance, list(maintenance.parts.filter(state=UNDER_MAINTENANCE)), now=now)
    writing.tell(actor, maintenance, "completed", events.MAINTENANCE_COMPLETED, body, now=now)


def cancel(actor: Actor, maintenance: Maintenance, *, body: str = "", now: dt.datetime) -> Maintenance:
    """It does not take place, or is broken off; of a series this time alone. Raises Conflict when it is over."""
    permissions.require_speaker(actor)
    with transaction.atomic():
        maintenance = writing.locked(maintenance)
        said = writing.body_of(body, maintenance.page, required=False) or words.of(maintenance.page.language).work_called_off
        call_off(actor, maintenance, said, now=now)
    return maintenance


def call_off(actor: Actor, maintenance: Maintenance, body: str, *, is_told: bool = True, now: dt.datetime) -> None:
    """The same for a locked row. Inside a transaction."""
    _enter(maintenance, rules.CANCELLED)
    maintenance.over_at = now
    maintenance.sequence += 1
    writing.keep(maintenance, "state", "over_at", "sequence", now=now)
    release(actor, maintenance, list(maintenance.parts.filter(state=UNDER_MAINTENANCE)), now=now)
    writing.tell(actor, maintenance, "cancelled", events.MAINTENANCE_CANCELLED, body, is_told=is_told, now=now)


def say(actor: Actor, maintenance: Maintenance, body: str, *, now: dt.datetime) -> MaintenanceUpdate:
    """Words for readers while it is planned or goes on. Raises Conflict when it is over."""
    permissions.require_speaker(actor)
    with transaction.atomic():
        maintenance = writing.locked(maintenance)
        require_open(maintenance)
        said = writing.body_of(body, maintenance.page)
        writing.keep(maintenance, now=now)
        return writing.tell(actor, maintenance, "said", events.MAINTENANCE_SAID, said, now=now)


def release(actor: Actor, maintenance: Maintenance, parts: list[Component], *, now: dt.datetime) -> None:
    """These parts are under maintenance no more by this work."""
    for part in parts:
        put(actor, part, resting(part.pk, but=maintenance.pk), maintenance.id, now)


def require_open(maintenance: Maintenance) -> None:
    """Raises Conflict for work that is over or was called off."""
    if maintenance.state not in rules.OPEN:
        raise Conflict(_CANNOT[maintenance.state], field="state", current=maintenance)


def _to(maintenance: Maintenance, state: str) -> Maintenance:
    found = writing.locked(maintenance)
    _enter(found, state)
    return found


def _enter(maintenance: Maintenance, state: str) -> None:
    if maintenance.state not in rules.NEXT[state]:
        raise Conflict(_CANNOT[maintenance.state], field="state", current=maintenance)
    maintenance.state = state
