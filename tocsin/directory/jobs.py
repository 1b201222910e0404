"""The engine modules of this room: one carries verification codes through gateways (codes by mail go through the outbox), one
reads what vendors say of their own state."""

from __future__ import annotations

import datetime as dt

from tocsin.core import secrets
from tocsin.core.models import DueRow
from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER, Module
from tocsin.directory import ports, rules
from tocsin.directory.commands import vendor_status as commands
from tocsin.directory.models import CodeCall
from tocsin.directory.vendor_status import ports as feeds
from tocsin.directory.vendor_status import queries

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


def read_vendor(now: dt.datetime) -> int:
    """Read the feed that waited longest, with no transaction open; 0 when none is due."""
    vendor = queries.due(now)
    if vendor is None:
        return 0
    url = vendor.status_feed
    try:
        reading = feeds.read(url, now)
    except feeds.Unread as error:
        commands.note_unread(vendor, str(error), url=url, now=now)
    else:
        commands.keep_reading(vendor, reading, url=url, now=now)
    return 1


MODULES = (
    Module("codes", deliver_codes, "codes"),
    Module("vendors", read_vendor, "vendors", every=30.0, alone=True),
)
