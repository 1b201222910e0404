"""What the engine runs for this room, each module in a thread of its own."""

from __future__ import annotations

from tocsin.core.work.engine import Module
from tocsin.paging.commands.webhooks import forget
from tocsin.paging.jobs import advance, audit, expire
from tocsin.paging.jobs.deliver import Sender
from tocsin.paging.jobs.webhooks import Caller

high, low = Sender("page-high", width=8), Sender("page-low", width=4)
outside = Caller("webhook", width=4)

MODULES = (
    Module("advance", advance.tick, "escalation"),
    Module("page-high", high.tick, "page-high", drain=high.drain),
    Module("page-low", low.tick, "page-low", drain=low.drain),
    Module("webhook", outside.tick, "webhook", drain=outside.drain),
    Module("webhook_calls_forgotten", forget, "webhook_calls_forgotten", every=3600.0, alone=True),
    Module("audit", audit.tick, "audit", every=2.0, alone=True),
    Module("expire", expire.tick, "expire", every=10.0, alone=True),
)
