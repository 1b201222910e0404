"""One open page at the live door, and what waits to be sent to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from tocsin.core.actor import Actor
from tocsin.web.live import lines

LINES_LIMIT = 60_000
"""Characters of lines that may wait for a slow reader; beyond, it is told that there is news and no more."""


@dataclass(eq=False, slots=True)
class Stream:
    """One open page. `about` holds ids; empty means anything that the viewer may see. `room` is the incident (an id) whose log it
    shows from the top, or nothing. `lines` wait to be sent, `viewers` are as many as were told the same.
    """

    session: str
    actor: Actor
    about: frozenset[str]
    position: int
    sent: int
    room: str = ""
    lines: str = ""
    viewers: int = 1
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    over: str = ""
    """Why it must end: `elsewhere` (a newer stream of the same session), `signed out`, `closing`."""
    checked: float = 0.0

    def tell(self, position: int, drawn: str = "", viewers: int = 1) -> None:
        self.position, self.viewers = max(self.position, position), viewers
        self.lines = drawn + self.lines if len(self.lines) < LINES_LIMIT else ""
        self.woken.set()

    def news(self) -> str:
        """What is sent now; afterwards nothing waits."""
        self.sent, drawn, self.lines = self.position, self.lines, ""
        return f"id: {self.sent}\nevent: news\ndata: {lines.news(drawn, self.viewers)}\n\n"

    def end(self, why: str) -> None:
        self.over = why
        self.woken.set()
