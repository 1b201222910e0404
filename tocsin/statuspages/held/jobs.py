"""The engine module that lets words go when their time has come."""

from __future__ import annotations

import datetime as dt

from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER, Module
from tocsin.statuspages.held import commands
from tocsin.statuspages.held.models import HeldUpdate

_TOGETHER = 20


def publish_due(now: dt.datetime) -> int:
    """Claim what is due and publish it, each in a transaction of its own."""
    claimed = leases.claim(HeldUpdate, lane=commands.LANE, owner=OWNER, now=now, limit=_TOGETHER)
    for held in claimed:
        commands.release(held, now=now)
    return len(claimed)


MODULES = (Module("words", publish_due, commands.LANE, every=0.5),)
