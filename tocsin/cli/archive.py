"""Backups of an SQLite installation as files: made while the server runs, checked byte by byte, restored into hold.

A backup is a `.tar.gz`: first `manifest.json` with the size and SHA-256 of every other member, then the database, the secret
and the uploads. Nothing in here needs the house to be open, so that a restore can bring the secret itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pysqlite3

from tocsin import __version__

DATABASE, SECRET, UPLOADS, MANIFEST = "tocsin.sqlite3", "secret", "uploads", "manifest.json"
FORMAT = 1
_MANIFEST_LIMIT = 4 * 1024 * 1024
_CHUNK = 1024 * 1024


class BadArchive(Exception):
    """This file is not a backup that can be trusted; the message says why."""


def create(folder: Path, target: Path, created_at: str) -> dict[str, Any]:
    """Write a backup of the data folder to `target`, whole or not at all; returns its manifest. Raises BadArchive."""
    if not (folder / DATABASE).exists():
        raise BadArchive(f"{folder} holds no installation")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".tocsin-backup-", dir=target.parent) as work:
        copy = Path(work) / DATABASE
        _copy_database(folder / DATABASE, copy)
        members = {DATABASE: copy, **_files(folder)}
        manifest = {
            "format": FORMAT,
            "tocsin": __version__,
            "created_at": created_at,
            "files": {name: _described(path) for name, path in members.items()},
        }
        half = Path(work) / "half.tar.gz"
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            _write(file, manifest, members)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
    return manifest


def verify(file: Path) -> dict[str, Any]:
    """Read a backup to its end and prove every checksum and the database itself; returns its manifest. Raises BadArchive."""
    with tempfile.TemporaryDirectory(prefix="tocsin-verify-") as work:
        manifest = _unpack(file, Path(work))
        _prove_database(Path(work) / DATABASE)
    return manifest


def restore(file: Path, folder: Path, restored_at: str) -> dict[str, Any]:
    """Put a backup into an empty folder, on hold. Raises BadArchive, or FileExistsError when something is there already."""
    if folder.exists() and any(path.name != "lock" for path in folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; restore into a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".tocsin-restore-", dir=folder) as work:
        inside = Path(work)
        manifest = _unpack(file, inside)
        _prove_database(inside / DATABASE)
        _put_on_hold(inside / DATABASE, {"since": restored_at, "backup": manifest.get("created_at", "")})
        for name in sorted(path.name for path in inside.iterdir()):
            (inside / name).replace(folder / name)
    return manifest


def _copy_database(source: Path, target: Path) -> None:
    live = pysqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)
    copy = pysqlite3.connect(target)
    with contextlib.closing(live), contextlib.closing(copy):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    _prove_database(target)


def _prove_database(path: Path) -> None:
    try:
        with contextlib.closing(pysqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            answer = database.execute("PRAGMA integrity_check").fetchone()[0]
            database.execute("SELECT count(*) FROM core_installationfact").fetchone()
    except pysqlite3.DatabaseError as error:
        raise BadArchive(f"the database in it cannot be read: {error}") from None
    if answer != "ok":
        raise BadArchive(f"the database in it is damaged: {answer[:200]}")


def _put_on_hold(path: Path, fact: dict[str, Any]) -> None:
    """Before anything can open it: this installation pages nobody until somebody releases it."""
    with contextlib.closing(pysqlite3.connect(path)) as database:
        statement = "INSERT OR REPLACE INTO core_installationfact (name, value) VALUES ('hold', ?)"
        database.execute(statement, [json.dumps(fact)])
        database.commit()


def _files(folder: Path) -> dict[str, Path]:
    """The secret, when it is kept in the folder, and every uploaded file, by their names in the backup."""
    found = {SECRET: folder / SECRET} if (folder / SECRET).is_file() else {}
    for path in sorted((folder / UPLOADS).rglob("*")):
        if path.is_file() and not path.is_symlink():
            found[path.relative_to(folder).as_posix()] = path
    return found


def _described(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(_CHUNK), b""):
            digest.update(chunk)
    return {"size": path.stat().st_size, "sha256": digest.hexdigest()}


def _write(file: IO[bytes], manifest: dict[str, Any], members: dict[str, Path]) -> None:
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
        raw = json.dumps(manifest, indent=1).encode()
        first = tarfile.TarInfo(MANIFEST)
        first.size, first.mode = len(raw), 0o600
        archive.addfile(first, io.BytesIO(raw))
        for name, path in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = manifest["files"][name]["size"], 0o600
            with path.open("rb") as content:
                archive.addfile(info, content)


def _unpack(file: Path, into: Path) -> dict[str, Any]:
    """Every member into the folder, each exactly as the manifest says and nothing besides."""
    try:
        with tarfile.open(file, mode="r|gz") as archive:
            members = iter(archive)
            manifest = _manifest(archive, next(members, None))
            wanted: dict[str, Any] = dict(manifest["files"])
            _require_room(into, sum(entry["size"] for entry in wanted.values()))
            for member in members:
                _take(archive, member, wanted.pop(member.name, None), into)
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise BadArchive(f"{file} cannot be read as a backup: {error}") from None
    if wanted:
        raise BadArchive(f"{file} lacks {sorted(wanted)[0]}")
    return manifest


def _manifest(archive: tarfile.TarFile, member: tarfile.TarInfo | None) -> dict[str, Any]:
    if member is None or member.name != MANIFEST or not member.isreg() or member.size > _MANIFEST_LIMIT:
        raise BadArchive("this is not a backup of Tocsin: it does not begin with a manifest")
    source = archive.extractfile(member)
    try:
        manifest: dict[str, Any] = json.loads(source.read() if source else b"")
        _check_manifest(manifest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadArchive("its manifest cannot be understood") from None
    return manifest


def _check_manifest(manifest: dict[str, Any]) -> None:
    if manifest["format"] != FORMAT:
        raise BadArchive(f"it has format {manifest['format']!r}; this Tocsin reads format {FORMAT}")
    if DATABASE not in manifest["files"]:
        raise BadArchive("it holds no database")
    for name, entry in manifest["files"].items():
        parts = PurePosixPath(name).parts
        plain = name in {DATABASE, SECRET} or (len(parts) > 1 and parts[0] == UPLOADS)
        if not plain or ".." in parts or name != "/".join(parts) or "\x00" in name or "\\" in name:
            raise BadArchive(f"it wants to write to {name!r}")
        if type(entry["size"]) is not int or entry["size"] < 0 or len(entry["sha256"]) != 64:
            raise ValueError(name)


def _require_room(into: Path, size: int) -> None:
    free = shutil.disk_usage(into).free
    if size > free:
        raise BadArchive(f"it unpacks to {size // 1_000_000} MB and only {free // 1_000_000} MB are free")


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, entry: dict[str, Any] | None, into: Path) -> None:
    if entry is None or not member.isreg() or member.size != entry["size"]:
        raise BadArchive(f"{member.name[:200]!r} is not what the manifest promises")
    target = into / member.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    source = archive.extractfile(member)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in _chunks(source):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != entry["sha256"]:
        raise BadArchive(f"{member.name!r} was changed: its checksum does not fit")


def _chunks(source: IO[bytes] | None) -> Iterator[bytes]:
    while source and (chunk := source.read(_CHUNK)):
        yield chunk
