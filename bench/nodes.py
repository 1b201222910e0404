"""Two `tocsin web` and one `tocsin engine` on one PostgreSQL: how long after an update was published each of the two shows it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, percentile
from bench.pages import COMPANY
from tests.acceptance.installation import TOCSIN, Installation, call, free_port
from tests.postgres import Postgres
from tests.waiting import until

TIMES = 20


def measure(folder: Path) -> Iterator[Figure]:
    database = Postgres().start()
    house = Installation(folder / "tocsin", database_url=database.url("tocsin"))
    token = house.seed({**COMPANY, "gateway": "http://127.0.0.1:9/none"})["tokens"]["Ada"]
    ports = (free_port(), free_port())
    log = (folder / "nodes.log").open("wb")
    verbs = [["engine"], *(["web", "--host", "127.0.0.1", "--port", str(port)] for port in ports)]
    processes = [subprocess.Popen([*TOCSIN, *verb], env=house.environment, cwd=folder, stdout=log, stderr=log) for verb in verbs]
    try:
        for port in ports:
            until(lambda port=port: "Everything works" in _page(port), 60, "a node has no page")
        waits = list(_published(house, token, ports))
        yield Figure(f"published to shown at each of two nodes, p95 of {len(waits)}", percentile(waits, 95), "s", 1.0)
        yield Figure("the same, median", percentile(waits, 50), "s")
        yield Figure("the longest of them", max(waits), "s")
    finally:
        for process in processes:
            process.terminate()
            process.wait(15)
        log.close()
        database.stop()


def _published(house: Installation, token: str, ports: tuple[int, int]) -> Iterator[float]:
    """Each update through the one or the other, in turns; the seconds until each of them shows it."""
    house.url = f"http://127.0.0.1:{ports[0]}"
    key = house.api(token, "POST", "/incidents", {"summary": "Vault", "severity": 2, "service": "checkout-api"}).json["key"]
    for number in range(TIMES):
        house.url = f"http://127.0.0.1:{ports[number % 2]}"
        words = {
            "status": "investigating",
            "external": {"body": f"Words number {number}."},
            "next_update_at": "2099-01-01T00:00:00Z",
        }
        answer = house.api(token, "POST", f"/incidents/{key}/post-update", words)
        assert answer.status == 200, answer
        yield from _shown(ports, f"Words number {number}.", time.monotonic())


def _shown(ports: tuple[int, int], words: str, published: float) -> list[float]:
    found: dict[int, float] = {}

    def everywhere() -> bool:
        for port in ports:
            if port not in found and words in _page(port):
                found[port] = time.monotonic() - published
        return len(found) == len(ports)

    until(everywhere, 20, f"{words!r} is not shown by {len(ports) - len(found)}", every=0.005)
    return list(found.values())


def _page(port: int) -> str:
    try:
        return call("GET", f"http://127.0.0.1:{port}/status", within=5).text
    except OSError:
        return ""
