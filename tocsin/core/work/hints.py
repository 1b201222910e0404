"""Wake-ups. A hint says that there may be something to do; it may be lost, the poll may not.

Inside the process a hint is a condition variable; on PostgreSQL it is also a NOTIFY, so that an engine in another process
wakes. Payloads are channel names only. What processes tell each other beside that (`told`) may be lost as well: who is here
just now, never what must be kept.
"""

from __future__ import annotations

import functools
import threading
from collections import defaultdict
from collections.abc import Callable

from tocsin.core.store import db

_condition = threading.Condition()
_counts: dict[str, int] = defaultdict(int)
_listeners: list[Callable[[str], None]] = []
_hearers: list[Callable[[str], None]] = []


def wake(channel: str) -> None:
    """Wake whoever waits for this channel, in this process and, on PostgreSQL, in others. Call after the commit."""
    wake_here(channel)
    db.notify(channel)


def wake_after_commit(channel: str) -> None:
    """Wake whoever waits for this channel once the present transaction is committed; asked for often, it happens once."""
    db.after_commit_once(_waker(channel))


@functools.cache
def _waker(channel: str) -> Callable[[], None]:
    return functools.partial(wake, channel)


def wake_here(channel: str) -> None:
    """Wake inside this process only; the LISTEN thread calls this for hints from elsewhere."""
    with _condition:
        _counts[channel] += 1
        _condition.notify_all()
    for listener in _listeners:
        listener(channel)


def listen(callback: Callable[[str], None]) -> None:
    """Call `callback(channel)` at every hint, from any thread; the live door bridges to its event loop with this."""
    _listeners.append(callback)


def hear(callback: Callable[[str], None]) -> None:
    """Call `callback(words)`, from any thread, for what other processes say by `db.tell`; one's own words come back too."""
    _hearers.append(callback)


def told(words: str) -> None:
    """Somebody said so; the LISTEN thread calls this."""
    for hearer in _hearers:
        hearer(words)


def seen(channel: str) -> int:
    """How many hints this channel had; hand it to `wait` so that none is missed in between."""
    return _counts[channel]


def wait(channel: str, since: int, timeout: float) -> None:
    """Return at the next hint after `since`, or after `timeout` seconds."""
    with _condition:
        _condition.wait_for(lambda: _counts[channel] != since, timeout)
