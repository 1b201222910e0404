"""Engine module: prove every few minutes that each service ends at somebody who can be reached."""

from __future__ import annotations

import datetime as dt

from tocsin.core.actor import SYSTEM
from tocsin.core.work.engine import Module
from tocsin.oncall import commands, proving

EVERY = dt.timedelta(minutes=5)


def prove(now: dt.datetime) -> int:
    """Renew the stored proof when it is five minutes old, whichever process made it."""
    last = proving.stored()
    if last is None or abs(now - last.at) >= EVERY:
        commands.keep_proof(SYSTEM, now=now)
    return 0


MODULES = (Module("prove", prove, "prove", every=15.0, alone=True),)
