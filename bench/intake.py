"""Durable events a second at the intake door, beside Alertmanager (memory only) and beside what the disk flushes."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bench.figures import Figure
from tests.acceptance.installation import Installation
from tests.acceptance.test_alertmanager import Alertmanager

CONNECTIONS, SECONDS = 64, 6.0
COMPANY = {
    "people": [{"name": "Root", "role": "administrator"}, {"name": "Ada"}],
    "services": [{"name": "Checkout API", "steps": [["Ada"]], "wait": 600}],
    "last_resort": ["Ada"],
    "gateway": "http://127.0.0.1:9/none",
}


def measure(folder: Path) -> Iterator[Figure]:
    flushes = disk_flushes(folder)
    tocsin = Installation(folder / "tocsin")
    made = tocsin.seed(COMPANY)
    tocsin.start()
    door = f"{tocsin.url}/in/{made['keys']['checkout-api']['generic']}/generic"
    try:
        ours = rate(door, lambda number: {"title": "Deployed", "severity": "info", "dedup_key": f"k{number % 500}"}, 202)
    finally:
        tocsin.stop()
    peer = alertmanager(folder)
    yield Figure("durable events a second, one a request", ours, "/s", None, "Alertmanager (not durable)", peer)
    yield Figure("durable events a second, one a request", ours, "/s", None, "flushes of this disk", flushes)


def disk_flushes(folder: Path) -> float:
    """How often this disk makes 4 KiB durable in a second, one after the other."""
    handle = os.open(folder / "flush", os.O_WRONLY | os.O_CREAT)
    begun, count = time.monotonic(), 0
    while time.monotonic() - begun < 2:
        os.pwrite(handle, b"x" * 4096, 4096 * (count % 1000))
        os.fdatasync(handle)
        count += 1
    os.close(handle)
    return count / (time.monotonic() - begun)


def alertmanager(folder: Path) -> float | None:
    if not shutil.which("prometheus-alertmanager"):
        return None
    peer = Alertmanager(folder / "alertmanager", "http://127.0.0.1:9/none")
    try:
        return rate(
            peer.url + "/api/v2/alerts",
            lambda number: [{"labels": {"alertname": "Deployed", "number": str(number % 500)}}],
            200,
        )
    finally:
        peer.stop()


def rate(url: str, document: object, expected: int) -> float:
    """Requests answered as expected in a second over many kept connections."""
    return asyncio.run(_rate(url, document, expected))


async def _rate(url: str, document: object, expected: int) -> float:
    parts = urlsplit(url)
    done = [0] * CONNECTIONS
    deadline = time.monotonic() + SECONDS
    workers = [_work(parts.hostname, parts.port, parts.path, document, expected, deadline, done, n) for n in range(CONNECTIONS)]
    begun = time.monotonic()
    await asyncio.gather(*workers)
    return sum(done) / (time.monotonic() - begun)


async def _work(host, port, path, document, expected, deadline, done, which) -> None:  # type: ignore[no-untyped-def]
    reader, writer = await asyncio.open_connection(host, port)
    number = which * 1_000_000
    while time.monotonic() < deadline:
        body = json.dumps(document(number)).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next((int(line.split(":")[1]) for line in answer.split("\r\n") if line.startswith("content-length")), 0)
        await reader.readexactly(length)
        if int(answer.split(" ")[1]) == expected:
            done[which] += 1
        number += 1
    writer.close()
