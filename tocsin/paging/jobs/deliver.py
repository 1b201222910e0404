"""Engine module: send the messages of pages that are due. One sender per lane, one pool of threads per kind of channel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import partial

from django.db.models import Q

from tocsin.core.observe import metrics
from tocsin.core.ports import Delivery
from tocsin.paging import outgoing, ports
from tocsin.paging.commands import results
from tocsin.paging.jobs.carrying import Carrier, Parcel
from tocsin.paging.models import Attempt
from tocsin.paging.ports import PageMessage, Result


class Sender(Carrier[Attempt]):
    """Sends one lane of pages. A provider that hangs fills the pool of its own kind of channel only."""

    model = Attempt

    def shares(self, now: dt.datetime) -> Iterable[tuple[str, Q]]:
        """Each kind of channel; what no channel carries is told so, in a share of its own."""
        yield from ((kind, Q(channel=kind)) for kind in sorted(ports.channels))
        yield "", ~Q(channel__in=list(ports.channels))

    def prepare(self, claimed: Sequence[Attempt], now: dt.datetime) -> Iterable[Parcel[Attempt]]:
        for item in outgoing.prepare(claimed):
            send = None if item.message is None else partial(_send, item.attempt.channel, item.message)
            yield Parcel(item.attempt, send, item.reason)

    def keep_sent(self, good: Sequence[Result[Attempt]]) -> list[Attempt]:
        return results.sent(good)

    def keep_failed(self, result: Result[Attempt]) -> bool:
        return results.failed(result)

    def withdraw(self, row: Attempt, reason: str, now: dt.datetime) -> None:
        results.withdrawn(row, reason, now=now)

    def label(self, row: Attempt) -> str:
        return row.channel

    def leaving(self, row: Attempt, now: dt.datetime) -> None:
        if row.tries == 1 and row.page.cycle == row.page.step == 0 and row.due_at == row.created_at:
            metrics.DWELL.observe((now - row.page.escalation.created_at).total_seconds())


def _send(channel: str, message: PageMessage, now: dt.datetime) -> Delivery:
    return ports.send(channel, message, now=now)
