"""What this room asks of the outside world: somebody who carries a page to a person. Filled in `wiring.py`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from tocsin.core.ports import Delivery
from tocsin.directory.models import Gateway

EMAIL, GATEWAY = "email", "gateway"


@dataclass(frozen=True, slots=True)
class PageMessage:
    """One message of one page.

    `idempotency_key` is the same however often this message is tried: 32 hex digits, for the Message-ID and for providers that
    drop repeats. `subject` is one line; `text` is whole for mail and one short line for gateways; `link` opens the page.
    `gateway` comes along loaded: a channel runs in a thread that is not meant to ask the database.
    """

    attempt_id: str
    idempotency_key: str
    to: str
    subject: str
    text: str
    link: str
    urgency: str
    gateway: Gateway | None = None

    @property
    def gateway_id(self) -> str | None:
        return self.gateway.id if self.gateway else None


class Channel(Protocol):
    """Carries a message to a provider within ten seconds. Never raises for what the provider says."""

    def send(self, message: PageMessage, *, now: dt.datetime) -> Delivery: ...


channels: dict[str, Channel] = {}
"""By kind of contact method: `email`, `gateway`."""


def send(kind: str, message: PageMessage, *, now: dt.datetime) -> Delivery:
    """Hand a message to its channel. Without one the answer says so: an attempt is never lost in silence."""
    channel = channels.get(kind)
    if channel is None:
        return Delivery(ok=False, answer=f"No channel carries messages of the kind {kind}.")
    return channel.send(message, now=now)
