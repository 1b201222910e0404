"""The messages of Larkfield's past: taken from the lanes as the engine takes them, and answered by a mail server long ago."""

from __future__ import annotations

import datetime as dt

from tocsin.core.ports import Delivery
from tocsin.core.work import leases
from tocsin.paging.commands import results
from tocsin.paging.jobs import advance
from tocsin.paging.models import Attempt

_ANSWER = Delivery(ok=True, answer="250 2.0.0 Ok: queued")
_LANES = ("page-high", "page-low")


def send_due(at: dt.datetime) -> None:
    """Take the steps that were due at this instant and deliver their messages, to nobody."""
    advance.tick(at)
    for lane in _LANES:
        for attempt in leases.claim(Attempt, lane=lane, owner="demo", now=at, limit=50):
            results.sent(attempt, _ANSWER, started_at=at, now=at)
