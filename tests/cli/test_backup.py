"""Backups: made beside a running server, proven, restored into hold; and archives that mean harm."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from pathlib import Path

import pytest

from tests.cli.process import answer, serving, tocsin
from tocsin.cli import archive


def test_a_backup_of_a_running_server_comes_back_on_hold(installation: Path, tmp_path: Path) -> None:
    file, restored = tmp_path / "b" / "backup.tar.gz", tmp_path / "restored"
    with serving(installation, tmp_path):
        made = answer("backup", "create", file, "--data", installation)
    assert made["files"] == 3
    assert oct(file.stat().st_mode)[-3:] == "600"
    assert tocsin("backup", "verify", file).returncode == 0

    assert tocsin("backup", "restore", file, "--data", restored).returncode == 0
    assert (restored / "secret").read_text() == (installation / "secret").read_text()
    assert (restored / "uploads" / "a" / "logo.png").read_bytes() == b"picture"
    assert [row["email"] for row in answer("user", "list", "--data", restored)] == ["root@example.com"]

    findings = json.loads(tocsin("doctor", "--data", restored, "--json").stdout)["findings"]
    assert {one["subject"]: one["state"] for one in findings}["hold"] == "red"
    assert "Released" in tocsin("release", "--data", restored).stdout
    assert "Nothing" in tocsin("release", "--data", restored).stdout


def test_a_folder_with_something_in_it_is_not_overwritten(installation: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    answer("backup", "create", file, "--data", installation)
    done = tocsin("backup", "restore", file, "--data", installation)
    assert done.returncode == 3
    assert "not empty" in done.stderr


def test_on_postgresql_it_names_the_tool(tmp_path: Path) -> None:
    for verb in ("create", "restore"):
        done = tocsin("backup", verb, tmp_path / "x", TOCSIN_DATABASE_URL="postgresql://x/y")
        assert done.returncode == 2
        assert "use pg_dump" in done.stderr


def test_an_empty_folder_has_nothing_to_back_up(tmp_path: Path) -> None:
    done = tocsin("backup", "create", tmp_path / "x.tar.gz", "--data", tmp_path / "none")
    assert done.returncode == 1
    assert not (tmp_path / "x.tar.gz").exists()


def test_a_changed_byte_or_a_cut_end_is_noticed(installation: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.tar.gz"
    archive.create(installation, good, "2026-11-20T09:00:00Z")
    raw = good.read_bytes()
    for place in (len(raw) // 3, len(raw) // 2, len(raw) - 2000):
        bad = tmp_path / "bad.tar.gz"
        bad.write_bytes(raw[:place] + bytes([raw[place] ^ 0xFF]) + raw[place + 1 :])
        with pytest.raises(archive.BadArchive):
            archive.verify(bad)
        bad.write_bytes(raw[:place])
        with pytest.raises(archive.BadArchive):
            archive.restore(bad, tmp_path / "r", "2026-11-20T09:00:00Z")
        shutil.rmtree(tmp_path / "r", ignore_errors=True)
    assert archive.verify(good)["format"] == archive.FORMAT


def forged(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], files: dict[str, dict]) -> Path:
    """An archive whose manifest says `files`."""
    manifest = json.dumps({"format": 1, "tocsin": "0", "created_at": "x", "files": files}).encode()
    first = tarfile.TarInfo(archive.MANIFEST)
    first.size = len(manifest)
    with tarfile.open(path, "w:gz") as out:
        out.addfile(first, io.BytesIO(manifest))
        for info, content in members:
            out.addfile(info, io.BytesIO(content) if info.isreg() else None)
    return path


def member(name: str, size: int = 1, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = size, kind, target
    return info


ENTRY = {"size": 1, "sha256": "0" * 64}
DATABASE = {archive.DATABASE: ENTRY}


@pytest.mark.parametrize(
    ("members", "files"),
    [
        ([], {**DATABASE, "../evil": ENTRY}),
        ([], {**DATABASE, "/etc/evil": ENTRY}),
        ([], {**DATABASE, "uploads/../../evil": ENTRY}),
        ([], {**DATABASE, "uploads/a\\..\\evil": ENTRY}),
        ([], {**DATABASE, "lock": ENTRY}),
        ([], {**DATABASE, "uploads/x": {"size": -1, "sha256": "0" * 64}}),
        ([], {archive.DATABASE: {"size": 10**18, "sha256": "0" * 64}}),
        ([], {}),
        ([(member(archive.DATABASE), b"x")], DATABASE),
        ([(member("uploads/x", 0, tarfile.SYMTYPE, "/etc/passwd"), b"")], {**DATABASE, "uploads/x": {**ENTRY, "size": 0}}),
        ([(member("uploads/x", 0, tarfile.LNKTYPE, "secret"), b"")], {**DATABASE, "uploads/x": {**ENTRY, "size": 0}}),
        ([(member("uploads/x", 50_000_000), b"\0" * 50_000_000)], {**DATABASE, "uploads/x": ENTRY}),
        ([(member("surprise"), b"x")], DATABASE),
    ],
)
def test_an_archive_that_means_harm_is_refused(tmp_path: Path, members: list, files: dict) -> None:
    file = forged(tmp_path / "evil.tar.gz", members, files)
    target = tmp_path / "target"
    with pytest.raises(archive.BadArchive):
        archive.restore(file, target, "2026-11-20T09:00:00Z")
    assert not list(target.iterdir())
    assert {path.name for path in tmp_path.iterdir()} == {"evil.tar.gz", "target"}


def test_doctor_makes_nothing_where_nothing_is(tmp_path: Path) -> None:
    done = tocsin("doctor", "--data", tmp_path / "none", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["ok"] is False
    assert not (tmp_path / "none").exists()


def test_what_is_no_archive_at_all_is_refused(tmp_path: Path) -> None:
    for name, content in {"empty": b"", "text": b"hello", "gzip": b"\x1f\x8b\x08\x00garbage"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(archive.BadArchive):
            archive.verify(tmp_path / name)
    assert tocsin("backup", "verify", tmp_path / "nosuch").returncode == 1
