"""How bad it is, in the words that readers of hosted status pages know: ids, impacts, indicators."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from tocsin.statuspages.rules import OPERATIONAL

NONE, MINOR, MAJOR, CRITICAL, MAINTENANCE = "none", "minor", "major", "critical", "maintenance"

IMPACTS: Mapping[str, str] = {
    OPERATIONAL: NONE,
    "under_maintenance": MAINTENANCE,
    "degraded_performance": MINOR,
    "partial_outage": MAJOR,
    "major_outage": CRITICAL,
}
"""What the state of a part means for the page."""

DESCRIPTIONS: Mapping[str, str] = {
    NONE: "All Systems Operational",
    MAINTENANCE: "Service Under Maintenance",
    MINOR: "Partially Degraded Service",
    MAJOR: "Partial System Outage",
    CRITICAL: "Major Service Outage",
}
"""From best to worst. Programs compare these sentences, so they stay as they are."""

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LENGTH = 12


def code(identifier: str) -> str:
    """Our id as outside programs expect one: 12 small letters and digits, always the same for the same id."""
    number = int.from_bytes(hashlib.blake2b(identifier.encode(), digest_size=16).digest())
    letters = []
    for _ in range(_LENGTH):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "".join(letters)


def impact(states: Iterable[str]) -> str:
    """How bad an entry is, by the worst state that it ever brought to a part; one that names none is minor, not nothing, and so is
    one of a part that is under maintenance.
    """
    found = worst(IMPACTS[state] for state in states)
    return MINOR if found in (NONE, MAINTENANCE) else found


def indicator(impacts: Iterable[str], states: Iterable[str], *, at_work: bool = False) -> str:
    """How the page is: as its worst open entry; without one, as its worst part, and at least as planned work that goes on."""
    open_impacts = list(impacts)
    found = [IMPACTS[state] for state in states] + ([MAINTENANCE] if at_work else [])
    return worst(open_impacts) if open_impacts else worst(found)


def worst(impacts: Iterable[str]) -> str:
    """The worst of these impacts; `none` of none."""
    order = list(DESCRIPTIONS)
    return max(impacts, key=order.index, default=NONE)
