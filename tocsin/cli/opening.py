"""A house that is open, and the guarantee that its end comes. Shared by the process and by what runs in it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.asgi import Doors

PATIENCE = 9.0
"""Seconds after SIGTERM at which the process goes whatever still hangs: leases and transactions are made for that."""


@dataclass(frozen=True, slots=True)
class Open:
    """A house that was opened: how its doors are made, and how everything behind them is shut."""

    doors: Callable[[Callable[[BaseException], None]], Doors]
    shut: Callable[[], None]


def watch_the_end() -> None:
    """From the first signal on: whatever hangs, the process is gone in time."""
    guard = threading.Timer(PATIENCE, os._exit, [0])
    guard.daemon = True
    guard.start()
