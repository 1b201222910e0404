"""How subscribers are reached that are no mail addresses, filled in `wiring.py`: each provider brings one channel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tocsin.core.ports import Delivery
from tocsin.directory.models import Gateway


@dataclass(frozen=True, slots=True)
class News:
    """What a subscriber is told. `number` is the same however often it is tried; `secret` signs it, `document` is for programs,
    `gateway` carries it to a telephone.
    """

    number: str
    address: str
    title: str
    text: str
    link: str
    """Where it can be read, or confirmed."""
    manage: str
    """Where it can be ended."""
    secret: str
    document: Mapping[str, Any] = field(default_factory=dict)
    gateway: Gateway | None = None


class Channel(Protocol):
    """One way to reach somebody. Neither method raises anything but `Invalid`."""

    @property
    def name(self) -> str:
        """As readers of the page know it."""

    def check(self, address: str) -> str:
        """The address as it is kept. Raises Invalid for `address`, by its spelling alone: nothing is asked of the network."""

    def send(self, news: News, *, now: dt.datetime) -> Delivery:
        """One call, ended within ten seconds."""


channels: dict[str, Channel] = {}
"""By the name that is kept with a subscriber."""
