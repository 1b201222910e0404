"""The process around `serve` and `web`: lock, port, signals, and the end. The house is opened in a thread beside it."""

from __future__ import annotations

import contextlib
import importlib
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import typer
import uvicorn

from tocsin.asgi import Application, Doors
from tocsin.cli import lock
from tocsin.cli.answers import UNREACHABLE, USAGE, fail, say
from tocsin.cli.opening import Open, watch_the_end
from tocsin.core.settings import Settings, SettingsError, is_loopback, load
from tocsin.web.kept.door import Kept
from tocsin.web.kept.shelf import shelf

GRACE = 4
"""Seconds that open requests get after SIGTERM."""
ASK_AGAIN = 3.0
"""Seconds until a store that is away is asked again."""


def serve(host: str, port: int) -> None:
    """Everything in one process."""
    settings = _settings(host)
    with _locked(settings):
        run(host, port, settings, lambda: _inside(with_engine=True))


def web(host: str, port: int) -> None:
    """Doors only; the engine runs elsewhere."""
    run(host, port, _settings(host), lambda: _inside(with_engine=False))


def run(host: str, port: int, settings: Settings, opening: Callable[[], Open]) -> None:
    """Listen until SIGTERM, while `opening` opens the house; then shut it. Raises what `opening` raised.

    The status pages that the last process left are served meanwhile. When there are some and the store is away, the process
    stays for them and asks for the store again, instead of leaving with 4.
    """
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _already_stopped)
    opened: list[Open] = []
    kept = Kept(shelf)
    readable = kept.load(settings.data)

    def open_up() -> Doors:
        while not opened:
            try:
                opened.append(opening())
            except typer.Exit as leaving:
                if leaving.exit_code != UNREACHABLE or not readable:
                    raise
                application.waits_for = "The store does not answer; nothing but the status page can be read."
                if server.stopping.wait(ASK_AGAIN):
                    raise
        application.waits_for = ""
        return opened[0].doors(server.give_up)

    application = Application(open_up, kept)
    server = _Server(_configuration(application, host, port), application, settings.base_url)
    try:
        server.run([_bind(host, port)])
    finally:
        for house in opened:
            house.shut()
    if application.fault:
        raise application.fault


def check_bind(settings: Settings, host: str) -> None:
    """In test mode nothing but loopback is served; leaves with 2."""
    if settings.test and not is_loopback(host):
        fail(USAGE, f"TOCSIN_TEST=1 serves loopback only, not {host}")


def _inside(*, with_engine: bool) -> Open:
    opened: Open = importlib.import_module("tocsin.cli.inside.serve").open_doors(with_engine=with_engine)
    return opened


def _settings(host: str) -> Settings:
    """Read before anything else; leaves with 2 when they cannot be understood."""
    try:
        settings = load()
    except SettingsError as error:
        fail(USAGE, str(error))
    check_bind(settings, host)
    return settings


@contextlib.contextmanager
def _locked(settings: Settings) -> Iterator[None]:
    if settings.on_postgresql:
        yield
        return
    with lock.or_leave(settings.data):
        yield


def _bind(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything else: who connects from now on waits instead of being refused."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)
    except OSError as error:
        fail(UNREACHABLE, f"{host}:{port} cannot be used ({error.strerror}); is something else listening there?")


class _Server(uvicorn.Server):
    """Says when it listens, and sees to it that the end comes."""

    def __init__(self, configuration: uvicorn.Config, application: Application, base_url: str) -> None:
        super().__init__(configuration)
        self.application = application
        self.base_url = base_url
        self.stopping = threading.Event()
        application.give_up = self._stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            say(f"Tocsin answers at {self.base_url} (listening on {self.config.host}:{self.config.port}).")
            sys.stdout.flush()

    def give_up(self, fault: BaseException) -> None:
        """The pages cannot be built: nothing is served by halves."""
        self.application.fault = fault
        self._stop()

    def _stop(self) -> None:
        self.stopping.set()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.stopping.set()
        if not self.should_exit:
            watch_the_end()
            self.application.close()
        super().handle_exit(sig, frame)


def _configuration(application: Application, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=1024 * 1024,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE,
    )


def _already_stopped(number: int, frame: FrameType | None) -> None:
    """The server has its own handlers while it runs and raises the signal again when it has stopped; nothing is left to do."""
