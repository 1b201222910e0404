"""The address of an incident's video call, made from a setting: nothing is asked, so nothing can fail."""

from __future__ import annotations

_TAIL = 10
"""So many of the last characters of an incident's id: 50 random bits, so that nobody outside guesses the room."""


class Rooms:
    """`template` is an address in which `{room}` stands for the name of the room; empty: there is no video service."""

    def __init__(self, template: str) -> None:
        self._template = template

    def room(self, key: str, incident_id: str) -> str:
        return self._template.replace("{room}", f"{key.lower()}-{incident_id[-_TAIL:]}")
