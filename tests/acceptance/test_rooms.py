"""Files through the real process: sent by the command line, kept through a restart and a backup, refused when too large."""

from __future__ import annotations

import hashlib
import json
import secrets
from pathlib import Path

import pytest

from tests.acceptance.rig import Rig


def _declared(rig: Rig) -> str:
    made = rig.api("POST", "/incidents", {"summary": "Cards fail", "severity": 3})
    assert made.status == 201, made
    return str(made.json["key"])


def _cli(rig: Rig, *arguments: str) -> tuple[int, str]:
    done = rig.tocsin.run(*arguments, TOCSIN_URL=rig.tocsin.url, TOCSIN_TOKEN=rig.made["tokens"]["Root"])
    return done.returncode, done.stdout + done.stderr


@pytest.mark.everywhere
@pytest.mark.req("OPN-05")
def test_a_file_of_some_megabytes_comes_back_byte_by_byte(rig: Rig, tmp_path: Path) -> None:
    key, content = _declared(rig), secrets.token_bytes(5 * 1024 * 1024)
    dump, back = tmp_path / "heap.bin", tmp_path / "back.bin"
    dump.write_bytes(content)
    code, words = _cli(rig, "incident", "attach", key, str(dump), "--text", "heap dump", "--json")
    assert code == 0, words
    file = json.loads(words)["files"][0]
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    code, words = _cli(rig, "incident", "file", key, file["id"], "--out", str(back))
    assert code == 0, words
    assert back.read_bytes() == content
    dump.write_bytes(b"x" * (10 * 1024 * 1024 + 1))
    code, words = _cli(rig, "incident", "attach", key, str(dump))
    assert (code, "larger than 10 MiB" in words) == (2, True), words
    dump.write_bytes(b"x" * (40 * 1024 * 1024))
    code, words = _cli(rig, "incident", "attach", key, str(dump))
    assert code != 0, words
    assert _cli(rig, "incident", "say", key, "still here")[0] == 0


@pytest.mark.store("sqlite")
@pytest.mark.req("OPN-05")
def test_files_are_part_of_a_backup(rig: Rig, tmp_path: Path) -> None:
    key, log, kept = _declared(rig), tmp_path / "a.log", tmp_path / "kept.backup"
    log.write_text("line\n" * 100_000)
    code, words = _cli(rig, "incident", "attach", key, str(log), "--json")
    assert code == 0, words
    file = json.loads(words)["files"][0]
    assert rig.tocsin.run("backup", "create", str(kept)).returncode == 0
    rig.tocsin.stop()
    restored = rig.elsewhere(tmp_path / "second")
    assert restored.tocsin.run("backup", "restore", str(kept)).returncode == 0
    restored.start()
    answer = restored.api("GET", f"/incidents/{key}/files/{file['id']}")
    assert answer.body == log.read_bytes()
    restored.tocsin.stop()
