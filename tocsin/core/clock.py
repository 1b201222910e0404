"""The only place that asks what time it is.

Time is always an aware `datetime` in UTC. Commands and engine steps take `now` as an argument; doors and the engine loop
ask here once per request or tick. On PostgreSQL the database is the authority: `synchronise` measures the distance between
its `clock_timestamp()` and the monotonic clock, so that several nodes agree. On SQLite the source is the system clock.

For tests, `TOCSIN_TEST_CLOCK` names a file that holds an offset in seconds; it is honoured only with `TOCSIN_TEST=1`.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from pathlib import Path

UTC = dt.UTC
_BACKWARD_TOLERANCE = dt.timedelta(seconds=60)


class Clock:
    """A source of UTC instants. Never runs backwards by less than a minute: small steps of NTP are absorbed."""

    def __init__(self, offset_file: Path | None = None) -> None:
        self._offset_file = offset_file
        self._lock = threading.Lock()
        self._correction = dt.timedelta(0)
        self._last: dt.datetime | None = None

    def now(self) -> dt.datetime:
        """The present instant, aware, UTC, microseconds."""
        raw = dt.datetime.now(UTC) + self._correction + self._offset()
        with self._lock:
            last = self._last
            if last is not None and raw < last and last - raw < _BACKWARD_TOLERANCE:
                return last
            self._last = raw
            return raw

    def correct(self, authority: dt.datetime) -> None:
        """Take `authority` (without test offset) as the true present instant."""
        self._correction = authority - dt.datetime.now(UTC)

    def _offset(self) -> dt.timedelta:
        if self._offset_file is None:
            return dt.timedelta(0)
        try:
            return dt.timedelta(seconds=float(self._offset_file.read_text() or 0))
        except (FileNotFoundError, ValueError):
            return dt.timedelta(0)


_clock = Clock()


def install(offset_file: Path | None) -> None:
    """Called once by the composition root, before anything asks the time."""
    global _clock
    _clock = Clock(offset_file)


def now() -> dt.datetime:
    """The present instant, aware, UTC."""
    return _clock.now()


def correct(authority: dt.datetime) -> None:
    """See `Clock.correct`; called by `core.store.db.synchronise_clock`."""
    _clock.correct(authority)


def monotonic() -> float:
    """Seconds that never run backwards, for measuring how long something took."""
    return time.monotonic()


def parse(text: str) -> dt.datetime:
    """An RFC 3339 instant as aware UTC, digits beyond microseconds cut. Raises ValueError for anything without a zone."""
    head, dot, tail = text.strip().replace("z", "Z").partition(".")
    if dot:
        digits = "".join(char for char in tail[: _digits(tail)])
        text = f"{head}.{digits[:6]}{tail[_digits(tail) :]}"
    else:
        text = head
    instant = dt.datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone, such as Z or +01:00")
    return instant.astimezone(UTC)


def _digits(tail: str) -> int:
    count = 0
    while count < len(tail) and tail[count].isdigit():
        count += 1
    return count


def rfc3339(instant: dt.datetime) -> str:
    """`2026-11-19T01:41:00Z`, with milliseconds only where they are not zero."""
    instant = instant.astimezone(UTC)
    spec = "milliseconds" if instant.microsecond else "seconds"
    return instant.isoformat(timespec=spec).replace("+00:00", "Z")
