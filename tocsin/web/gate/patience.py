"""Guessing passwords is slowed down, never locked out: whoever knows the password gets in while somebody else guesses.

Failures are counted per account and address, and per address. Each failure past the free ones makes the next try wait longer,
up to a limit of seconds. A browser that has signed in to this account before carries a cookie and is counted apart, so that a
stranger behind the same address, or a storm from everywhere, does not make its owner wait.
Kept in memory: each process counts for itself, and a restart forgives.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass

FORGET_SECONDS = 900.0
MOST_KEYS = 20_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many failures are free; then the wait doubles from one second up to `longest`."""

    free: int
    longest: float

    def wait(self, failures: int) -> float:
        """Seconds to wait after so many failures."""
        return 0.0 if failures < self.free else min(2.0 ** min(failures - self.free, 16), self.longest)


PER_ACCOUNT = Allowance(free=5, longest=30.0)
PER_ADDRESS = Allowance(free=30, longest=10.0)


class Patience:
    """Counts failures. Instants are monotonic seconds, given by the caller."""

    def __init__(self) -> None:
        self._failures: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def wait(self, account: str, source: str, now: float, *, known: bool) -> float:
        """Seconds until the next try is looked at; 0 when it may be now. `known`: `source` is a browser that has been in before."""
        with self._lock:
            return max(self._left(key, allowance, now) for key, allowance in _keys(account, source, known))

    def failed(self, account: str, source: str, now: float, *, known: bool) -> None:
        """Count one wrong password."""
        with self._lock:
            if len(self._failures) > MOST_KEYS:
                self._forget(now)
            for key, _ in _keys(account, source, known):
                count, at = self._failures.get(key, (0, now))
                self._failures[key] = (count + 1 if now - at < FORGET_SECONDS else 1, now)

    def succeeded(self, account: str, source: str, *, known: bool) -> None:
        """Forgive this account from this source. What the address did to other accounts stays counted."""
        with self._lock:
            self._failures.pop(_keys(account, source, known)[0][0], None)

    def _left(self, key: str, allowance: Allowance, now: float) -> float:
        count, at = self._failures.get(key, (0, now))
        if now - at >= FORGET_SECONDS:
            return 0.0
        return max(0.0, at + allowance.wait(count) - now)

    def _forget(self, now: float) -> None:
        """Drop what is old; and should a storm from many addresses fill the table, drop all: it slows guessing, no more."""
        self._failures = {key: kept for key, kept in self._failures.items() if now - kept[1] < FORGET_SECONDS}
        if len(self._failures) > MOST_KEYS:
            self._failures.clear()


def _keys(account: str, source: str, known: bool) -> list[tuple[str, Allowance]]:
    pair = hashlib.sha256(f"{account.strip().lower()}\n{source}".encode("utf-8", "replace")).hexdigest()
    keys = [(pair, PER_ACCOUNT)]
    return keys if known else [*keys, (f"address {source}", PER_ADDRESS)]


patience = Patience()
