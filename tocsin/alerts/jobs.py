"""The engine module that turns raw bodies into alerts."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

import structlog
from django.db import InterfaceError, OperationalError

from tocsin.alerts import rules
from tocsin.alerts.commands import intake
from tocsin.alerts.models import IntakeEvent
from tocsin.alerts.ports import Unreadable
from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER, Module

log = structlog.get_logger(__name__)
BATCH, TOGETHER = 50, 10
AGAIN_AFTER = dt.timedelta(milliseconds=500)
RED_AFTER = dt.timedelta(seconds=5)
"""An intake row older than this counts as a page that cannot be proven."""


def understand(now: dt.datetime) -> int:
    """Claim raw bodies and apply them in the order of arrival, several in a commit. Returns how many were claimed.

    Rows whose lease was lost come last, each alone and in any order: one of them may end the process again, and then not always
    before the same others.
    """
    rows = leases.claim(IntakeEvent, lane=intake.LANE, owner=OWNER, now=now, limit=BATCH)
    lost = [row for row in rows if row.tries > 1 and not row.last_error]
    fresh = sorted((row for row in rows if row not in lost), key=lambda row: (row.received_at, row.id))
    for start in range(0, len(fresh), TOGETHER):
        _several(fresh[start : start + TOGETHER], now)
    for row in random.sample(lost, len(lost)):
        intake.begin(row)
        _one(row, now)
    return len(rows)


def _several(rows: Sequence[IntakeEvent], now: dt.datetime) -> None:
    """Together in one commit while all goes well; otherwise each alone, so that one bad row costs the others nothing."""
    if len(rows) > 1:
        try:
            intake.understand(rows, now=now)
            return
        except Exception as error:
            log.info("intake rows are taken one by one", error=repr(error))
    for row in rows:
        _one(row, now)


def _one(row: IntakeEvent, now: dt.datetime) -> None:
    """A row that cannot even be given up is tried again when its lease is over, and keeps no other one waiting."""
    try:
        _understand(row, now)
    except intake.LostLease:
        log.warning("intake row taken over by another process", event_id=row.id)
    except (OperationalError, InterfaceError):
        raise  # the store is away: for the others too
    except Exception:
        log.exception("intake row could not be given up", event_id=row.id, tries=row.tries)


def _understand(row: IntakeEvent, now: dt.datetime) -> None:
    """A row that fails three times, or was there each time the process ended, pages its raw text instead."""
    try:
        if row.begun > rules.MAX_BEGUN:
            intake.give_up(row, "processing it ended Tocsin's worker several times", now=now)
        else:
            intake.understand([row], now=now)
    except intake.LostLease:
        raise
    except Unreadable as error:
        intake.give_up(row, str(error), now=now)
    except Exception as error:
        log.exception("intake row failed", event_id=row.id, tries=row.tries)
        first = not row.last_error
        if row.tries < rules.MAX_TRIES or first:
            leases.give_back(row, now + AGAIN_AFTER, repr(error))
        else:
            intake.give_up(row, type(error).__name__, now=now)


def oldest_waiting(now: dt.datetime) -> dt.timedelta | None:
    """How long the oldest raw body has waited; red above `RED_AFTER`."""
    return leases.oldest_due(IntakeEvent, now, lane=intake.LANE)


MODULES = (Module("understand", understand, channel=intake.LANE),)
