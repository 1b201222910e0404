"""Engine module: what people typed becomes a revision when they pause, and every minute while they do not."""

from __future__ import annotations

import datetime as dt

from tocsin.collab.documents import commands, queries
from tocsin.core.work.engine import Module

PAUSE = dt.timedelta(seconds=8)
LONGEST = dt.timedelta(minutes=1)


def revise(now: dt.datetime) -> int:
    """Cut what is due; how many revisions."""
    return sum(commands.cut(document, now=now) for document in queries.paused(now - PAUSE, now - LONGEST))


MODULES = (Module("revisions", revise, "revisions", every=2.0),)
