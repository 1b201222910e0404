"""Seeded installations, made once and copied: a data folder on SQLite, a template database on PostgreSQL."""

from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path
from typing import Any

from tests import tables
from tests.acceptance.installation import Installation, Start, start_anew
from tests.acceptance.outside import World
from tests.acceptance.rig import COMPANY, Rig


def settings_for(world: World) -> dict[str, str]:
    return {"TOCSIN_SMTP_URL": world.smtp_url, "TOCSIN_OUTBOUND_ALLOW": f"127.0.0.1:{world.http_port}"}


class Shelf:
    """Hands out rigs. All of one worker share one world; each has its own store and process."""

    def __init__(self, folder: Path, start: Start = start_anew) -> None:
        self.folder, self._start = folder, start
        self.world = World(folder / "world")
        self._kept: dict[str, tuple[Path, str, dict[str, Any]]] = {}

    def rig(self, folder: Path, company: dict[str, Any] | None = None, **settings: str) -> Rig:
        """A started installation that holds this company and nothing else."""
        self.world.mood(mail="normal", calls=200, forget=True)
        template, database, made = self._template(company or COMPANY)
        shutil.copytree(template / "data", folder / "data", dirs_exist_ok=True)
        url = _copy_database(database) if database else ""
        tocsin = Installation(folder, database_url=url, start=self._start, **settings_for(self.world), **settings)
        return Rig(tocsin.start(), self.world, made)

    def _template(self, company: dict[str, Any]) -> tuple[Path, str, dict[str, Any]]:
        name = json.dumps(company, sort_keys=True)
        if name not in self._kept:
            folder = self.folder / f"template-{len(self._kept)}"
            database = f"template_{uuid.uuid4().hex[:12]}"
            url, _ = tables.fill(folder / "data", tables.EMPTY, database)
            tocsin = Installation(folder, database_url=url, **settings_for(self.world))
            outside = {"gateway": f"{self.world.http_url}/messages", "outside": self.world.http_url}
            made = tocsin.seed({**company, **outside})
            self._kept[name] = folder, database if url else "", made
        return self._kept[name]

    def stop(self) -> None:
        self.world.stop()


def _copy_database(template: str) -> str:
    return tables.make_database(f"acceptance_{uuid.uuid4().hex[:12]}", template)
