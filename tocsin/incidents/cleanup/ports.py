"""What a tracker of tasks brings. Filled in `wiring.py`; a task that no tracker knows is kept by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Seen:
    """A task as its tracker shows it now."""

    title: str
    done: bool


class Tracker(Protocol):
    """Where a company keeps its tasks."""

    name: str

    def knows(self, url: str) -> bool:
        """Whether this is the address of one of its tasks; nothing is asked."""
        ...

    def look(self, url: str) -> Seen:
        """The task as it is now. Over the network, never inside a transaction."""
        ...


_trackers: list[Tracker] = []


def fill_trackers(trackers: Iterable[Tracker]) -> None:
    """Replace all trackers; called once by `wiring.py`."""
    _trackers[:] = trackers


def tracker_of(url: str) -> Tracker | None:
    """The tracker that holds the task at this address, None when somebody keeps its state by hand."""
    return next((one for one in _trackers if one.knows(url)), None)
