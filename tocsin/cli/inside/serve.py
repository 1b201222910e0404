"""What `serve`, `web` and `engine` do once the house is open; `cli/serving.py` has the process around it."""

from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType

from django.conf import settings
from django.db import connections

from tocsin import wiring
from tocsin.cli.answers import say, tell
from tocsin.cli.inside import listen
from tocsin.cli.inside.store import locked, prepare
from tocsin.cli.opening import Open, watch_the_end
from tocsin.core import clock
from tocsin.core.observe import logs
from tocsin.core.work.engine import Engine
from tocsin.directory import commands as directory
from tocsin.web.doors import Doors


def open_doors(*, with_engine: bool) -> Open:
    """Tables, engine and doors, in this order. Leaves with code 4 when the store is away."""
    logs.configure(settings.TOCSIN.log)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    prepare()
    _offer_setup()
    listener = listen.Listener() if settings.TOCSIN.on_postgresql else None
    if listener:
        listener.start()
    running = Engine(wiring.MODULES) if with_engine else None
    if running:
        running.start()

    def shut() -> None:
        if running:
            running.stop(timeout=3.0)
        if listener:
            listener.stop()
        connections.close_all()

    connections.close_all()
    return Open(lambda give_up: Doors(running, give_up), shut)


def engine() -> None:
    """The engine only."""
    logs.configure(settings.TOCSIN.log)
    prepare()
    stop = threading.Event()

    def stopping(number: int, frame: FrameType | None) -> None:
        watch_the_end()
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stopping)
    listener, running = listen.Listener(), Engine(wiring.MODULES)
    listener.start()
    running.start()
    say("The engine runs. Ctrl-C stops it.")
    stop.wait()
    running.stop()
    listener.stop()


def migrate(as_json: bool) -> None:
    """The tables only."""
    with locked():
        applied = prepare()
    tell(as_json, {"applied": applied}, f"{len(applied)} migrations applied." if applied else "Nothing to do.")


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
