"""The engine module that reminds people of what a communications review agreed."""

from __future__ import annotations

import datetime as dt

from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER, Module
from tocsin.postmortems.communication import commands
from tocsin.postmortems.communication.models import ReviewReminder

_TOGETHER = 20


def remind_due(now: dt.datetime) -> int:
    """Claim what is due and mail it, each in a transaction of its own."""
    claimed = leases.claim(ReviewReminder, lane=commands.LANE, owner=OWNER, now=now, limit=_TOGETHER)
    for reminder in claimed:
        commands.remind(reminder, now=now)
    return len(claimed)


MODULES = (Module("reviews", remind_due, commands.LANE, every=30.0),)
