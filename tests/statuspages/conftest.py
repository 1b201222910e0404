"""What several tests of status pages need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.statuspages import readers
from tocsin.core import ports


@pytest.fixture
def post() -> Iterator[readers.Post]:
    """A mail server that keeps what it gets."""
    before, made = ports.mail._transport, readers.Post()
    ports.mail.wire(made)
    yield made
    ports.mail.wire(before)
