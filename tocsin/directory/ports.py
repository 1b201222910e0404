"""What this room asks of higher ones: somebody who carries a verification code through a gateway."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.core.ports import Delivery
from tocsin.directory.models import Gateway

GatewayCall = Callable[[Gateway, str, str, str], Delivery]
"""(gateway, to, text, link): make the templated HTTP call once; never raises."""

_call: list[GatewayCall] = []


def fill_gateway_call(call: GatewayCall) -> None:
    """Set by `wiring.py`."""
    _call[:] = [call]


def call_gateway(gateway: Gateway, to: str, text: str, link: str) -> Delivery:
    """Make the call through whatever was wired; without it the answer says so."""
    if not _call:
        return Delivery(ok=False, answer="no gateway caller is wired", permanent=True)
    return _call[0](gateway, to, text, link)
