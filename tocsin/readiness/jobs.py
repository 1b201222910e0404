"""The engine's part: a kit each night, and the first one at once."""

from __future__ import annotations

import datetime as dt

from tocsin.core.actor import SYSTEM
from tocsin.core.work.engine import Module
from tocsin.directory import queries as directory
from tocsin.readiness import commands, queries, rules


def nightly(now: dt.datetime) -> int:
    """Make the kit when this night has none yet. An installation without an administrator has nothing to put in."""
    if not rules.is_due(queries.latest(), now) or not directory.has_administrator():
        return 0
    commands.make_kit(SYSTEM, now=now)
    return 0


MODULES = (Module("kit", nightly, "kit", every=60.0, alone=True),)
