"""What mirrors are told, written as due rows in the transaction of the news."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tocsin.core.work import hints
from tocsin.statuspages.maintenance.models import MaintenanceUpdate
from tocsin.statuspages.mirrors import rules
from tocsin.statuspages.mirrors.models import Mirror, MirrorCopy
from tocsin.statuspages.models import Component, Update

LANE = "mirrors"
PAUSED = "it is switched off"
UNTOLD = "the page that it repeats has a secret address"


def queue_update(update: Update, now: dt.datetime) -> int:
    """A row for every page elsewhere that repeats the page of this update; how many. Of an entry older words are not held up by a
    pause between tries: they go first, at once. Private incidents, drills and what a page with a secret address says are not told.
    """
    entry = update.entry
    if entry.incident is None or entry.incident.is_private or entry.incident.is_drill:
        return 0
    told = list(Mirror.objects.filter(page=entry.page, page__is_secret=False, removed_at=None))
    parts = [_part(one) for one in entry.components.order_by("position", "name")] if told else []
    MirrorCopy.objects.filter(about=entry.id, work_state=MirrorCopy.DUE, due_at__gt=now).update(due_at=now)
    return _queue(told, about=entry.id, parts=parts, update=update, now=now)


def queue_part(component: Component, now: dt.datetime) -> int:
    """A row for every page elsewhere that shows this part, whose state was set by hand; how many."""
    told = Mirror.objects.filter(page=component.page, page__is_secret=False, removed_at=None)
    return _queue(told, about=component.id, parts=[_part(component)], now=now)


def queue_work(update: MaintenanceUpdate, now: dt.datetime) -> int:
    """A row for every page elsewhere that repeats the page of this planned work; how many."""
    work = update.maintenance
    told = list(Mirror.objects.filter(page=work.page, page__is_secret=False, removed_at=None))
    parts = [_part(one) for one in work.parts.order_by("position", "name")] if told else []
    MirrorCopy.objects.filter(about=work.id, work_state=MirrorCopy.DUE, due_at__gt=now).update(due_at=now)
    return _queue(told, about=work.id, parts=parts, of_work=update, now=now)


def _part(component: Component) -> dict[str, str]:
    return {"id": component.id, "name": component.name, "state": component.state}


def _queue(
    told: Iterable[Mirror],
    *,
    about: str,
    parts: list[dict[str, str]],
    now: dt.datetime,
    update: Update | None = None,
    of_work: MaintenanceUpdate | None = None,
) -> int:
    rows = [
        MirrorCopy(
            mirror=mirror,
            update=update,
            of_work=of_work,
            about=about,
            parts=parts,
            lane=LANE,
            due_at=now,
            created_at=now,
            wanted_at=now,
            work_state=rules.CANCELLED if mirror.paused_at else rules.DUE,
            last_error=PAUSED if mirror.paused_at else "",
        )
        for mirror in told
    ]
    MirrorCopy.objects.bulk_create(rows)
    if rows:
        hints.wake_after_commit(LANE)
    return len(rows)
