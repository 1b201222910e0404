"""`serve`, `web` and `engine`: the process with its lock, tables, engine and doors, from start to SIGTERM."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

import uvicorn
from django.conf import settings
from django.db import DatabaseError, connections

from tocsin import wiring
from tocsin.asgi import Application
from tocsin.cli import lock
from tocsin.cli.answers import LOCKED, UNREACHABLE, USAGE, fail, say
from tocsin.cli.inside import listen, schema
from tocsin.core import db
from tocsin.core.settings import is_loopback
from tocsin.core.work.engine import Engine

GRACE = 4
"""Seconds that open requests get after SIGTERM; all in all the process is gone within 10."""


def serve(host: str, port: int) -> None:
    """Everything in one process."""
    _check_bind(host)
    with locked(), prepared():
        _run_web(host, port, Engine(wiring.MODULES))


def web(host: str, port: int) -> None:
    """Doors only; the engine runs elsewhere."""
    _needs_postgresql("web")
    _check_bind(host)
    with prepared():
        _run_web(host, port, None)


def engine() -> None:
    """The engine only."""
    _needs_postgresql("engine")
    with prepared():
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        running = Engine(wiring.MODULES)
        running.start()
        say("The engine runs. Ctrl-C stops it.")
        stop.wait()
        running.stop()


def migrate() -> None:
    """The tables only."""
    with locked():
        applied = _up_to_date()
    say(f"{len(applied)} migrations applied." if applied else "Nothing to do.")


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """The data folder's lock on SQLite; leaves with code 3 while somebody else holds it."""
    if settings.TOCSIN.on_postgresql:
        yield
        return
    try:
        with lock.hold(settings.TOCSIN.data):
            yield
    except lock.Locked as holder:
        fail(LOCKED, f"{settings.TOCSIN.data} is in use by {holder}; stop it first")


@contextlib.contextmanager
def prepared() -> Iterator[None]:
    """Tables up to date and, on PostgreSQL, an ear for other processes."""
    _up_to_date()
    if not settings.TOCSIN.on_postgresql:
        yield
        return
    listener = listen.Listener()
    listener.start()
    try:
        yield
    finally:
        listener.stop()


def _up_to_date() -> list[str]:
    try:
        db.synchronise_clock()
        return schema.bring_up_to_date()
    except DatabaseError as error:
        fail(UNREACHABLE, f"the store does not answer: {str(error).splitlines()[0]}")


def _run_web(host: str, port: int, engine: Engine | None) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _last_resort_exit)
    server = uvicorn.Server(_configuration(Application(engine), host, port))
    if engine:
        engine.start()
    gc.collect()
    gc.freeze()
    say(f"Tocsin serves {settings.TOCSIN.base_url} on {host}:{port}. Ctrl-C stops it.")
    sys.stdout.flush()
    try:
        server.run()
    finally:
        if engine:
            engine.stop(timeout=3.0)
        connections.close_all()
    if not server.started:
        fail(UNREACHABLE, f"{host}:{port} cannot be used; is something else listening there?")


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


def _last_resort_exit(number: int, frame: FrameType | None) -> None:
    """The server has its own handlers while it runs and raises the signal again when it has stopped; then nothing is left to do."""


def _check_bind(host: str) -> None:
    if settings.TOCSIN.test and not is_loopback(host):
        fail(USAGE, f"TOCSIN_TEST=1 serves loopback only, not {host}")


def _needs_postgresql(verb: str) -> None:
    if not settings.TOCSIN.on_postgresql:
        fail(USAGE, f"`tocsin {verb}` needs TOCSIN_DATABASE_URL; on SQLite `tocsin serve` runs everything in one process")


def leave(code: int) -> None:
    """End the process now: threads that hang must not keep it beyond its ten seconds."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
