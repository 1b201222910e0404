"""The engine modules of planned work: what is due begins, ends or is asked for, and series get their next times."""

from __future__ import annotations

import datetime as dt

from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER, Module
from tocsin.statuspages.maintenance import commands
from tocsin.statuspages.maintenance.commands._writing import LANE
from tocsin.statuspages.maintenance.models import Maintenance, MaintenanceSeries

_TOGETHER = 20


def attend_due(now: dt.datetime) -> int:
    """Claim what is due and do it, each in a transaction of its own, the earliest first."""
    claimed = leases.claim(Maintenance, lane=LANE, owner=OWNER, now=now, limit=_TOGETHER)
    for maintenance in sorted(claimed, key=lambda one: (one.due_at, one.pk)):
        commands.attend(maintenance, now=now)
    return len(claimed)


def extend_due(now: dt.datetime) -> int:
    """Make the next times of series."""
    claimed = leases.claim(MaintenanceSeries, lane=LANE, owner=OWNER, now=now, limit=_TOGETHER)
    for series in claimed:
        commands.extend_series(series, now=now)
    return len(claimed)


MODULES = (Module("maintenance", attend_due, LANE), Module("maintenance_series", extend_due, LANE, every=60.0))
