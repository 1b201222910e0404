"""Fixtures of the acceptance tests: a shelf of installations for each worker, a rig for each test."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.rig import Rig
from tests.acceptance.shelf import Shelf, make_database
from tests.environment import STORE


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    base = tmp_path_factory.getbasetemp()
    made = Shelf(tmp_path_factory.mktemp("shelf"), base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
    yield made
    made.stop()


@pytest.fixture
def rig(shelf: Shelf, tmp_path: Path) -> Iterator[Rig]:
    """The company of `rig.COMPANY` in a running installation."""
    made = shelf.rig(tmp_path)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def fresh_store() -> str:
    """The URL of an empty database on PostgreSQL; empty on SQLite, where a folder is enough."""
    return make_database(f"fresh_{uuid.uuid4().hex[:12]}") if STORE == "postgresql" else ""
