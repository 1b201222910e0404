"""A document that people have open in this process: what they type is stored, then everybody hears it.

Whatever arrives while one commit runs goes into the next one. Everything that touches the replica runs in the one thread of the
door, because a replica belongs to the thread that made it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from django.db import close_old_connections
from pycrdt import merge_updates

from tocsin.collab.documents import commands, queries
from tocsin.collab.documents.commands import Typed, Written
from tocsin.core import clock
from tocsin.web.live import protocol
from tocsin.web.live.neighbours import Neighbours
from tocsin.web.live.presence import Presence
from tocsin.web.live.seats import LATER, NOT_TAKEN, RESTARTING, Seat

log = structlog.get_logger(__name__)
InThread = Callable[..., Any]


class Desk:
    """One document, its seats, and the task that writes."""

    def __init__(self, document: str, in_thread: InThread, neighbours: Neighbours) -> None:
        self.document = document
        self.seats: set[Seat] = set()
        self.number = 0
        self._in_thread = in_thread
        self._held: queries.Held | None = None
        self._inbox: list[tuple[Seat, bytes]] = []
        self._woken = asyncio.Event()
        self._presence = Presence()
        self._neighbours = neighbours
        neighbours.ask(document)
        self._writer = asyncio.get_running_loop().create_task(self._write_for_ever())

    async def join(self, seat: Seat) -> None:
        """From now on the seat hears everything; it is asked for what it has, and told who is here."""
        self.seats.add(seat)
        state = await self._in_thread(self._state)
        seat.send(protocol.text(protocol.ASKED, state))
        seat.send(protocol.presence(self._presence.everybody()))

    def leave(self, seat: Seat) -> None:
        self.seats.discard(seat)
        gone = self._presence.leave(seat.owner)
        self._tell(protocol.presence(gone), but=seat)
        self._neighbours.say(self.document, seat.owner, gone)

    async def hear(self, seat: Seat, message: protocol.Message) -> None:
        """One message of a seat. Raises Unreadable for what nobody means."""
        if message.kind == protocol.PRESENCE:
            told = self._presence.take(seat.owner, seat.actor.id, seat.actor.name, message.data)
            self._tell(protocol.presence(told), but=seat)
            self._neighbours.say(self.document, seat.owner, self._presence.of(seat.owner))
        elif message.about == protocol.ASKED:
            seat.send(protocol.text(protocol.ANSWERED, await self._in_thread(self._since, message.data)))
        else:
            self._inbox.append((seat, message.data))
            self._woken.set()

    def answer(self) -> None:
        """Another process asks who is here."""
        for owner in self._presence.owners():
            self._neighbours.say(self.document, owner, self._presence.of(owner))

    def show(self, presence: bytes, now: float) -> None:
        """Another process says who is there. Raises Unreadable."""
        self._tell(protocol.presence(self._presence.hear(presence, now)))

    def lapse(self, now: float) -> None:
        """Whoever was at a process that says nothing any more has gone."""
        gone = self._presence.lapse(now)
        if gone:
            self._tell(protocol.presence(gone))

    def look(self) -> None:
        """There is news in the store."""
        self._woken.set()

    async def close(self) -> None:
        """Nobody is left: what is in hand is stored, and what was typed becomes a revision."""
        while self._inbox:
            await self._round()
        self._writer.cancel()
        await self._in_thread(self._cut)

    def _tell(self, message: bytes, *, but: Seat | None = None) -> None:
        for seat in self.seats:
            if seat is not but:
                seat.send(message)

    async def _write_for_ever(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            await self._round()

    async def _round(self) -> None:
        """Store what arrived, and tell everybody what is new. When the store does not answer, all come back and say it again."""
        batch, self._inbox = self._inbox, []
        batch = [(seat, data) for seat, data in batch if seat.code in (0, RESTARTING)]
        try:
            written = await self._in_thread(self._write, [Typed(seat.actor.id, data) for seat, data in batch])
        except Exception as error:
            log.exception("a live document could not be stored", document=self.document, error=type(error).__name__)
            for seat in self.seats:
                seat.end(LATER)
            return
        self._answer([seat for seat, _ in batch], written)

    def _answer(self, senders: list[Seat], written: Written) -> None:
        news = [update for update in (*written.caught_up, *written.taken) if update]
        if news:
            self._tell(protocol.text(protocol.TYPED, merge_updates(*news) if len(news) > 1 else news[0]))
        counts: dict[Seat, int] = {}
        for seat, why in zip(senders, written.refused, strict=True):
            if why:
                seat.send(protocol.refused(why))
                seat.end(NOT_TAKEN)
            else:
                counts[seat] = counts.get(seat, 0) + 1
        for seat, count in counts.items():
            seat.send(protocol.stored(count))

    def _write(self, typed: list[Typed]) -> Written:
        close_old_connections()
        held, self._held = self._here(), None
        written = commands.write(held, typed, now=clock.now())
        self._held, self.number = held, held.number
        return written

    def _here(self) -> queries.Held:
        if self._held is None:
            self._held = queries.load(self.document)
            self.number = self._held.number
        return self._held

    def _state(self) -> bytes:
        """What the store knows, after taking in what it has from before there were updates."""
        if self._held is None:
            self._write([])
        return self._here().replica.state()

    def _since(self, state: bytes) -> bytes:
        """Raises Unreadable."""
        return self._here().replica.since(state)

    def _cut(self) -> None:
        close_old_connections()
        self._held = None
        commands.cut(self.document, now=clock.now())
