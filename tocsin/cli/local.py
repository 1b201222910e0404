"""The local verbs, declared: options and help. Their bodies are in `cli/inside` and loaded only when one is run."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="The data folder: database, uploads, secret, lock. Default: $TOCSIN_DATA, then ./tocsin-data."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON document.")]
Host = Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 is every interface.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")]

LOCAL = "On this machine"


def inside(module: str, data: Path | None) -> ModuleType:
    """Open the house on this data folder and load the body of a verb."""
    if data is not None:
        os.environ["TOCSIN_DATA"] = str(data)
    return importlib.import_module(f"tocsin.cli.inside.{module}")


def serve(data: Data = None, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run everything: pages, API, alert intake, live streams and the paging engine.

    On a new folder it makes the database and prints a one-time link; open it and the browser leads through the rest.
    Ctrl-C or SIGTERM stops it within 10 seconds. Leaves with 3 while another process serves the same folder.
    """
    inside("serve", data).serve(host, port)


def web(data: Data = None, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the doors without the engine (PostgreSQL only).

    Start it on as many machines as you like, and `tocsin engine` on at least one. On SQLite use `tocsin serve`.
    """
    inside("serve", data).web(host, port)


def engine(data: Data = None) -> None:
    """Run the paging engine without the doors (PostgreSQL only).

    Several may run: each piece of work is leased to one of them, and taken over when that one dies.
    """
    inside("serve", data).engine()


def migrate(data: Data = None) -> None:
    """Bring the tables up to date and stop. `serve` does the same when it starts."""
    inside("serve", data).migrate()


def register(app: typer.Typer) -> None:
    """Put every local verb on the command line."""
    for verb in (serve, web, engine, migrate):
        app.command(rich_help_panel=LOCAL)(verb)
