"""The command as people start it: a process of its own on a folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.waiting import until

TOCSIN = Path(sys.executable).with_name("tocsin")


def environment(**more: str) -> dict[str, str]:
    """Nothing of this test run's own settings leaks in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TOCSIN_", "DJANGO_"))}
    return {**kept, **more}


def tocsin(*arguments: str | Path, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end."""
    command = [TOCSIN, *map(str, arguments)]
    return subprocess.run(command, env=environment(**more), input=given, capture_output=True, text=True, timeout=100, check=False)


def answer(*arguments: str | Path, **more: str) -> Any:
    """The JSON that a verb answers; it must leave with 0."""
    done = tocsin(*arguments, "--json", **more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def free_port() -> int:
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Server:
    """A running `tocsin serve`, or `web`."""

    def __init__(self, data: Path, *, port: int, log: Path, verb: str = "serve", **more: str) -> None:
        self.port, self.log = port, log
        command = [str(TOCSIN), verb, "--data", str(data), "--port", str(port)]
        with log.open("w") as out:
            self.process = subprocess.Popen(command, env=environment(**more), stdout=out, stderr=subprocess.STDOUT)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self, path: str = "/healthz") -> bool:
        try:
            with urllib.request.urlopen(self.url + path, timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def ready(self, within: float = 60) -> Server:
        until(lambda: self.answers() or self.process.poll() is not None, within, "no answer from /healthz")
        assert self.process.poll() is None, self.log.read_text()
        return self

    def stop(self, within: float = 10) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)


@contextlib.contextmanager
def serving(data: Path, tmp_path: Path, **more: str) -> Iterator[Server]:
    server = Server(data, port=free_port(), log=tmp_path / "serve.log", **more)
    try:
        yield server.ready()
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()
