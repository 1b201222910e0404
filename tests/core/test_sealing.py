"""The event log: readers that go by position neither miss nor repeat an event, whoever writes at the same time."""

from __future__ import annotations

import datetime as dt
import random
import threading

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.core.actor import SYSTEM
from tocsin.core.eventlog import events, sealing
from tocsin.core.models import Event

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)


def write(name: str = "thing.done", subject: str = "thg_1", **data: object) -> Event:
    with transaction.atomic():
        return events.record(SYSTEM, name, subject, now=NOW, data=data)


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        events.record(SYSTEM, "thing.done", "thg_1", now=NOW)


@pytest.mark.django_db
def test_events_recorded_together_are_written_in_their_order_or_not_at_all() -> None:
    with transaction.atomic(), events.in_one_insert():
        for name in ("a.first", "a.second", "a.third"):
            events.record(SYSTEM, name, "inc_x", now=NOW)
        assert not Event.objects.exists()
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == ["a.first", "a.second", "a.third"]
    with pytest.raises(ZeroDivisionError), transaction.atomic(), events.in_one_insert():
        _ = events.record(SYSTEM, "a.fourth", "inc_x", now=NOW), 1 / 0
    with transaction.atomic():
        events.record(SYSTEM, "a.fifth", "inc_x", now=NOW)
    assert Event.objects.count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize(("hold", "seconds", "red"), [(0, 5, False), (0, 6, True), (5, 9, False), (5, 11, True)])
def test_words_that_were_held_are_not_late_when_they_are_written(settings, hold: int, seconds: int, red: bool) -> None:
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"hold_seconds": hold})
    write(number=1)
    assert bool(sealing.late(NOW + dt.timedelta(seconds=seconds))) is red


@pytest.mark.django_db
def test_sealing_gives_positions_without_a_gap_and_a_chain_that_holds() -> None:
    for number in range(5):
        write(number=number)
    assert sealing.oldest_unsealed(NOW + dt.timedelta(seconds=6)) == dt.timedelta(seconds=6)
    assert sealing.seal(NOW) == 5
    assert sealing.seal(NOW) == 0
    rows = events.after(0)
    assert [row.position for row in rows] == [1, 2, 3, 4, 5]
    assert sealing.broken_at(rows) is None
    assert events.last_position() == 5


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"actor_name": "Eve"}, {"data": {"number": 7}}, {"subject": "thg_2"}, {"position": 9}])
def test_a_changed_event_breaks_the_chain_where_it_stands(change: dict[str, object]) -> None:
    for number in range(3):
        write(number=number)
    sealing.seal(NOW)
    Event.objects.filter(position=2).update(**change)
    assert sealing.broken_at(Event.objects.order_by("position")) == 2


class Reader(threading.Thread):
    """Reads `position > last` again and again, while sealing goes on, until everything expected was seen."""

    def __init__(self, enough: threading.Event, expected: int) -> None:
        super().__init__(daemon=True)
        self.seen: list[tuple[int, str]] = []
        self._enough = enough
        self._expected = expected
        self._last = events.last_position()

    def run(self) -> None:
        try:
            while len(self.seen) < self._expected and not self._enough.wait(0.001):
                for event in events.after(self._last, limit=3):
                    assert event.position is not None
                    self._last = event.position
                    self.seen.append((event.position, event.data["mark"]))
        finally:
            connection.close()


class Writer(threading.Thread):
    """Writes transactions of several events each, dawdling inside some of them, so that commits overtake each other."""

    def __init__(self, name: str, sizes: list[int], seed: int) -> None:
        super().__init__(daemon=True, name=name)
        self._sizes = sizes
        self._luck = random.Random(seed)
        self._never = threading.Event()
        self.marks: list[str] = []

    def run(self) -> None:
        try:
            for turn, size in enumerate(self._sizes):
                with transaction.atomic():
                    for number in range(size):
                        self.marks.append(f"{self.name}/{turn}/{number}")
                        events.record(SYSTEM, "thing.done", "thg_1", now=NOW, data={"mark": self.marks[-1]})
                        self._never.wait(self._luck.choice([0, 0, 0.002]))
        finally:
            connection.close()


@pytest.mark.req("SYS-24")
@pytest.mark.django_db(transaction=True)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=5), min_size=2, max_size=5), st.integers(0, 2**16))
def test_concurrent_writers_never_make_a_reader_miss_or_repeat_a_position(plans: list[list[int]], seed: int) -> None:
    expected = sum(map(sum, plans))
    before = events.last_position()
    over = threading.Event()
    readers = [Reader(over, expected) for _ in range(2)]
    writers = [Writer(str(number), plan, seed + number) for number, plan in enumerate(plans)]
    for thread in [*readers, *writers]:
        thread.start()
    limit = threading.Timer(30, over.set)
    limit.start()
    while any(thread.is_alive() for thread in [*writers, *readers]) and not over.is_set():
        sealing.seal(NOW)
    over.set()
    limit.cancel()
    for thread in [*readers, *writers]:
        thread.join(10)
    marks = sorted(mark for writer in writers for mark in writer.marks)
    for reader in readers:
        assert [position for position, _ in reader.seen] == list(range(before + 1, before + 1 + expected))
        assert sorted(mark for _, mark in reader.seen) == marks
