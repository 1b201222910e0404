"""The address of an incident's video call, made from settings: nothing is asked, so nothing can fail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tocsin.integrations.video import token

_TAIL = 10
"""So many of the last characters of an incident's id: 50 random bits, so that nobody outside guesses the room."""


class Rooms:
    """`template` is an address in which `{room}` stands for the name of the room; empty: there is no video service.

    With `app_id` and `secret` the service asks for a token: made for each person who enters, in no address that is kept.
    """

    def __init__(self, template: str, *, app_id: str = "", secret: str = "") -> None:
        self._template = template
        self._app_id = app_id
        self._secret = secret

    def room(self, key: str, incident_id: str) -> str:
        return self._template.replace("{room}", f"{key.lower()}-{incident_id[-_TAIL:]}")

    def enter(self, address: str, guest: Mapping[str, str], now: dt.datetime) -> str:
        if not self._secret:
            return address
        return f"{address}?jwt={token.signed(token.claims(address, self._app_id, guest, now), self._secret)}"
