"""A small installation, made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import tables
from tests.cli.process import tocsin


@pytest.fixture(scope="session")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installation") / "data"
    tables.fill(folder, tables.EMPTY, "made_once")
    done = tocsin("user", "create", "root@example.com", "--name", "Root", "--data", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def installation(_made_once: Path, data_folder: Path) -> Path:
    """A data folder with an administrator, root@example.com, and an upload."""
    shutil.copytree(_made_once, data_folder)
    upload = data_folder / "uploads" / "a" / "logo.png"
    upload.parent.mkdir(parents=True)
    upload.write_bytes(b"picture")
    return data_folder
