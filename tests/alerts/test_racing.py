"""The same problem told at the same moment, in many transactions: one open alert; and rows that break what reads them."""

from __future__ import annotations

import datetime as dt
import json
import threading

import pytest
from django.db import connection

from tests import company
from tocsin.alerts import commands, jobs, rules
from tocsin.alerts.commands import Arrival
from tocsin.alerts.models import Alert, IntakeEvent, IntegrationKey
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.eventlog import events
from tocsin.core.ids import new_id
from tocsin.core.models import Event
from tocsin.core.work import leases

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(now: dt.datetime) -> IntegrationKey:
    return commands.create_key(SYSTEM, company.service(), kind="generic", name="cron", now=now)[0]


def arrive(key: IntegrationKey, now: dt.datetime, *bodies: object) -> None:
    commands.receive(
        [
            Arrival(new_id("evt"), key.id, json.dumps(body).encode(), now + dt.timedelta(milliseconds=n))
            for n, body in enumerate(bodies)
        ]
    )


@pytest.mark.req("PAG-01")
def test_the_same_problem_told_in_parallel_is_one_open_alert(key: IntegrationKey, now: dt.datetime) -> None:
    errors: list[Exception] = []
    barrier = threading.Barrier(6)

    def tell(number: int) -> None:
        try:
            barrier.wait(10)
            for turn in range(5):
                commands.trigger(SYSTEM, key.service, title="It burns", source="x", dedup_key=f"k{turn}", now=now)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=tell, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert Alert.objects.count() == 5
    assert set(Alert.objects.values_list("event_count", flat=True)) == {6}
    assert sorted(Alert.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_two_engines_understand_each_row_once(key: IntegrationKey, now: dt.datetime) -> None:
    arrive(key, now, *({"title": f"Problem {number % 7}"} for number in range(60)))
    later = now + dt.timedelta(seconds=1)

    def work() -> None:
        try:
            while jobs.understand(later):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Alert.objects.count() == 7
    assert sum(Alert.objects.values_list("event_count", flat=True)) == 60
    assert set(IntakeEvent.objects.values_list("work_state", flat=True)) == {IntakeEvent.DONE}


def test_rows_of_one_problem_in_one_commit_tell_its_whole_story(key: IntegrationKey, now: dt.datetime) -> None:
    said = [{"title": "Disk", "dedup_key": "d", "status": status} for status in ("firing", "firing", "resolved", "firing")]
    arrive(key, now, *said)
    jobs.understand(now + dt.timedelta(seconds=1))
    first, second = Alert.objects.order_by("number")
    assert (first.status, first.event_count, second.status, second.event_count) == ("resolved", 3, "triggered", 1)
    names = Event.objects.filter(name__startswith="alert.").order_by("id").values_list("name", "subject")
    assert list(names) == [("alert.triggered", first.id), ("alert.resolved", first.id), ("alert.triggered", second.id)]


def test_a_row_that_breaks_its_commit_costs_the_others_nothing(key: IntegrationKey, now: dt.datetime) -> None:
    arrive(key, now, {"title": "One"}, ["no", "document"], {"title": "Two"})
    jobs.understand(now + dt.timedelta(seconds=1))
    titles = Alert.objects.order_by("number").values_list("title", flat=True)
    assert [title.split()[0] for title in titles] == ["One", "cron", "Two"]
    states = IntakeEvent.objects.order_by("received_at").values_list("work_state", flat=True)
    assert list(states) == [IntakeEvent.DONE, IntakeEvent.FAILED, IntakeEvent.DONE]


@pytest.mark.req("PAG-12")
def test_a_row_that_fails_three_times_ends_and_its_raw_text_pages(key: IntegrationKey, now: dt.datetime) -> None:
    arrive(key, now, {"title": "Poison"})
    IntegrationKey.objects.filter(pk=key.pk).update(kind="no-such-kind")
    at = now + dt.timedelta(seconds=1)
    for _ in range(3):
        jobs.understand(at)
        at += dt.timedelta(seconds=1)
    assert set(IntakeEvent.objects.values_list("work_state", "tries")) == {(IntakeEvent.FAILED, 3)}
    alert = Alert.objects.get()
    assert (alert.status, alert.event_count) == (Alert.TRIGGERED, 1)
    assert "Poison" in alert.description


def test_a_row_that_takes_its_worker_down_is_not_tried_for_ever(key: IntegrationKey, now: dt.datetime) -> None:
    arrive(key, now, {"title": "Killer"})
    at = now + dt.timedelta(seconds=1)
    for _ in range(rules.MAX_BEGUN):
        (row,) = leases.claim(IntakeEvent, lane="intake", owner="dies", now=at, limit=1)
        commands.intake.begin(row)
        at += leases.LEASE
    jobs.understand(at)
    assert IntakeEvent.objects.get().work_state == IntakeEvent.FAILED
    assert "Killer" in Alert.objects.get().description


def test_rows_that_were_in_hand_at_several_kills_are_not_given_up(key: IntegrationKey, now: dt.datetime) -> None:
    arrive(key, now, *({"title": f"Innocent {number}"} for number in range(5)))
    at = now + dt.timedelta(seconds=1)
    for _ in range(30):
        assert len(leases.claim(IntakeEvent, lane="intake", owner="dies", now=at, limit=50)) == 5
        at += leases.LEASE
    jobs.understand(at)
    assert set(IntakeEvent.objects.values_list("work_state", flat=True)) == {IntakeEvent.DONE}
    assert set(Alert.objects.values_list("title", flat=True)) == {f"Innocent {number}" for number in range(5)}


def test_rows_that_are_given_up_page_each_by_itself_and_the_same_body_once(key: IntegrationKey, now: dt.datetime) -> None:
    arrive(key, now, ["one"], ["two"], ["one"])
    jobs.understand(now + dt.timedelta(seconds=1))
    assert sorted(Alert.objects.values_list("event_count", flat=True)) == [1, 2]
    assert Event.objects.filter(name="alert.triggered").count() == 2


def test_a_row_that_cannot_even_be_given_up_keeps_no_other_one_waiting(
    key: IntegrationKey, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(event: Event, actor: Actor) -> None:
        if "cannot read" in event.data["title"] or "Poison" in event.data["title"]:
            raise RuntimeError("a room above has a fault")

    monkeypatch.setitem(events._handlers, "alert.triggered", [refuse])
    arrive(key, now, {"title": "Poison"})
    IntakeEvent.objects.update(tries=2, last_error="a fault")
    at = now + dt.timedelta(seconds=1)
    arrive(key, at, {"title": "Good"})
    jobs.understand(at)
    assert list(Alert.objects.values_list("title", flat=True)) == ["Good"]
    assert IntakeEvent.objects.get(received_at=now).work_state == IntakeEvent.LEASED, "and it is tried again"


def test_the_result_of_a_worker_that_lost_its_lease_leaves_no_trace(key: IntegrationKey, now: dt.datetime) -> None:
    arrive(key, now, {"title": "Once"})
    at = now + dt.timedelta(seconds=1)
    (zombie,) = leases.claim(IntakeEvent, lane="intake", owner="zombie", now=at, limit=1)
    jobs.understand(at + leases.LEASE)
    with pytest.raises(commands.intake.LostLease):
        commands.understand([zombie], now=at + leases.LEASE)
    assert Alert.objects.get().event_count == 1
