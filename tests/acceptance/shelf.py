"""Seeded installations, made once and copied: a data folder on SQLite, a template database on PostgreSQL."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import uuid
from pathlib import Path
from typing import Any

import psycopg

from tests.acceptance.installation import Installation
from tests.acceptance.outside import World
from tests.acceptance.rig import COMPANY, Rig
from tests.environment import SERVER, STORE


def settings_for(world: World) -> dict[str, str]:
    return {"TOCSIN_SMTP_URL": world.smtp_url, "TOCSIN_OUTBOUND_ALLOW": f"127.0.0.1:{world.http_port}"}


class Shelf:
    """Hands out rigs. All of one worker share one world; each has its own store and process."""

    def __init__(self, folder: Path, shared: Path) -> None:
        """`folder` is this worker's own, `shared` belongs to all workers of the run."""
        self.folder = folder
        self.shared = shared
        self.world = World(folder / "world")
        self._kept: dict[str, tuple[Path, str, dict[str, Any]]] = {}

    def rig(self, folder: Path, company: dict[str, Any] | None = None, **settings: str) -> Rig:
        """A started installation that holds this company and nothing else."""
        self.world.mood(mail="normal", calls=200, forget=True)
        template, database, made = self._template(company or COMPANY)
        shutil.copytree(template / "data", folder / "data", dirs_exist_ok=True)
        url = _copy_database(database) if database else ""
        tocsin = Installation(folder, database_url=url, **settings_for(self.world), **settings)
        return Rig(tocsin.start(), self.world, made)

    def _template(self, company: dict[str, Any]) -> tuple[Path, str, dict[str, Any]]:
        name = json.dumps(company, sort_keys=True)
        if name not in self._kept:
            folder = self.folder / f"template-{len(self._kept)}"
            tables = empty_tables(self.shared)
            database = f"template_{uuid.uuid4().hex[:12]}" if STORE == "postgresql" else ""
            url = make_database(database, EMPTY) if database else ""
            shutil.copytree(tables, folder / "data")
            tocsin = Installation(folder, database_url=url, **settings_for(self.world))
            outside = {"gateway": f"{self.world.http_url}/messages", "outside": self.world.http_url}
            made = tocsin.seed({**company, **outside})
            self._kept[name] = folder, database, made
        return self._kept[name]

    def stop(self) -> None:
        self.world.stop()


EMPTY = "empty_tables"


def empty_tables(shared: Path) -> Path:
    """A data folder (and on PostgreSQL the database `EMPTY`) with tables and no company, made once for all workers of a run."""
    folder = shared / "empty"
    with (shared / "empty.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            url = make_database(EMPTY) if STORE == "postgresql" else ""
            made = Installation(shared / "making", database_url=url).run("migrate", within=120)
            assert made.returncode == 0, made.stderr
            (shared / "making" / "data").rename(folder)
    return folder


def make_database(name: str, template: str = "template1") -> str:
    """A database on the test run's own server; its URL."""
    folder = os.environ[SERVER]
    with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"postgresql://postgres@/{name}?host={folder}"


def _copy_database(template: str) -> str:
    return make_database(f"acceptance_{uuid.uuid4().hex[:12]}", template)
