"""What processes tell each other: heard by whoever listens, left out when it is too long, silent where there is one process."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.environment import STORE
from tests.waiting import until
from tocsin.cli.inside.listen import Listener
from tocsin.core.store import db
from tocsin.core.work import hints

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.store("postgresql")
def test_words_are_heard_by_a_process_that_listens_and_wake_nobody() -> None:
    heard: list[str] = []
    woken: list[str] = []
    hints.hear(heard.append)
    hints.listen(woken.append)
    listener = Listener()
    listener.start()
    try:
        until(lambda: (db.tell(["first", "x" * db.TELLING_LIMIT, "é" * 3_000]), heard)[1], 10, "nothing is heard")
        db.notify("a channel")
        until(lambda: "a channel" in woken, 10, "the hint is not heard")
    finally:
        listener.stop()
    assert set(heard) == {"first", "é" * 3_000}
    assert "first" not in woken


@pytest.mark.store("sqlite")
def test_where_there_is_one_process_nothing_is_asked_of_the_store(django_assert_num_queries) -> None:
    assert connection.vendor == STORE
    with django_assert_num_queries(0):
        db.tell(["words"])
