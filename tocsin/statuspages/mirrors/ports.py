"""What mirrors ask of the outside world: somebody who carries words to a page elsewhere. Filled in `wiring.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tocsin.core.ports import Delivery


@dataclass(frozen=True, slots=True)
class Target:
    """Where a page elsewhere is and what opens it; an empty `key` could not be read."""

    kind: str
    address: str
    page: str
    key: str
    notifies: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of ours, what it is called over there (a name or an id), and how it is."""

    id: str
    name: str
    there: str
    state: str


@dataclass(frozen=True, slots=True)
class Said:
    """One update of an entry."""

    id: str
    status: str
    body: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """From when until when work is planned, and whether subscribers hear of this update of it."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    is_told: bool


@dataclass(frozen=True, slots=True)
class Words:
    """An entry or planned work up to one update, which is the last of `updates`. `entry` is its id here; `remote_id` is empty
    while nobody knows whether it is there.
    """

    entry: str
    title: str
    updates: tuple[Said, ...]
    started_at: dt.datetime
    remote_id: str
    address: str
    """Of our own entry or page."""
    planned: Planned | None = None

    @property
    def last(self) -> Said:
        return self.updates[-1]


@dataclass(frozen=True, slots=True)
class Message:
    """What one page elsewhere is told: words with the states of their parts, parts alone, or nothing but a test. Of planned work
    the parts say whom it concerns: their states are told one by one, when it begins and ends.

    `key` is the same however often it is tried.
    """

    key: str
    target: Target
    parts: tuple[Part, ...] = ()
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Landed(Delivery):
    """What came of it. `remote_id` and `address` are the entry's over there, None when nothing was learned of it; `pause` is how
    long it asks to be left alone.
    """

    remote_id: str | None = None
    address: str | None = None
    pause: dt.timedelta = dt.timedelta(0)


class Carrier(Protocol):
    """Tells one page within half a minute. Never raises for what the other side says; telling twice says nothing twice."""

    def __call__(self, message: Message, *, now: dt.datetime) -> Landed: ...


_carriers: dict[str, Carrier] = {}


def wire(carriers: Mapping[str, Carrier]) -> None:
    """By kind of mirror; set by `wiring.py`."""
    _carriers.clear()
    _carriers.update(carriers)


def carry(message: Message, *, now: dt.datetime) -> Landed:
    """Hand a message to whoever carries this kind."""
    if not message.target.key:
        return Landed(ok=False, answer="Its key was encrypted with another TOCSIN_SECRET_KEY; enter it again.", permanent=True)
    carrier = _carriers.get(message.target.kind)
    if carrier is None:
        return Landed(ok=False, answer=f"Nothing here reaches pages of the kind {message.target.kind}.", permanent=True)
    return carrier(message, now=now)
