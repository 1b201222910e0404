"""Requests that come when they are due, whether the last ones were answered or not: so many a second over many connections.

An answer's time counts from when its request was due, so that a server that stalls is not spared what piled up meanwhile.
`python -m bench.offered URL RATE SECONDS` does it in a process of its own.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import uvloop

from bench.figures import percentile

CONNECTIONS = 64


@dataclass(slots=True)
class Offered:
    """`waits` in seconds; `bodies` counts each answer that came, `late` those whose request went out behind its time."""

    rate: float
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    bodies: Counter[bytes] = field(default_factory=Counter)
    others: Counter[bytes] = field(default_factory=Counter)
    """Statuses that are not 200."""

    @property
    def reached(self) -> float:
        """Answers a second."""
        return len(self.waits) / self.seconds

    @property
    def p99(self) -> float:
        return percentile(self.waits, 99)


def offer(url: str, rate: float, seconds: float) -> Offered:
    """Ask `rate` times a second for so many seconds, and wait for every answer."""
    return uvloop.run(_offer(url, rate, seconds))


async def _offer(url: str, rate: float, seconds: float) -> Offered:
    parts, found = urlsplit(url), Offered(rate)
    lines = [await asyncio.open_connection(parts.hostname, parts.port) for _ in range(CONNECTIONS)]
    begun, gap = time.monotonic(), CONNECTIONS / rate
    turns = int(seconds / gap)
    await asyncio.gather(
        *(_ask(*line, parts.path, begun + gap * place / CONNECTIONS, gap, turns, found) for place, line in enumerate(lines))
    )
    found.seconds = time.monotonic() - begun
    return found


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, due: float, gap: float, turns: int, found: Offered
) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    for _ in range(turns):
        early = due - time.monotonic()
        if early > 0:
            await asyncio.sleep(early)
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        body = await reader.readexactly(int(length))
        found.waits.append(time.monotonic() - due)
        status = head.split(b" ", 2)[1]
        if status == b"200":
            found.bodies[body] += 1
        else:
            found.others[status] += 1
        due += gap
    writer.close()


if __name__ == "__main__":
    os.nice(5)
    done = offer(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
    print(f"{done.reached:.0f} {done.p99:.4f}")
