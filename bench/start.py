"""How long `tocsin serve` takes on an existing folder until it answers, and what it weighs when idle."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from tests.acceptance.installation import Installation, call
from tests.waiting import until

RUNS = 5


def measure(folder: Path) -> Iterator[Figure]:
    tocsin = Installation(folder)
    tocsin.start()
    tocsin.stop()
    answering, opened, weights = [], [], []
    for _ in range(RUNS):
        begun = time.monotonic()
        tocsin.spawn()
        until(lambda: answers(tocsin, "/healthz"), 30, "no answer", every=0.005)
        answering.append(time.monotonic() - begun)
        until(lambda: answers(tocsin, "/account/login/"), 30, "no page", every=0.005)
        opened.append(time.monotonic() - begun)
        weights.append(resident(tocsin.pid))
        tocsin.stop()
    bare = python_alone()
    yield Figure("serve answers /healthz, median of 5", statistics.median(answering), "s", 2.0, "python -c pass", bare)
    yield Figure("serve shows its first page, median of 5", statistics.median(opened), "s")
    yield Figure("resident memory when idle", statistics.median(weights), "MiB", 160)


def answers(tocsin: Installation, path: str) -> bool:
    try:
        return call("GET", tocsin.url + path, within=30).status == 200
    except OSError:
        return False


def resident(pid: int) -> float:
    """MiB of a process in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def python_alone() -> float:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.monotonic() - begun
