"""Fixtures of the acceptance tests: a shelf of installations for each worker, a rig for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.forked import Forked
from tests.acceptance.installation import start_anew
from tests.acceptance.rig import Rig
from tests.acceptance.shelf import Shelf


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Shelf]:
    made = Shelf(tmp_path_factory.mktemp("shelf"), start_anew if pytestconfig.getoption("--soak") else Forked)
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
