"""`make test`: every part in its order, on both stores where the store matters, with the time each took.

At the end a table says what was left out because a program is missing, and the one command that installs it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import rooms, tables  # noqa: E402  (the path must be there first)
from tests.postgres import Postgres  # noqa: E402

HANGING_AFTER = 1500
"""Seconds after which a part is stopped; single tests have a limit of their own."""


def _holds_tests(path: Path) -> bool:
    """A folder of tests of rooms, or a file of tests of the whole."""
    if path.is_dir():
        return path.name not in rooms.DOORS | rooms.PROCESSES and any(path.rglob("test_*.py"))
    return path.name.startswith("test_")


@dataclass(frozen=True)
class Part:
    """One run of pytest. `names` choose the tests, `store` where they run, `budget` is in minutes on two cores."""

    names: tuple[str, ...]
    store: str
    budget: float
    paths: tuple[str, ...]
    workers: int = 2
    """Tests side by side; those that wait for another process most of the time leave room for more."""

    @property
    def title(self) -> str:
        return f"{', '.join(self.names)} on {self.store}"


PROCESSES = tuple(f"tests/{room}" for room in sorted(rooms.PROCESSES))
ROOMS = tuple(sorted(str(one.relative_to(ROOT)) for one in (ROOT / "tests").iterdir() if _holds_tests(one)))
"""What opens no door. No part reads what it does not run: to read all tests takes a worker ten seconds."""
DOORS = tuple(f"tests/{room}" for room in sorted(rooms.DOORS))
PARTS = (
    Part(("rules", "database", "doors"), "sqlite", 5, ROOMS + DOORS),
    Part(("database",), "postgresql", 2, ROOMS),
    Part(("acceptance", "browser"), "sqlite", 6, PROCESSES, workers=3),
    Part(("acceptance", "browser"), "postgresql", 2, PROCESSES, workers=3),
)


def main() -> int:
    options = _options()
    chosen = [one for part in PARTS if options.store in (None, part.store) and (one := _wanted(part, options.part)).names]
    begun = time.monotonic()
    with _shared(chosen):
        results = [(part, *run(part, soak=options.soak, workers=options.workers)) for part in chosen]
    report(results, time.monotonic() - begun)
    return 1 if any(result["failed"] for _, result, _ in results) else 0


def _wanted(part: Part, name: str | None) -> Part:
    """Of a part what was asked for: all, or the tests of one name."""
    return part if name is None else replace(part, names=tuple(one for one in part.names if one == name))


@contextlib.contextmanager
def _shared(parts: list[Part]) -> Iterator[None]:
    """What all parts use: a folder for ready tables, one database server."""
    with contextlib.ExitStack() as stack:
        os.environ[tables.FOLDER] = stack.enter_context(tempfile.TemporaryDirectory())
        if any(part.store == "postgresql" for part in parts):
            server = Postgres().start()
            stack.callback(server.stop)
            server.url("tocsin")
            os.environ[tables.SERVER] = str(server.data)
        for store in ("sqlite", "postgresql"):
            stack.enter_context(_made_ahead(store, [part for part in parts if part.store == store]))
        yield


@contextlib.contextmanager
def _made_ahead(store: str, parts: list[Part]) -> Iterator[None]:
    """Tables and demo are made while the first part runs: to make them keeps one core busy and every worker waiting."""
    needed = {name for part in parts for name in part.names} - {"rules"}
    kinds = [*([tables.EMPTY] if needed else []), *([tables.DEMO] if "browser" in needed else [])]
    with subprocess.Popen([sys.executable, "-m", "tests.tables", *kinds], cwd=ROOT, env={**os.environ, tables.STORE: store}):
        yield


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", action="store_true", help="the wide and long tests too")
    parser.add_argument("--part", choices=sorted({name for part in PARTS for name in part.names}))
    parser.add_argument("--store", choices=("sqlite", "postgresql"))
    parser.add_argument("--workers", type=int, help="tests side by side")
    return parser.parse_args()


def run(part: Part, *, soak: bool, workers: int | None) -> tuple[dict[str, Any], float]:
    """Run one part; its totals and its seconds."""
    print(f"\n== {part.title}", flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short", f"--summary={summary}"]
        command += [f"-n{workers or (2 if soak else part.workers)}"]
        command += ["--dist=worksteal", f"--part={','.join(part.names)}", *(["--soak"] if soak else []), *part.paths]
        environment = {**os.environ, "TOCSIN_TEST_STORE": part.store}
        status = _run(command, environment, 8 * HANGING_AFTER if soak else HANGING_AFTER)
        totals = json.loads(summary.read_text()) if summary.exists() else {}
    return _totals(totals, status), time.monotonic() - begun


def _run(command: list[str], environment: dict[str, str], limit: float) -> int:
    try:
        return subprocess.run(command, cwd=ROOT, env=environment, timeout=limit, check=False).returncode
    except subprocess.TimeoutExpired:
        print(f"stopped: no end after {limit} s", flush=True)
        return 1


NO_TESTS = 5


def _totals(totals: dict[str, Any], status: int) -> dict[str, Any]:
    failed = totals.get("failed", 0) + totals.get("error", 0)
    if status not in (0, NO_TESTS) and not failed:
        failed = 1
    return {
        "passed": totals.get("passed", 0),
        "failed": failed,
        "left_out": totals.get("left_out", []),
        "failures": totals.get("failures", []),
    }


def report(results: list[tuple[Part, dict[str, Any], float]], seconds: float) -> None:
    print("\n== time per part")
    for part, result, took in results:
        mark = "" if took <= part.budget * 60 else f"   over its {part.budget:g} min"
        print(f"  {part.title:<36}{took:7.1f} s   {result['passed']:5} passed  {result['failed']:3} failed{mark}")
    print(f"  {'all':<36}{seconds:7.1f} s")
    for part, result, _ in results:
        for name in result["failures"]:
            print(f"  FAILED {part.title}: {name}")
    _left_out([entry for _, result, _ in results for entry in result["left_out"]])
    print(f"\n{sum(r['passed'] for _, r, _ in results)} passed, {sum(r['failed'] for _, r, _ in results)} failed")


def _left_out(entries: list[dict[str, str]]) -> None:
    if not entries:
        print("\nNothing was left out.")
        return
    print("\n== left out")
    for reason in sorted({entry["reason"] for entry in entries}):
        tests = [entry["test"] for entry in entries if entry["reason"] == reason]
        print(f"  {reason}\n    {len(tests)} tests, such as {tests[0]}")
    programs = sorted({word for entry in entries if "apt-get" in entry["reason"] for word in [_package(entry["reason"])]})
    if programs:
        print(f"\n  to run them: apt-get install -y --no-install-recommends {' '.join(programs)}")


def _package(reason: str) -> str:
    return reason.split("--no-install-recommends ")[1].split(",")[0]


if __name__ == "__main__":
    sys.exit(main())
