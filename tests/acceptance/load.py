"""A stubborn sender: many events over many doors, each offered again until it gets its 202, as Alertmanager does."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

GIVE_UP_TRIES = 600
_pause = threading.Event()


@dataclass(frozen=True, slots=True)
class Offer:
    """One event: its name (dedup key and title) and the door it goes to."""

    event: str
    door: str


@dataclass
class Client:
    """The client's own log: what was offered and what was accepted."""

    offers: Sequence[Offer]
    connections: int = 4
    accepted: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> Client:
        waiting: SimpleQueue[Offer] = SimpleQueue()
        for offer in self.offers:
            waiting.put(offer)
        self._threads = [threading.Thread(target=self._work, args=(waiting,), daemon=True) for _ in range(self.connections)]
        for thread in self._threads:
            thread.start()
        return self

    def working(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _work(self, waiting: SimpleQueue[Offer]) -> None:
        while True:
            try:
                offer = waiting.get_nowait()
            except Empty:
                return
            self._insist(offer)

    def _insist(self, offer: Offer) -> None:
        for _ in range(GIVE_UP_TRIES):
            status = _post(offer)
            if status == 202:
                self.accepted.add(offer.event)
                return
            if status not in (0, 503):
                self.wrong.append(f"{offer.event}: {status}")
                return
            _pause.wait(0.1)
        self.wrong.append(f"{offer.event}: never accepted")


def _post(offer: Offer) -> int:
    """The status, 0 when there was no answer."""
    parts = urlsplit(offer.door)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        body = json.dumps({"title": f"Disk {offer.event} is full", "dedup_key": offer.event})
        connection.request("POST", parts.path, body, {"Content-Type": "application/json"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
