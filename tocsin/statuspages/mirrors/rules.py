"""When a mirror is tried again and what its results come to. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

KINDS: Mapping[str, str] = {
    "statuspage": "a hosted Statuspage, through its API",
    "signed": "any address, by a signed call with the entry as JSON",
}
AUDIENCES: Mapping[str, str] = {"external": "what customers read", "internal": "what the company reads"}

DUE, LEASED, DONE, FAILED, CANCELLED = "due", "leased", "done", "failed", "cancelled"
KEEP_TRYING = dt.timedelta(hours=2)
"""Words that are older than this are news to nobody: then a person looks at it."""
_FIRST, _LONGEST = dt.timedelta(seconds=5), dt.timedelta(minutes=10)
TRIES_OF_A_FAULT = 3


def status_there(status: str) -> str:
    """Of planned work: hosted pages know no work that was called off; there it is over, and the words say why."""
    return "completed" if status == CANCELLED else status


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pages elsewhere took an update, did not, were not told at all, and are still being told."""

    done: int
    failed: int
    unsent: int
    waiting: int

    @property
    def words(self) -> str:
        """`2 done, 1 failed`; empty for none."""
        counted = ((self.done, "done"), (self.failed, "failed"), (self.unsent, "not sent"), (self.waiting, "on the way"))
        return ", ".join(f"{number} {word}" for number, word in counted if number)


def tally(states: Iterable[str]) -> Tally:
    """Of the states of copies."""
    found = list(states)
    done, failed, unsent = found.count(DONE), found.count(FAILED), found.count(CANCELLED)
    return Tally(done, failed, unsent, len(found) - done - failed - unsent)


def again_at(
    *,
    tries: int,
    permanent: bool,
    wanted_at: dt.datetime,
    now: dt.datetime,
    luck: float,
    pause: dt.timedelta = dt.timedelta(0),
) -> dt.datetime | None:
    """When to try again after the `tries`-th failure: doubling from five seconds to ten minutes, a fifth more or less by `luck`
    in 0..1, and not before the `pause` that the other side asks for. None when a person must look at it.
    """
    if permanent or now - wanted_at >= KEEP_TRYING:
        return None
    plain: dt.timedelta = min(_FIRST * 2 ** min(tries - 1, 20), _LONGEST)
    at = now + max(plain * (0.8 + 0.4 * luck), pause)
    return None if pause and at - wanted_at >= KEEP_TRYING else at
