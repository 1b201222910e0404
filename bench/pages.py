"""The external status page at 64 connections, beside a peer that sends the same bytes and a page of ours without such a door.

The peer is nginx where there is one; else the smallest server that Python's own tools make: uvicorn with an application that
sends these bytes and looks at nothing. That one is not nginx, and the line says so. In the same run the dwell of an alert is
measured while the page is flooded.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bench.dwell import begun_of, send
from bench.figures import Figure, percentile
from tests.acceptance.installation import Installation, call, free_port
from tests.acceptance.outside import World
from tests.acceptance.shelf import settings_for
from tests.waiting import until

CONNECTIONS, SECONDS = 64, 5.0
PATHS = ("/status", "/api/v2/summary.json")
COMPANY = {
    "people": [{"name": "Root", "role": "administrator"}, {"name": "Ada"}],
    "services": [{"name": "Checkout API", "steps": [["Ada"]], "wait": 600}],
    "last_resort": ["Ada"],
}
ALERTS = 20
T = TypeVar("T")
_pause = threading.Event()


@dataclass(frozen=True, slots=True)
class Load:
    """Answers a second, and how long the slowest hundredth took (seconds)."""

    rate: float
    p99: float


def measure(folder: Path) -> Iterator[Figure]:
    world = World(folder / "world")
    tocsin = Installation(folder / "tocsin", **settings_for(world))
    made = tocsin.seed({**COMPANY, "gateway": f"{world.http_url}/messages"})
    tocsin.start()
    try:
        until(lambda: "etag" in {name.lower() for name in call("GET", tocsin.url + "/status").headers}, 20, "no page is kept")
        for path in PATHS:
            yield from _beside(folder, tocsin, path)
        yield from _dwell(tocsin, world, f"{tocsin.url}/in/{made['keys']['checkout-api']['generic']}/generic")
    finally:
        tocsin.stop()
        world.stop()


def _beside(folder: Path, tocsin: Installation, path: str) -> Iterator[Figure]:
    ours = flood(tocsin.url + path)
    body = call("GET", tocsin.url + path).body
    name, beside = peer(folder, body, flood)
    yield Figure(f"{path}: answers a second, 64 connections", ours.rate, "/s", None, name, beside.rate)
    yield Figure(f"{path}: slowest hundredth", ours.p99 * 1000, "ms", 50, name, beside.p99 * 1000)
    behind = flood(tocsin.url + "/account/login/", seconds=3)
    yield Figure(f"{path}: answers a second", ours.rate, "/s", None, "the sign-in page, through Django", behind.rate)


def _dwell(tocsin: Installation, world: World, door: str) -> Iterator[Figure]:
    """Alerts while the page is flooded by another process."""
    calm = waits(world, door, "c")
    flooding = subprocess.Popen([sys.executable, "-m", "bench.pages", tocsin.url + PATHS[0], "60"], cwd=Path(__file__).parents[1])
    try:
        flooded = waits(world, door, "f")
    finally:
        flooding.kill()
        flooding.wait()
    yield Figure("accepted alert to SMTP begun, p99, page flooded", percentile(flooded, 99), "s", 1.5)
    yield Figure("the same without the flood", percentile(calm, 99), "s")


def waits(world: World, door: str, letter: str) -> list[float]:
    """Seconds from each of some alerts to its mail; `c` or `f` keeps those of a calm and a flooded time apart."""
    accepted = {}
    offset = {"c": 0, "f": 50_000}[letter]
    for number in range(ALERTS):
        event = f"e{number + offset:05}"
        send(door, event)
        accepted[event] = time.time()
        _pause.wait(0.3)
    until(lambda: set(accepted) <= set(begun_of(world)), 60, "mails are missing", every=0.2)
    return [max(0.0, begun_of(world)[event] - at) for event, at in accepted.items()]


def peer(folder: Path, body: bytes, ask: Callable[[str], T]) -> tuple[str, T]:
    """Its name, and what came of asking it for the same bytes."""
    (folder / "body").write_bytes(body)
    port = free_port()
    found = shutil.which("nginx")
    command = _nginx(found, folder, port) if found else _minimal(folder, port)
    process = subprocess.Popen(command, cwd=folder)
    try:
        until(lambda: _there(f"http://127.0.0.1:{port}/body"), 20, "the peer does not answer")
        return ("nginx" if found else "bare uvicorn (no nginx here)"), ask(f"http://127.0.0.1:{port}/body")
    finally:
        process.terminate()
        process.wait()


def _nginx(program: str, folder: Path, port: int) -> list[str]:
    """Everything it writes lies in the folder; whoever is root stays root, for the folder is nobody else's."""
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        textwrap.dedent(f"""\
            {user} worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
            events {{ worker_connections 512; }}
            http {{ {temporary} access_log off; sendfile on; keepalive_requests 1000000;
              server {{ listen 127.0.0.1:{port}; root {folder}; default_type text/html; }} }}
            """)
    )
    return [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _minimal(folder: Path, port: int) -> list[str]:
    (folder / "peer.py").write_text(
        textwrap.dedent("""\
            from pathlib import Path
            BODY = Path("body").read_bytes()
            HEAD = [(b"content-type", b"text/html"), (b"content-length", str(len(BODY)).encode())]
            async def app(scope, receive, send):
                if scope["type"] != "http":
                    return
                await send({"type": "http.response.start", "status": 200, "headers": HEAD})
                await send({"type": "http.response.body", "body": BODY})
            """)
    )
    chosen = ["--loop", "uvloop", "--http", "httptools", "--lifespan", "off", "--no-access-log", "--log-level", "error"]
    return [sys.executable, "-m", "uvicorn", "peer:app", "--port", str(port), *chosen]


def _there(url: str) -> bool:
    try:
        return call("GET", url, within=1).status == 200
    except OSError:
        return False


def flood(url: str, seconds: float = SECONDS) -> Load:
    """As fast as it answers over many kept connections."""
    return asyncio.run(_flood(url, seconds))


async def _flood(url: str, seconds: float) -> Load:
    parts = urlsplit(url)
    waits: list[float] = []
    begun = time.monotonic()
    await asyncio.gather(*(_ask(parts.hostname, parts.port, parts.path, begun + seconds, waits) for _ in range(CONNECTIONS)))
    return Load(len(waits) / (time.monotonic() - begun), percentile(waits, 99))


async def _ask(host: str | None, port: int | None, path: str, deadline: float, waits: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    while (asked := time.monotonic()) < deadline:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await _body(reader, head)
        if head.split(b" ", 2)[1] != b"200":
            raise RuntimeError(head.decode("latin-1"))
        waits.append(time.monotonic() - asked)
    writer.close()


async def _body(reader: asyncio.StreamReader, head: bytes) -> None:
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    await (reader.readexactly(int(length)) if length else reader.readuntil(b"\r\n0\r\n\r\n"))


if __name__ == "__main__":
    os.nice(5)
    print(flood(sys.argv[1], float(sys.argv[2])))
