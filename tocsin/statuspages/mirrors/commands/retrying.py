"""What a person presses at an incident or planned work: Retry, and that something was closed over there by hand."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.work import hints
from tocsin.incidents.models import Incident
from tocsin.statuspages import events
from tocsin.statuspages.maintenance.models import Maintenance
from tocsin.statuspages.mirrors import permissions, rules
from tocsin.statuspages.mirrors.models import MirrorCopy, MirroredEntry
from tocsin.statuspages.mirrors.queueing import LANE
from tocsin.statuspages.permissions import require_speaker


def retry(actor: Actor, incident: Incident, copy: MirrorCopy, *, now: dt.datetime) -> MirrorCopy:
    """Tell a page again what it did not take. Raises Conflict for what is there or on its way, and for a page that is off."""
    permissions.require_retry(actor, incident)
    return _again(actor, copy, incident.id, now)


def retry_work(actor: Actor, work: Maintenance, copy: MirrorCopy, *, now: dt.datetime) -> MirrorCopy:
    """The same for planned work."""
    require_speaker(actor)
    return _again(actor, copy, work.id, now)


def _again(actor: Actor, copy: MirrorCopy, context: str, now: dt.datetime) -> MirrorCopy:
    with transaction.atomic():
        copy = db.lock(MirrorCopy.objects.filter(pk=copy.pk)).select_related("mirror").get()
        if copy.work_state in {rules.DUE, rules.LEASED, rules.DONE}:
            raise Conflict("It is there or on its way already.", current=copy)
        if copy.mirror.removed_at or copy.mirror.paused_at:
            raise Conflict(f"{copy.mirror.name} is switched off. An administrator resumes it.")
        copy.work_state, copy.due_at, copy.wanted_at, copy.tries, copy.last_error = rules.DUE, now, now, 0, ""
        copy.save(update_fields=["work_state", "due_at", "wanted_at", "tries", "last_error"])
        data = {"mirror": copy.mirror.name, "page": copy.mirror.audience}
        record(actor, events.MIRROR_RETRIED, copy.mirror_id, context=context, now=now, data=data)
        hints.wake_after_commit(LANE)
    return copy


def say_closed(actor: Actor, incident: Incident, there: MirroredEntry, *, now: dt.datetime) -> MirroredEntry:
    """Somebody closed it over there by hand. Twice does no more than once; raises Conflict while ours is open."""
    permissions.require_retry(actor, incident)
    with transaction.atomic():
        there = db.lock(MirroredEntry.objects.filter(pk=there.pk)).select_related("mirror", "entry").get()
        if there.entry.resolved_at is None and not incident.is_private:
            raise Conflict("The page here still speaks of it. Say the last words: they close it there too.")
        if there.closed_at is None:
            there.closed_at = now
            there.save(update_fields=["closed_at"])
            data = {"mirror": there.mirror.name, "page": there.mirror.audience}
            record(actor, events.MIRROR_CLOSED, there.mirror_id, context=incident.id, now=now, data=data)
    return there
