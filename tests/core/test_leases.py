"""Due rows: one claimer at a time, a dead one's rows come back, a zombie's result is not written."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.apps import apps
from django.db import connection

from tocsin.core.models import DueRow, OutboxMail
from tocsin.core.work import leases

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)


def row(number: int = 0, **changes: object) -> OutboxMail:
    fields = {"to": "a@example.com", "subject": "s", "body": "b", "lane": "mail", "due_at": NOW, "created_at": NOW}
    return OutboxMail.objects.create(**(fields | {"message_id": f"<{number}@x>"} | changes))


def claim(owner: str = "one", now: dt.datetime = NOW, limit: int = 10, lane: str = "mail") -> list[OutboxMail]:
    return leases.claim(OutboxMail, lane=lane, owner=owner, now=now, limit=limit)


@pytest.mark.django_db
def test_a_claimed_row_is_not_claimed_again_until_its_lease_runs_out() -> None:
    row()
    (held,) = claim()
    assert claim("two") == []
    assert claim("two", NOW + leases.LEASE - dt.timedelta(seconds=1)) == []
    (taken,) = claim("two", NOW + leases.LEASE)
    assert (taken.pk, taken.fence, taken.tries) == (held.pk, held.fence + 1, 2)


DUE = [model for model in apps.get_models() if issubclass(model, DueRow)]


@pytest.mark.django_db
@pytest.mark.parametrize("model", DUE, ids=lambda model: model.__name__)
def test_a_claim_reads_work_that_is_open_in_its_order_and_no_row_more(model: type[DueRow]) -> None:
    """Else every tick of the engine reads all that was ever done, and sorts what waits."""
    (index,) = [one.name for one in model._meta.indexes if one.condition and "work_state" in str(one.condition)]
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET LOCAL enable_seqscan = off")  # an empty table is read whole
    plan = leases._due(model, "lane", NOW).order_by("priority", "-due_at")[:1].explain()
    assert index in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


@pytest.mark.django_db
def test_the_result_of_a_zombie_is_rejected() -> None:
    row()
    (zombie,) = claim("zombie")
    (successor,) = claim("successor", NOW + leases.LEASE)
    assert not leases.finish(zombie, OutboxMail.DONE, sent_at=NOW)
    assert not leases.give_back(zombie, NOW, "late")
    assert leases.finish(successor, OutboxMail.DONE, sent_at=NOW)
    assert not leases.finish(successor, OutboxMail.FAILED)
    assert OutboxMail.objects.get().work_state == OutboxMail.DONE


@pytest.mark.django_db
def test_rows_of_the_future_and_of_other_lanes_stay() -> None:
    row(1, due_at=NOW + dt.timedelta(seconds=1))
    row(2, lane="other")
    assert claim() == []
    assert [held.message_id for held in claim(lane="other")] == ["<2@x>"]


@pytest.mark.django_db
def test_the_most_urgent_comes_first_and_then_the_freshest() -> None:
    row(1, priority=5, due_at=NOW - dt.timedelta(hours=1))
    row(2, priority=5)
    row(3, priority=1, due_at=NOW - dt.timedelta(hours=2))
    assert [held.message_id for held in claim(limit=2)] == ["<3@x>", "<2@x>"]


@pytest.mark.django_db
def test_a_row_given_back_is_due_again_at_its_time() -> None:
    row()
    (held,) = claim()
    later = NOW + dt.timedelta(minutes=1)
    assert leases.give_back(held, later, "try again")
    assert claim(now=NOW) == []
    assert claim(now=later)[0].last_error == "try again"


@pytest.mark.django_db(transaction=True)
def test_claimers_in_parallel_never_share_a_row() -> None:
    OutboxMail.objects.bulk_create(
        OutboxMail(to="a@example.com", subject="s", body="b", lane="mail", due_at=NOW, created_at=NOW, message_id=f"<{number}@x>")
        for number in range(120)
    )
    taken: list[str] = []

    def work(owner: str) -> None:
        try:
            while rows := claim(owner, limit=7):
                taken.extend(held.pk for held in rows)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"owner {number}",)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(taken) == len(set(taken)) == 120


@pytest.mark.django_db
def test_a_module_that_runs_alone_changes_hands_only_when_its_lease_is_over() -> None:
    ten = dt.timedelta(seconds=10)
    first = leases.hold("seal", "one", NOW, ten)
    assert first is not None
    assert leases.hold("seal", "two", NOW + dt.timedelta(seconds=9), ten) is None
    assert leases.hold("seal", "one", NOW + dt.timedelta(seconds=9), ten) == first
    assert leases.hold("seal", "two", NOW + dt.timedelta(seconds=19), ten) == first + 1
    assert leases.hold("seal", "one", NOW + dt.timedelta(seconds=20), ten) is None
    leases.release("two")
    assert leases.hold("seal", "one", NOW + dt.timedelta(seconds=20), ten) == first + 2


@pytest.mark.django_db
def test_the_lease_of_a_dead_process_does_not_outlive_a_clock_that_was_set_back() -> None:
    ten = dt.timedelta(seconds=10)
    first = leases.hold("audit", "dead", NOW + dt.timedelta(days=1), ten)
    assert first is not None
    assert leases.hold("audit", "new", NOW, ten) == first + 1
