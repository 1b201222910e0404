"""Claiming due rows. A claim is an UPDATE under a lock, committed before anything leaves the house.

A lease that runs out gives the row back: a crash between claim and result costs at most one duplicate, never a lost row.
The fence grows with each claim, and a result is written only by the holder of the newest one, so a process that wakes up
after its lease cannot overwrite what its successor did.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Q, QuerySet

from tocsin.core.models import UNDONE, DueRow, EngineLease
from tocsin.core.store import db
from tocsin.core.store.prepared import Prepared

D = TypeVar("D", bound=DueRow)

LEASE = dt.timedelta(seconds=30)
TOO_FAR = dt.timedelta(seconds=60)
"""A module's lease that ends further ahead than this and its length was taken before the clock was set back."""


def claim(
    model: type[D], *, lane: str, owner: str, now: dt.datetime, limit: int, lease: dt.timedelta = LEASE, only: Q | None = None
) -> list[D]:
    """Take up to `limit` due rows of a lane: most urgent first, then the freshest. Each comes back with its fence."""
    if not any_due(model, lane=lane, now=now):
        return []
    wanted = _due(model, lane, now).filter(only or Q())
    if only is not None and not wanted.exists():
        return []
    with transaction.atomic():
        rows = list(db.lock_skipping(wanted.order_by("priority", "-due_at"))[:limit])
        until = now + lease
        model._default_manager.filter(pk__in=[row.pk for row in rows]).update(
            work_state=DueRow.LEASED, lease_owner=owner, lease_until=until, fence=F("fence") + 1, tries=F("tries") + 1
        )
    for row in rows:
        row.work_state, row.lease_owner, row.lease_until = DueRow.LEASED, owner, until
        row.fence += 1
        row.tries += 1
    return rows


def any_due(model: type[DueRow], *, lane: str, now: dt.datetime) -> bool:
    """Whether a claim on this lane could find anything. One query, no lock."""
    return bool(_first_due(model)(lane, now))


@functools.cache
def _first_due(model: type[DueRow]) -> Prepared[str]:
    """Every module asks this once a second and at each hint, mostly for nothing."""
    return Prepared(lambda lane, now: _due(model, lane, now).order_by().values_list("pk", flat=True)[:1])


def _due(model: type[D], lane: str, now: dt.datetime) -> QuerySet[D]:
    due = Q(work_state=DueRow.DUE, due_at__lte=now) | Q(work_state=DueRow.LEASED, lease_until__lte=now)
    return model._default_manager.filter(UNDONE, due, lane=lane)


def finish(row: DueRow, state: str, **fields: Any) -> bool:
    """Write the result of a claimed row. False when the lease passed to another meanwhile: then nothing is written."""
    rows = type(row)._default_manager.filter(pk=row.pk, fence=row.fence, work_state=DueRow.LEASED)
    return bool(rows.update(work_state=state, lease_until=None, **fields))


def finish_all(rows: Sequence[DueRow], state: str) -> bool:
    """Write the same result of several claimed rows of one table. False when one is no longer ours: then roll back."""
    kept = 0
    for fence in {row.fence for row in rows}:
        ids = [row.pk for row in rows if row.fence == fence]
        mine = type(rows[0])._default_manager.filter(pk__in=ids, fence=fence, work_state=DueRow.LEASED)
        kept += mine.update(work_state=state, lease_until=None)
    return kept == len(rows)


def give_back(row: DueRow, due_at: dt.datetime, error: str) -> bool:
    """Return a claimed row to be tried again at `due_at`. False when it is no longer ours."""
    return finish(row, DueRow.DUE, due_at=due_at, last_error=error[:2000])


def oldest_due(model: type[DueRow], now: dt.datetime, *, lane: str | None = None) -> dt.timedelta | None:
    """How long the oldest due row has waited past its time; None when nothing is late."""
    rows = model._default_manager.filter(UNDONE, due_at__lte=now)
    if lane is not None:
        rows = rows.filter(lane=lane)
    at = rows.order_by("due_at").values_list("due_at", flat=True).first()
    return now - at if at else None


def hold(name: str, owner: str, now: dt.datetime, lease: dt.timedelta) -> int | None:
    """Take or renew the lease of an engine module. Returns its fence, or None while another process holds it."""
    mine = EngineLease.objects.filter(name=name, owner=owner)
    if not mine.update(until=now + lease, last_run_at=now):
        EngineLease.objects.bulk_create([EngineLease(name=name)], ignore_conflicts=True)
        over = Q(until__isnull=True) | Q(until__lte=now) | Q(until__gt=now + lease + TOO_FAR)
        free = EngineLease.objects.filter(over | Q(owner=""), name=name)
        if not free.update(owner=owner, until=now + lease, fence=F("fence") + 1, last_run_at=now):
            return None
    return mine.values_list("fence", flat=True).first()


def release(owner: str) -> None:
    """Give up all module leases of a process that stops."""
    EngineLease.objects.filter(owner=owner).update(owner="", until=None)
