"""Waiting for something to become true, with a limit, instead of sleeping."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
_never = threading.Event()


def until(condition: Callable[[], T], within: float, what: str, *, every: float = 0.02) -> T:
    """The first true value of `condition()`. Fails with `what` when there was none within so many seconds."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {within:g} s: {what}")
        _never.wait(every)


def throughout(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Fails with `what` as soon as `condition()` is false, within a window of so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert condition(), what
        _never.wait(0.02)
    assert condition(), what


class Stuck(Exception):
    """What was called did not come back."""


def _stuck() -> None:
    raise Stuck


@contextmanager
def at_most(seconds: float, stop: Callable[[], object] = _stuck) -> Iterator[None]:
    """Calls `stop`, which raises Stuck or something else, in a block that lasts longer. A limit around it goes on afterwards."""

    def late(*_: Any) -> None:
        stop()

    before, begun = signal.signal(signal.SIGALRM, late), time.monotonic()
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - begun), 0.1) if left else 0)
