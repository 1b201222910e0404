"""`tocsin serve` out of a process that has read the house already, which saves three seconds of a processor at each start.

It is a process like any other: its own environment, folder, port and log, killed with 9 and started again. What it has in common
with the others is the code in memory, and nothing of it has looked at settings. The soak, the tests of the process itself, the
browser's company and the bench start `python -m tocsin` instead.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.acceptance.house"])


class Forked:
    """One verb of the command line. It answers as `subprocess.Popen` does."""

    def __init__(self, arguments: list[str], folder: Path, environment: dict[str, str], log: Path) -> None:
        self._process = _CONTEXT.Process(target=_become, args=(arguments, folder, environment, log), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("tocsin", timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _become(arguments: list[str], folder: Path, environment: dict[str, str], log: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    with log.open("ab") as written:
        for descriptor in (1, 2):
            os.dup2(written.fileno(), descriptor)
    from tests.acceptance import house  # only here: to import it opens the house

    house.forget_settings()
    sys.argv = ["tocsin", *arguments]
    house.main()
