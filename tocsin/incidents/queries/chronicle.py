"""What of an incident's log has been put into words already. The log only grows, so its sealed part is read once a process.

Positions are gap-free: whoever has read the log up to one has read everything up to it, and none of it changes any more
([decision 2](../../../docs/decisions/0002-the-timeline-is-the-event-log.md)).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tocsin.core.models import Event

T = TypeVar("T")
KEPT = 24
"""How many incidents a process keeps; one with 2,000 lines takes about 1.5 MB."""


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """The lines up to `position`, in the order of the log. `basis`: what else they were made from."""

    basis: Hashable
    position: int
    lines: tuple[T, ...]


class Chronicle(Generic[T]):
    """`read(after)` gives the events of one incident after a position, with those that have none yet, in order."""

    def __init__(self, kept: int = KEPT) -> None:
        self._told: OrderedDict[str, Told[T]] = OrderedDict()
        self._lock = threading.Lock()
        self._kept = kept

    def lines(
        self, incident: str, basis: Hashable, read: Callable[[int], Iterable[Event]], say: Callable[[Event], T | None], limit: int
    ) -> list[T]:
        """The lines of the latest `limit` events or fewer, in order. Whatever has another `basis` is read anew."""
        told = self._last(incident, basis)
        events = list(read(told.position))
        sealed = [event for event in events if event.position is not None]
        if sealed:
            fresh = _said(sealed, say)
            told = Told(basis, max(_position(event) for event in sealed), (*told.lines, *fresh)[-limit:])
            self._keep(incident, told)
        open_ones = [event for event in events if event.position is None]
        return [*told.lines, *_said(open_ones, say)][-limit:]

    def _last(self, incident: str, basis: Hashable) -> Told[T]:
        with self._lock:
            told = self._told.get(incident)
            if told is None or told.basis != basis:
                return Told(basis, 0, ())
            self._told.move_to_end(incident)
            return told

    def _keep(self, incident: str, told: Told[T]) -> None:
        with self._lock:
            before = self._told.get(incident)
            if before is not None and before.basis == told.basis and before.position > told.position:
                return
            self._told[incident] = told
            self._told.move_to_end(incident)
            while len(self._told) > self._kept:
                self._told.popitem(last=False)


def _said(events: Iterable[Event], say: Callable[[Event], T | None]) -> list[T]:
    return [line for event in events if (line := say(event)) is not None]


def _position(event: Any) -> int:
    return int(event.position)
