"""The bodies of `backup create|verify|restore`. The house stays closed: a restore brings the secret that would open it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tocsin.cli import archive, lock
from tocsin.cli.answers import LOCKED, NO, USAGE, fail, say, show_json
from tocsin.core import clock
from tocsin.core.settings import SettingsError, load


def create(file: Path, as_json: bool) -> None:
    try:
        manifest = archive.create(_folder(), file, clock.rfc3339(clock.now()))
    except (archive.BadArchive, OSError) as error:
        fail(NO, str(error))
    _tell(file, manifest, as_json, "written")


def verify(file: Path, as_json: bool) -> None:
    try:
        manifest = archive.verify(file)
    except archive.BadArchive as error:
        fail(NO, str(error))
    _tell(file, manifest, as_json, "is whole")


def restore(file: Path, as_json: bool) -> None:
    folder = _folder()
    try:
        with lock.hold(folder):
            manifest = archive.restore(file, folder, clock.rfc3339(clock.now()))
    except (lock.Locked, FileExistsError) as error:
        fail(LOCKED, str(error))
    except (archive.BadArchive, OSError) as error:
        fail(NO, str(error))
    _tell(file, manifest, as_json, f"restored into {folder}, on hold; `tocsin release --data {folder}` lets it page again")


def _folder() -> Path:
    """The data folder of the settings; leaves with 2 where there is none."""
    try:
        settings = load()
    except SettingsError as error:
        fail(USAGE, str(error))
    if settings.on_postgresql:
        fail(USAGE, "this installation is on PostgreSQL; use pg_dump and pg_restore, and keep TOCSIN_SECRET_KEY")
    return settings.data


def _tell(file: Path, manifest: dict[str, Any], as_json: bool, what: str) -> None:
    size = sum(entry["size"] for entry in manifest["files"].values())
    if as_json:
        show_json({"file": str(file), "created_at": manifest["created_at"], "files": len(manifest["files"]), "bytes": size})
    else:
        say(f"{file} {what} ({len(manifest['files'])} files, {size / 1_000_000:.1f} MB, made {manifest['created_at']}).")
