"""The real process on a store of its own: start it, kill it, move its clock, speak to its doors."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
TOCSIN = [sys.executable, "-m", "tocsin"]
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = field(repr=False)
    headers: dict[str, str]

    @property
    def text(self) -> str:
        return self.body.decode()

    def __str__(self) -> str:
        return f"{self.status} {self.body[:600]!r}"

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any, **named: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def call(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None, within: float = 15) -> Answer:
    """One HTTP request on a connection of its own; redirects and errors are answers too."""
    request = urllib.request.Request(url, body, headers or {}, method=method)
    try:
        with _opener.open(request, timeout=within) as response:
            return Answer(response.status, response.read(), dict(response.headers))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read(), dict(error.headers))


class Running(Protocol):
    """The part of `subprocess.Popen` that is used here."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


Start = Callable[[list[str], Path, dict[str, str], Path], Running]
"""Starts a verb: its arguments, working folder, environment, and the file for what it prints."""


def start_anew(arguments: list[str], folder: Path, environment: dict[str, str], log: Path) -> Running:
    """As people start it."""
    with log.open("ab") as written:
        return subprocess.Popen([*TOCSIN, *arguments], cwd=folder, env=environment, stdout=written, stderr=written)


class Installation:
    """`tocsin serve` on a data folder (and a database on PostgreSQL), always on the same port."""

    def __init__(self, folder: Path, *, database_url: str = "", start: Start = start_anew, **settings: str) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.clock_file = folder / "clock"
        self._offset = 0.0
        self._write_clock()
        (folder / "server.log").touch()
        self._start = start
        self._process: Running | None = None
        self.environment = self._environment(database_url, settings)

    def _environment(self, database_url: str, settings: dict[str, str]) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TOCSIN_", "PYTEST_"))}
        ours = {
            "TOCSIN_DATA": str(self.folder / "data"),
            "TOCSIN_BASE_URL": self.url,
            "TOCSIN_TEST": "1",
            "TOCSIN_TEST_CLOCK": str(self.clock_file),
            "TOCSIN_LOG": "info",
            **settings,
        }
        if database_url:
            ours["TOCSIN_DATABASE_URL"] = database_url
        return {**inherited, **ours, "DJANGO_SETTINGS_MODULE": "tocsin.settings", "PYTHONPATH": str(ROOT)}

    def spawn(self) -> None:
        """Start it and wait for nothing."""
        arguments = ["serve", "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = self._start(arguments, self.folder, self.environment, self.folder / "server.log")

    def start(self) -> Installation:
        self.spawn()
        try:
            until(self._answers, START_SECONDS, "the server does not answer")
            assert call("GET", self.url + "/account/login/", within=START_SECONDS).status == 200
        except BaseException as fault:
            fault.add_note(f"the server's log ends\n{self.log_tail()}")
            self.stop()
            raise
        return self

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise AssertionError("the server stopped by itself")
        try:
            return call("GET", self.url + "/healthz", within=2).status == 200
        except OSError:
            return False

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill9(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def terminate(self, within: float = 10) -> int:
        """SIGTERM; the exit code. Fails when it takes longer than the contract allows."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(within)

    def send_signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self, within: float) -> int:
        assert self._process is not None
        return self._process.wait(within)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill9()

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def log_tail(self, characters: int = 3000) -> str:
        return (self.folder / "server.log").read_text(errors="replace")[-characters:]

    def forward(self, **distance: float) -> None:
        """Move the installation's clock on: `forward(minutes=5)`."""
        units = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
        self._offset += sum(units[name] * value for name, value in distance.items())
        self._write_clock()

    def _write_clock(self) -> None:
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(str(self._offset))
        fresh.replace(self.clock_file)

    def run(self, *arguments: str, given: str = "", within: float = 60, **more: str) -> subprocess.CompletedProcess[str]:
        """A local verb of the command line on this installation."""
        environment = {**self.environment, **more}
        return subprocess.run(
            [*TOCSIN, *arguments], cwd=self.folder, env=environment, input=given, text=True, capture_output=True, timeout=within
        )

    def seed(self, description: dict[str, Any]) -> dict[str, Any]:
        """Fill it with a company while no server runs; see `tests.acceptance.seed`."""
        command = [sys.executable, "-m", "tests.acceptance.seed"]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=json.dumps(description), text=True, capture_output=True, timeout=120
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return dict(json.loads(done.stdout))

    def api(self, token: str, method: str, path: str, document: Any = None, **headers: str) -> Answer:
        """One request to `/api/v1<path>` with a bearer token."""
        body = None if document is None else json.dumps(document).encode()
        fixed = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return call(method, f"{self.url}/api/v1{path}", body, {**fixed, **named})
