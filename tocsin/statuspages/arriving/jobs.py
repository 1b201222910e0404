"""The engine modules that understand mail that arrived, and forget it in time."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import InterfaceError, OperationalError

from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER, Module
from tocsin.statuspages.arriving import commands, rules
from tocsin.statuspages.arriving.models import IncomingMail

log = structlog.get_logger(__name__)
BATCH = 10
AGAIN_AFTER = dt.timedelta(seconds=5)


def understand(now: dt.datetime) -> int:
    """Claim what arrived and take it in the order of arrival, each alone. Returns how many were claimed."""
    rows = leases.claim(IncomingMail, lane=commands.LANE, owner=OWNER, now=now, limit=BATCH)
    for row in sorted(rows, key=lambda one: (one.received_at, one.pk)):
        _one(row, now)
    return len(rows)


def _one(row: IncomingMail, now: dt.datetime) -> None:
    """A mail that was accepted is never lost: what fails `rules.MAX_TRIES` times waits for a person."""
    try:
        if row.tries > rules.MAX_TRIES:
            commands.hold(row, "Understanding it ended Tocsin's worker several times.", now=now)
        else:
            commands.understand(row, now=now)
    except commands.LostLease:
        log.warning("mail taken over by another process", mail=row.pk)
    except (OperationalError, InterfaceError):
        raise  # the store is away: for the others too
    except Exception as error:
        log.exception("mail could not be understood", mail=row.pk, tries=row.tries)
        if row.tries < rules.MAX_TRIES:
            leases.give_back(row, now + AGAIN_AFTER, repr(error))
        else:
            commands.hold(row, f"Understanding it failed: {type(error).__name__}.", now=now)


def forget(now: dt.datetime) -> int:
    """Let go of what nobody needs any more."""
    commands.forget(now=now)
    return 0


MODULES = (
    Module("mail_in", understand, channel=commands.LANE),
    Module("mail_forgotten", forget, "mail_forgotten", every=3600.0, alone=True),
)
