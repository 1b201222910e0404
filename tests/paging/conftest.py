from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.paging.world import HandEngine, Hooks, Outside
from tocsin.paging import ports


@pytest.fixture
def mail() -> Iterator[Outside]:
    """The mail channel of a test."""
    with_mail = Outside()
    before = dict(ports.channels)
    ports.channels.clear()
    ports.channels[ports.EMAIL] = with_mail
    yield with_mail
    ports.channels.clear()
    ports.channels.update(before)


@pytest.fixture
def gateway(mail: Outside) -> Outside:
    """The gateway channel of a test."""
    channel = Outside()
    ports.channels[ports.GATEWAY] = channel
    return channel


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    """Whoever receives the calls of webhooks."""
    made, before = Hooks(), vars(ports.webhooks).copy()
    ports.webhooks.wire(made, lambda subject: subject in made.private)
    yield made
    vars(ports.webhooks).update(before)


@pytest.fixture
def engine(mail: Outside) -> HandEngine:
    return HandEngine()
