"""The messages of Larkfield's past: taken from the lanes as the engine takes them, and answered by a mail server long ago."""

from __future__ import annotations

import datetime as dt

from tocsin.core.ports import Delivery
from tocsin.core.work import leases
from tocsin.paging.commands import results
from tocsin.paging.jobs import advance
from tocsin.paging.models import Attempt, Escalation

_ANSWER = Delivery(ok=True, answer="250 2.0.0 Ok: queued")
_LANES = ("page-high", "page-low")


def send_due(at: dt.datetime) -> None:
    """Take every step that was due until this instant, each at its own time, and deliver the messages, to nobody."""
    while (due := _next_step(at)) is not None:
        advance.tick(due)
        _deliver(due)
    _deliver(at)


def _next_step(until: dt.datetime) -> dt.datetime | None:
    waiting = Escalation.objects.filter(state=Escalation.RUNNING, work_state=Escalation.DUE, due_at__lte=until)
    return waiting.order_by("due_at").values_list("due_at", flat=True).first()


def _deliver(at: dt.datetime) -> None:
    for lane in _LANES:
        claimed = leases.claim(Attempt, lane=lane, owner="demo", now=at, limit=50)
        results.sent([results.Result(attempt, _ANSWER, at, at) for attempt in claimed])
