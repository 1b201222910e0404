"""What processes on one store tell each other about who is in their documents. On SQLite there is one process, which says nothing.

Told by NOTIFY, so nothing is written and anything may be lost: browsers say every 15 seconds where they are, and a process that
opens a document asks the others once.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections

from tocsin.core.store import db

PACE = 0.1
"""Seconds in which what one connection says is gathered; the latest counts."""


class Neighbours:
    """`say` and `ask` only note, in the event loop; `gathered` waits until there is something, and returns it to be told."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(8)
        self._said: dict[tuple[str, int], bytes] = {}
        self._asked: set[str] = set()
        self._woken = asyncio.Event()

    def say(self, document: str, owner: int, presence: bytes) -> None:
        """All that is to be shown of one connection."""
        if db.is_postgresql():
            self._said[document, owner] = presence
            self._woken.set()

    def ask(self, document: str) -> None:
        """Who is in a document that was just opened here."""
        if db.is_postgresql():
            self._asked.add(document)
            self._woken.set()

    async def gathered(self) -> list[str]:
        await self._woken.wait()
        await asyncio.sleep(PACE)
        return self.words()

    def words(self) -> list[str]:
        """What waits to be told, and nothing waits any more."""
        said, asked, self._said, self._asked = self._said, self._asked, {}, set()
        self._woken.clear()
        told = [self._words(document, base64.b64encode(presence).decode()) for (document, _), presence in said.items()]
        return [self._words(document) for document in asked] + told

    def heard(self, words: str, answer: Callable[[str], None], show: Callable[[str, bytes], None]) -> None:
        """Words of any process: `answer(document)` for another one's question, `show(document, presence)` for what it says.

        Raises ValueError, KeyError or TypeError for words that no process of this release says.
        """
        said: dict[str, Any] = json.loads(words)
        if said["from"] == self.name:
            return
        if said["presence"]:
            show(said["document"], base64.b64decode(said["presence"]))
        else:
            answer(said["document"])

    def _words(self, document: str, presence: str = "") -> str:
        return json.dumps({"from": self.name, "document": document, "presence": presence})


def tell(words: list[str]) -> None:
    """In the thread of the door."""
    close_old_connections()
    db.tell(words)
