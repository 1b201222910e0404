"""Engine module: make the calls of webhooks that are due, in a lane of their own: no page waits for a webhook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import partial

from django.db.models import Q

from tocsin.core.models import UNDONE
from tocsin.core.ports import Delivery
from tocsin.paging import ports, webhooks
from tocsin.paging.commands import webhooks as commands
from tocsin.paging.jobs.carrying import Carrier, Parcel, Pool
from tocsin.paging.models import WebhookCall
from tocsin.paging.ports import Result, WebhookMessage

_MOST = 16
"""Calls on their way at a time; one webhook has at most `width` of them, so that one that hangs leaves room for others."""


class Caller(Carrier[WebhookCall]):
    """Calls webhooks. All of them share the threads."""

    model = WebhookCall

    def shares(self, now: dt.datetime) -> Iterable[tuple[str, Q]]:
        """Each webhook with something due; what is left of one that was removed has a share of its own."""
        due = WebhookCall.objects.filter(UNDONE, due_at__lte=now, lane=self.lane)
        found = due.order_by().values_list("webhook_id", flat=True).distinct()
        yield from ((one or "", Q(webhook=one)) for one in sorted(found, key=str))

    def free(self, share: str) -> int:
        return min(super().free(share), _MOST - self._on_the_way.total())

    def pool_of(self, share: str) -> Pool:
        if "" not in self._pools:
            self._pools[""] = self._make_pool(_MOST)
        return self._pools[""]

    def prepare(self, claimed: Sequence[WebhookCall], now: dt.datetime) -> Iterable[Parcel[WebhookCall]]:
        for item in webhooks.prepare(claimed, now):
            yield Parcel(item.call, None if item.message is None else partial(_call, item.message), item.reason)

    def keep_sent(self, good: Sequence[Result[WebhookCall]]) -> list[WebhookCall]:
        return commands.called(good)

    def keep_failed(self, result: Result[WebhookCall]) -> bool:
        return commands.call_failed(result)

    def withdraw(self, row: WebhookCall, reason: str, now: dt.datetime) -> None:
        commands.call_withdrawn(row, reason)

    def label(self, row: WebhookCall) -> str:
        return "webhook"


def _call(message: WebhookMessage, now: dt.datetime) -> Delivery:
    return ports.webhooks.call(message, now=now)
