"""Who is in a document and where their cursors are. The names are ours: nobody can type under another's.

Nothing of this is stored. People are seen by those who are connected to the same process.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from pycrdt import write_message, write_var_uint

from tocsin.collab.documents.encoding import Reader, Unreadable

LIMIT = 4096
CLIENTS = 4
"""Cursors of one connection."""
COLOURS = 8


@dataclass(slots=True)
class _Here:
    owner: int
    clock: int
    state: str


class Presence:
    """Everybody in one document. An owner is any number that stands for a connection."""

    def __init__(self) -> None:
        self._here: dict[int, _Here] = {}
        self._colours: dict[str, int] = {}

    def take(self, owner: int, person: str, name: str, data: bytes) -> bytes:
        """What somebody says about their cursors, put right, for the others. Raises Unreadable."""
        if len(data) > LIMIT:
            raise Unreadable("So much is no cursor.")
        reader = Reader(data)
        told = {}
        for _ in range(reader.number()):
            client, clock, state = reader.number(), reader.number(), reader.words()
            known = self._here.get(client)
            if known and known.owner != owner:
                continue
            told[client] = _Here(owner, clock, self._state(state, person, name))
        mine = {client for client, one in self._here.items() if one.owner == owner} | set(told)
        if len(mine) > CLIENTS:
            raise Unreadable("One connection has too many cursors.")
        self._here.update(told)
        return _encoded(told)

    def leave(self, owner: int) -> bytes:
        """Somebody has gone: what the others must hear."""
        gone = {client: one for client, one in self._here.items() if one.owner == owner}
        for client, one in gone.items():
            one.clock, one.state = one.clock + 1, "null"
            del self._here[client]
        return _encoded(gone)

    def everybody(self) -> bytes:
        return _encoded(self._here)

    def _state(self, state: str, person: str, name: str) -> str:
        try:
            said = json.loads(state)
        except ValueError:
            raise Unreadable("A cursor is not JSON.") from None
        if not isinstance(said, dict):
            return "null"
        user = {"id": person, "name": name, "colour": self._colour(person)}
        return json.dumps({"cursor": said.get("cursor"), "user": user})

    def _colour(self, person: str) -> int:
        """The first colour that nobody has; the same person keeps one."""
        if person not in self._colours:
            taken = set(self._colours.values())
            free = [number for number in range(1, COLOURS + 1) if number not in taken]
            self._colours[person] = free[0] if free else len(self._colours) % COLOURS + 1
        return self._colours[person]


def _encoded(told: dict[int, _Here]) -> bytes:
    parts = [write_var_uint(len(told))]
    for client, one in told.items():
        parts += [write_var_uint(client), write_var_uint(one.clock), write_message(one.state.encode())]
    return b"".join(parts)
