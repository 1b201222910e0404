"""`serve`, `web` and `engine`: the process with its lock, tables, engine and doors, from start to SIGTERM."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from types import FrameType

import uvicorn
from django.conf import settings
from django.db import connections

from tocsin import wiring
from tocsin.asgi import Application
from tocsin.cli.answers import UNREACHABLE, USAGE, fail, say
from tocsin.cli.inside import listen
from tocsin.cli.inside.store import locked, prepare
from tocsin.core import clock, logs
from tocsin.core.settings import is_loopback
from tocsin.core.work.engine import Engine
from tocsin.directory import commands as directory

GRACE = 4
"""Seconds that open requests get after SIGTERM."""
PATIENCE = 9.0
"""Seconds after SIGTERM at which the process goes whatever still hangs: leases and transactions are made for that."""


def serve(host: str, port: int) -> None:
    """Everything in one process."""
    check_bind(host)
    with locked():
        prepare()
        run(host, port)


def run(host: str, port: int) -> None:
    """Engine and doors until SIGTERM; the lock is held and the tables are there."""
    logs.configure(settings.TOCSIN.log)
    with _listening():
        _run_web(host, port, Engine(wiring.MODULES))


def web(host: str, port: int) -> None:
    """Doors only; the engine runs elsewhere."""
    check_bind(host)
    logs.configure(settings.TOCSIN.log)
    prepare()
    with _listening():
        _run_web(host, port, None)


def engine() -> None:
    """The engine only."""
    logs.configure(settings.TOCSIN.log)
    prepare()
    stop = threading.Event()

    def stopping(number: int, frame: FrameType | None) -> None:
        _watch_the_end()
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stopping)
    running = Engine(wiring.MODULES)
    with _listening():
        running.start()
        say("The engine runs. Ctrl-C stops it.")
        stop.wait()
        running.stop()


def migrate() -> None:
    """The tables only."""
    with locked():
        applied = prepare()
    say(f"{len(applied)} migrations applied." if applied else "Nothing to do.")


@contextlib.contextmanager
def _listening() -> Iterator[None]:
    """On PostgreSQL an ear for other processes."""
    if not settings.TOCSIN.on_postgresql:
        yield
        return
    listener = listen.Listener()
    listener.start()
    try:
        yield
    finally:
        listener.stop()


def _run_web(host: str, port: int, engine: Engine | None) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _already_stopped)
    listening = _bind(host, port)
    application = Application(engine)
    server = _Server(_configuration(application, host, port), application)
    _offer_setup()
    if engine:
        engine.start()
    try:
        server.run([listening])
    finally:
        if engine:
            engine.stop(timeout=3.0)
        connections.close_all()
    if application.fault:
        raise application.fault


def _bind(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything else: who connects from now on waits instead of being refused."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)
    except OSError as error:
        fail(UNREACHABLE, f"{host}:{port} cannot be used ({error.strerror}); is something else listening there?")


class _Server(uvicorn.Server):
    """Says when it listens, and sees to it that the end comes."""

    def __init__(self, configuration: uvicorn.Config, application: Application) -> None:
        super().__init__(configuration)
        self.application = application
        application.give_up = self.give_up

    async def startup(self, sockets: list | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            say(f"Tocsin answers at {settings.TOCSIN.base_url} (listening on {self.config.host}:{self.config.port}).")
            sys.stdout.flush()

    def give_up(self) -> None:
        """The pages cannot be built: nothing is served by halves."""
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self.should_exit:
            _watch_the_end()
            self.application.close()
        super().handle_exit(sig, frame)


def _configuration(application: Application, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE,
    )


def _offer_setup() -> None:
    """On an installation without an administrator: a fresh link to the set-up, printed and kept in a file of its own."""
    token = directory.open_setup(now=clock.now())
    kept = settings.TOCSIN.data / "setup-link"
    if token is None:
        kept.unlink(missing_ok=True)
        return
    address = f"{settings.TOCSIN.base_url.rstrip('/')}/setup/{token}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.unlink(missing_ok=True)
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(address + "\n")
    say(f"Nobody administers this installation yet. Set it up here, within a day:\n\n    {address}\n")


def _watch_the_end() -> None:
    """From the first signal on: whatever hangs, the process is gone in time."""
    guard = threading.Timer(PATIENCE, os._exit, [0])
    guard.daemon = True
    guard.start()


def _already_stopped(number: int, frame: FrameType | None) -> None:
    """The server has its own handlers while it runs and raises the signal again when it has stopped; nothing is left to do."""


def check_bind(host: str) -> None:
    """In test mode nothing but loopback is served; leaves with 2."""
    if settings.TOCSIN.test and not is_loopback(host):
        fail(USAGE, f"TOCSIN_TEST=1 serves loopback only, not {host}")
