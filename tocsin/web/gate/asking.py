"""How often one client may ask on the public page. What an address is written is limited elsewhere, for everybody together.

Kept in memory: each process counts for itself, and a restart forgives.
"""

from __future__ import annotations

import ipaddress
import threading

FREE = 20
"""Asks of one client within `SECONDS`."""
TEXTS = 5
"""Of them those for a telephone, each of which costs money."""
SECONDS = 600.0
_MOST_CLIENTS = 20_000


class Asking:
    """Counts asks, of which `free` are free. Instants are monotonic seconds, given by the caller."""

    def __init__(self, free: int = FREE) -> None:
        self._free = free
        self._asked: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def may(self, source: str, now: float) -> bool:
        """Count one ask; whether it is within what one client may."""
        key = _client(source)
        with self._lock:
            if len(self._asked) > _MOST_CLIENTS:
                self._asked = {one: kept for one, kept in self._asked.items() if now - kept[1] < SECONDS}
            if len(self._asked) > _MOST_CLIENTS:
                self._asked.clear()
            count, since = self._asked.get(key, (0, now))
            if now - since >= SECONDS:
                count, since = 0, now
            self._asked[key] = (count + 1, since)
            return count < self._free


def _client(source: str) -> str:
    """One household has one IPv4 address, or a /64 of IPv6."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else source


asking = Asking()
texting = Asking(TEXTS)
