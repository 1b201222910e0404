"""What `/readyz` and `doctor` ask: is the store there, and is every open page proven?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from tocsin.core.eventlog import sealing
from tocsin.paging import queries as paging


def reasons(now: dt.datetime, stale_modules: Sequence[str] = ()) -> list[str]:
    """Why this installation is not ready, in words; empty when it is."""
    found = [f"the engine module {name} has not finished a turn lately" for name in stale_modules]
    close_old_connections()
    try:
        return found + _unproven(now)
    except (DatabaseError, InterfaceError) as error:
        connection.close()
        return [*found, f"the store does not answer ({type(error).__name__})"]


def _unproven(now: dt.datetime) -> list[str]:
    found = []
    waited = sealing.late(now)
    if waited:
        found.append(f"an event has waited {waited.total_seconds():.0f} s to be sealed")
    return found + paging.proof(now).problems
