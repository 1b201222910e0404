"""Who is in a document and where their cursors are. The names are ours: nobody can type under another's.

Nothing of this is stored. Whoever is connected to another process is known by what that process tells, and forgotten when it says
nothing for a while.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from pycrdt import write_message, write_var_uint

from tocsin.collab.documents.encoding import Reader, Unreadable

LIMIT = 4096
CLIENTS = 4
"""Cursors of one connection."""
COLOURS = 8
LEASE = 45.0
"""Seconds after which somebody at another process, of whom nothing is heard, has gone. Browsers speak every 15 seconds."""
ELSEWHERE = 0
"""The owner of whoever is connected to another process; connections of this one are numbered from 1."""


@dataclass(slots=True)
class _Here:
    owner: int
    clock: int
    state: str
    until: float = math.inf


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
            if known and known.owner not in (owner, ELSEWHERE):
                continue
            told[client] = _Here(owner, clock, self._state(state, person, name))
        mine = {client for client, one in self._here.items() if one.owner == owner} | set(told)
        if len(mine) > CLIENTS:
            raise Unreadable("One connection has too many cursors.")
        self._here.update(told)
        return _encoded(told)

    def hear(self, data: bytes, now: float) -> bytes:
        """What another process tells, for those who are here. Whoever is connected to both is here. Raises Unreadable."""
        reader = Reader(data)
        told = {}
        for _ in range(reader.number()):
            client, clock, state = reader.number(), reader.number(), reader.words()
            known = self._here.get(client)
            if known and known.owner != ELSEWHERE:
                continue
            told[client] = _Here(ELSEWHERE, clock, self._recoloured(state), now + LEASE)
            if told[client].state == "null":
                self._here.pop(client, None)
            else:
                self._here[client] = told[client]
        return _encoded(told)

    def leave(self, owner: int) -> bytes:
        """Somebody has gone: what the others must hear."""
        return self._forget({client: one for client, one in self._here.items() if one.owner == owner})

    def lapse(self, now: float) -> bytes:
        """Those at other processes of whom nothing is heard any more have gone; empty when there are none."""
        gone = {client: one for client, one in self._here.items() if one.until < now}
        return self._forget(gone) if gone else b""

    def everybody(self) -> bytes:
        return _encoded(self._here)

    def of(self, owner: int) -> bytes:
        """All cursors of one connection."""
        return _encoded({client: one for client, one in self._here.items() if one.owner == owner})

    def owners(self) -> set[int]:
        """The connections to this process."""
        return {one.owner for one in self._here.values()} - {ELSEWHERE}

    def _forget(self, gone: dict[int, _Here]) -> bytes:
        for client, one in gone.items():
            one.clock, one.state = one.clock + 1, "null"
            del self._here[client]
        return _encoded(gone)

    def _recoloured(self, state: str) -> str:
        """Colours are given by each process to everybody whom it shows."""
        said = json.loads(state)
        return self._state(state, said["user"]["id"], said["user"]["name"]) if said else "null"

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
