"""The judge of a crash test: a pure function over what the client was told, what the world received and what is stored.

It never looks at the product's own tables for the truth of what was sent.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

IN_FLIGHT = 5.0
"""Seconds before a crash within which a message that was sent may not yet have been noted as sent."""


RECOVERY = 2.0
"""Seconds after the beginning of a crash within which a message may still leave without its result being kept."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message in the world's ledger: which event it is about, to whom, under which Message-ID, when (Unix seconds)."""

    event: str
    to: str
    message_id: str
    at: float


@dataclass(frozen=True, slots=True)
class History:
    """Everything the judge is told. `due` maps each event that got a 2xx to the address that must hear of it."""

    due: Mapping[str, str]
    asked: Collection[str]
    """Every event that was ever offered, answered or not."""
    sent: Sequence[Sent]
    stored: Sequence[str]
    """The event of each stored alert."""
    crashes: Sequence[float]


def problems(history: History) -> list[str]:
    """What went wrong, in sentences; empty when every promise was kept."""
    return [*_lost(history), *_doubled_alerts(history), *_unsent(history), *_strangers(history), *_doubled_messages(history)]


def _lost(history: History) -> list[str]:
    stored = set(history.stored)
    return [f"{event} was accepted and is not stored" for event in history.due if event not in stored]


def _doubled_alerts(history: History) -> list[str]:
    count: dict[str, int] = defaultdict(int)
    for event in history.stored:
        count[event] += 1
    return [f"{event} is stored {times} times" for event, times in count.items() if times > 1]


def _unsent(history: History) -> list[str]:
    reached = {(message.event, message.to) for message in history.sent}
    return [f"{event} never reached {to}" for event, to in history.due.items() if (event, to) not in reached]


def _strangers(history: History) -> list[str]:
    asked = set(history.asked)
    return [f"a message about {message.event!r}, which nobody sent" for message in history.sent if message.event not in asked]


def _doubled_messages(history: History) -> list[str]:
    copies: dict[tuple[str, str], list[Sent]] = defaultdict(list)
    for message in sorted(history.sent, key=lambda message: message.at):
        copies[message.event, message.to].append(message)
    return [fault for messages in copies.values() for fault in _faults_of(messages, history.crashes)]


def _faults_of(messages: Sequence[Sent], crashes: Sequence[float]) -> list[str]:
    faults = []
    unused = sorted(crashes)
    for before, after in itertools.pairwise(messages):
        about = f"{after.event} to {after.to}"
        excuse = next((c for c in unused if before.at - RECOVERY <= c <= before.at + IN_FLIGHT and c < after.at), None)
        if before.message_id != after.message_id:
            faults.append(f"{about} came again under another Message-ID")
        elif excuse is None:
            faults.append(f"{about} came again without a crash while it was in flight")
        else:
            unused.remove(excuse)
    return faults
