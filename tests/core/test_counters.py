"""Numbers that people say aloud."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from tocsin.core.store import counters


@pytest.mark.django_db
def test_numbers_begin_at_one_and_follow_each_other() -> None:
    with transaction.atomic():
        assert [counters.next_number("alert") for _ in range(3)] == [1, 2, 3]
        assert counters.next_number("incident") == 1


@pytest.mark.django_db(transaction=True)
def test_writers_side_by_side_never_get_the_same_number() -> None:
    given: list[int] = []

    def take() -> None:
        for _ in range(10):
            with transaction.atomic():
                given.append(counters.next_number("alert"))
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(given) == list(range(1, 41))
