"""The engine module of this room: it carries verification codes through gateways. Codes by mail go through the outbox."""

from __future__ import annotations

import datetime as dt

from tocsin.core import secrets
from tocsin.core.models import DueRow
from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER
from tocsin.directory import ports, rules
from tocsin.directory.models import CodeCall

_PAUSE = dt.timedelta(seconds=20)


def deliver_codes(now: dt.datetime) -> int:
    """Claim due calls, make them, write the answers. A code that is out of date is not sent any more."""
    calls = leases.claim(CodeCall, lane="codes", owner=OWNER, now=now, limit=10)
    for call in calls:
        _deliver(CodeCall.objects.select_related("method__gateway").get(pk=call.pk), call, now)
    return len(calls)


def _deliver(call: CodeCall, claimed: CodeCall, now: dt.datetime) -> None:
    if now - call.created_at > rules.CODE_LIFETIME or call.method.gateway is None:
        leases.finish(claimed, DueRow.CANCELLED, answer="out of date", text_encrypted="")
        return
    delivery = ports.call_gateway(call.method.gateway, call.method.address, secrets.decrypt(call.text_encrypted), "")
    if delivery.ok:
        leases.finish(claimed, DueRow.DONE, answer=delivery.answer[:400], text_encrypted="")
    elif delivery.permanent:
        leases.finish(claimed, DueRow.FAILED, answer=delivery.answer[:400], text_encrypted="")
    else:
        leases.give_back(claimed, now + _PAUSE, delivery.answer)
