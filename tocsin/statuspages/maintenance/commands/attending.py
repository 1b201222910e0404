"""What the engine does when a time has come: remind, begin, end, or ask the owner; and make the next times of a series."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from tocsin.core.actor import SYSTEM
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.work import outbox
from tocsin.statuspages import events, words
from tocsin.statuspages.maintenance import rules
from tocsin.statuspages.maintenance.commands import _writing as writing
from tocsin.statuspages.maintenance.commands.acting import begin, complete, finish
from tocsin.statuspages.maintenance.commands.planning import make_times
from tocsin.statuspages.maintenance.models import Maintenance, MaintenanceSeries

ASK_AGAIN = dt.timedelta(days=1)
"""An owner who says nothing is asked again after this time."""


def attend(maintenance: Maintenance, *, now: dt.datetime) -> bool:
    """Do what is due of a claimed row. False when somebody was faster: then nothing is written."""
    with transaction.atomic():
        fresh = writing.locked(maintenance)
        if fresh.fence != maintenance.fence or fresh.work_state != Maintenance.LEASED:
            return False
        step = rules.overdue(fresh.state, fresh.starts_at, fresh.ends_at, now)
        missed = step == rules.BEGIN and fresh.begins_by_itself and fresh.ends_by_itself and fresh.ends_at <= now
        if missed:  # nobody was there to begin it: readers hear of the end alone
            fresh.state = rules.COMPLETED
            finish(SYSTEM, fresh, words.of(fresh.page.language).work_over, now=now)
        elif step == rules.BEGIN and fresh.begins_by_itself:
            begin(SYSTEM, fresh, now=now)
        elif step == rules.END and fresh.ends_by_itself:
            complete(SYSTEM, fresh, now=now)
        elif step:
            _ask(fresh, step, now)
        elif fresh.state == rules.SCHEDULED and fresh.reminds and fresh.reminded_at is None:
            _remind(fresh, now)
        else:
            writing.keep(fresh, now=now)
    return True


def _remind(maintenance: Maintenance, now: dt.datetime) -> None:
    """Readers who were told of it hear once more; late, when nothing ran meanwhile, but never after it began."""
    maintenance.reminded_at = now
    writing.keep(maintenance, "reminded_at", now=now)
    page = maintenance.page
    said = words.of(page.language)
    soon = said.work_soon.format(said.span(maintenance.starts_at, maintenance.ends_at, page.zone))
    writing.tell(SYSTEM, maintenance, "reminded", events.MAINTENANCE_REMINDED, soon, now=now)


def _ask(maintenance: Maintenance, step: str, now: dt.datetime) -> None:
    """It is nobody's but its owner's to say; pages and lists show it meanwhile."""
    writing.keep(maintenance, now=now)
    Maintenance.objects.filter(pk=maintenance.pk).update(due_at=now + ASK_AGAIN)
    record(SYSTEM, events.MAINTENANCE_OVERDUE, maintenance.id, now=now, data={"title": maintenance.title, "step": step})
    owner = maintenance.owner
    if owner is None or not owner.is_active or not owner.email:
        return
    what = "should have begun" if step == rules.BEGIN else "should be over"
    at = maintenance.starts_at if step == rules.BEGIN else maintenance.ends_at
    when = words.of("en").instant(at, "UTC")
    lines = [
        f"“{maintenance.title}” {what} at {when}, and nobody has said so.",
        "Readers of the status page see that. Begin it, move it, complete it or call it off:",
        "",
        f"{settings.TOCSIN.base_url.rstrip('/')}/maintenance/{maintenance.id}",
        "",
    ]
    key = f"overdue.{maintenance.id}.{step}.{now:%Y%m%d}"
    outbox.enqueue(owner.email, f"Planned work {what}: {maintenance.title}", "\n".join(lines), now=now, key=key)


def extend_series(series: MaintenanceSeries, *, now: dt.datetime) -> bool:
    """Make the next times of a claimed series. False when somebody was faster."""
    with transaction.atomic():
        fresh = db.lock(MaintenanceSeries.objects.filter(pk=series.pk)).select_related("page").get()
        if fresh.fence != series.fence or fresh.work_state != MaintenanceSeries.LEASED:
            return False
        make_times(SYSTEM, fresh, list(fresh.parts.all()), now=now)
    return True
