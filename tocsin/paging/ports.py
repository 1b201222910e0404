"""What this room asks of the outside world: somebody who carries a page to a person, or a call to a webhook; and of the rooms
above: what may not be told outside. Filled in `wiring.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from tocsin.core.models import DueRow
from tocsin.core.ports import Delivery
from tocsin.directory.models import Gateway

R = TypeVar("R", bound=DueRow)
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


@dataclass(frozen=True, slots=True)
class Result(Generic[R]):
    """What the outside answered for a claimed row. `fault`: it did not refuse, something of ours is wrong."""

    attempt: R
    delivery: Delivery
    started_at: dt.datetime
    ended_at: dt.datetime
    fault: bool = False


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


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """One call of a webhook. `idempotency_key` and `body` (JSON) are the same however often it is tried; `secrets` sign it, the
    newest first; none when they cannot be read.
    """

    idempotency_key: str
    address: str
    body: bytes
    secrets: tuple[str, ...]


class WebhookCaller(Protocol):
    """Makes a call within ten seconds. Never raises for what the other side says."""

    def __call__(self, message: WebhookMessage, *, now: dt.datetime) -> Delivery: ...


class _Webhooks:
    """The one way to call webhooks, and who knows which subjects are private."""

    def __init__(self) -> None:
        self._call: WebhookCaller | None = None
        self._is_private: Callable[[str], bool] = lambda subject: False

    def wire(self, call: WebhookCaller, is_private: Callable[[str], bool]) -> None:
        self._call, self._is_private = call, is_private

    def call(self, message: WebhookMessage, *, now: dt.datetime) -> Delivery:
        if self._call is None:
            return Delivery(ok=False, answer="Nothing here calls webhooks.")
        return self._call(message, now=now)

    def is_private(self, subject: str) -> bool:
        return self._is_private(subject)


webhooks = _Webhooks()
