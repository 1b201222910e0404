"""Several engines, dead processes, rows that cannot be worked on, clocks that jump."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections import Counter

import pytest
from django.db import DataError, connection

from tests import company
from tests.paging.world import LATER, OK, AtOnce, HandEngine, Outside, fire, house
from tocsin.alerts import commands as alerts
from tocsin.alerts.models import Alert
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.errors import Conflict
from tocsin.core.eventlog import events as log
from tocsin.core.models import Event, OutboxMail
from tocsin.core.ports import Delivery
from tocsin.core.work import leases
from tocsin.directory import commands as directory
from tocsin.paging import commands, ports, queries
from tocsin.paging.commands import ending, results, steps
from tocsin.paging.commands.escalations import start_escalation
from tocsin.paging.commands.results import Result
from tocsin.paging.jobs import advance, expire
from tocsin.paging.jobs.deliver import Sender
from tocsin.paging.models import Attempt, Escalation, Page

SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)


@pytest.mark.django_db
def test_a_process_that_comes_back_after_its_lease_changes_nothing(now, mail, engine):
    """F04: the first worker sleeps past its lease; the second one's result counts."""
    fire(house().service, now)
    advance.tick(now)
    (zombie,) = leases.claim(Attempt, lane="page-high", owner="first", now=now, limit=1)
    engine.run(now + 31 * SECOND)
    assert mail.reached == ["ada@example.com"]
    assert not results.failed(Result(zombie, LATER, now, now + MINUTE))
    assert results.sent([Result(zombie, Delivery(ok=True, answer="late"), now, now + MINUTE)]) == [zombie]
    attempt = Attempt.objects.get()
    assert (attempt.work_state, attempt.provider_answer, attempt.fence) == ("done", "250 taken", 2)


@pytest.mark.django_db
def test_a_step_of_a_zombie_is_rejected(now, mail, engine):
    fire(house().service, now)
    (zombie,) = leases.claim(Escalation, lane="escalation", owner="first", now=now, limit=1)
    engine.run(now + 31 * SECOND)
    with pytest.raises(steps.LostLease):
        steps.take_steps([zombie], now=now + MINUTE)
    assert Page.objects.count() == 1


@pytest.mark.django_db
def test_a_step_that_loses_against_an_acknowledgement_pages_nobody(now, mail, engine):
    """F30: the acknowledgement commits between the claim and the step."""
    alert = fire(house().service, now)
    (claimed,) = leases.claim(Escalation, lane="escalation", owner="one", now=now, limit=1)
    ending.stop(alert.id, "acknowledged", now=now)
    with pytest.raises(steps.LostLease):
        steps.take_steps([claimed], now=now)
    assert not Page.objects.exists()


@pytest.mark.django_db
def test_a_crash_between_the_provider_and_the_record_costs_one_repeat_with_the_same_key(now, mail, engine):
    """F03: the message left the house, the process died before the result was written."""
    fire(house().service, now)
    advance.tick(now)
    dead = Sender("page-high", width=8, owner="dead", pool=AtOnce)
    dead.tick(now)
    engine.run(now + 10 * SECOND)
    assert len(mail.sent) == 1, "the lease still holds"
    engine.run(now + 31 * SECOND)
    assert [message.idempotency_key for _, message in mail.sent] == [Attempt.objects.get().idempotency_key] * 2
    engine.run(now + 2 * MINUTE)
    assert len(mail.sent) == 2


@pytest.mark.django_db
def test_a_step_that_fails_three_times_pages_the_last_resort_and_delays_nobody(now, mail, engine):
    place = house()
    fire(place.service, now, key="bad")
    Escalation.objects.update(snapshot={"steps": "nonsense"})
    fire(place.service, now, key="good")
    engine.run(now)
    assert mail.reached == ["ada@example.com"], "the good one at once"
    engine.run_until(now, now + 10 * SECOND, every=SECOND)
    assert mail.reached == ["ada@example.com", "imogen@example.com"]
    assert Event.objects.filter(name="escalation.quarantined").count() == 1


@pytest.mark.django_db
def test_a_channel_that_breaks_is_left_after_three_tries_and_delays_nobody(now, mail, engine):
    place = house(wait=30)

    def answer(message):
        if message.to.startswith("ada"):
            raise RuntimeError("a fault of ours")
        return Delivery(ok=True, answer="250 taken")

    mail.answer = answer
    other = company.service("search", company.team("Search"))
    fire(place.service, now)
    fire(other, now)
    engine.run(now)
    assert mail.reached == ["imogen@example.com"]
    engine.run_until(now, now + MINUTE, every=2 * SECOND)
    attempt = Attempt.objects.get(to="ada@example.com")
    assert (attempt.work_state, attempt.tries) == ("failed", 3)
    assert place.ada.contact_methods.get().broken_at is None, "the address is not to blame"
    assert "ben@example.com" in mail.reached


@pytest.mark.django_db
def test_a_clock_that_is_set_back_does_not_make_people_wait(now, mail, engine):
    fire(house(wait=5).service, now)
    engine.run(now)
    expire.tick(now)
    back = now - dt.timedelta(hours=1)
    expire.tick(back)
    engine.run(back + 5 * MINUTE + SECOND)
    assert mail.reached == ["ada@example.com", "ben@example.com"]
    expire._Seen.last = None


@pytest.mark.django_db
def test_a_clock_that_was_set_back_while_nothing_ran_does_not_make_people_wait(now, mail, engine):
    """The machine comes back with an older time than it died with: the event log knows better."""
    fire(house(wait=5).service, now)
    engine.run(now)
    raw = OutboxMail.objects.create(to="a@b.c", subject="s", body="b", lane="mail", due_at=now, created_at=now, message_id="<1@x>")
    back = now - dt.timedelta(hours=1)
    expire._Seen.last = None
    expire.tick(back)
    expire._Seen.last = None
    engine.run(back + 5 * MINUTE + SECOND)
    assert mail.reached == ["ada@example.com", "ben@example.com"]
    raw.refresh_from_db()
    assert raw.due_at <= back


@pytest.mark.django_db
@pytest.mark.parametrize("ok", [True, False])
def test_a_result_that_the_store_refuses_for_good_does_not_send_the_message_again(now, mail, engine, monkeypatch, ok):
    fire(house().service, now)
    mail.answer = lambda message: Delivery(ok=ok, answer="250 taken" if ok else "421 later")

    def refuse(event, actor):
        raise DataError("this text cannot be stored")

    monkeypatch.setitem(log._handlers, "page.sent" if ok else "page.attempt_failed", [refuse])
    engine.run(now)
    engine.run(now + 40 * SECOND)
    assert list(mail.tried.values()) == [1]
    assert Attempt.objects.get().work_state == ("done" if ok else "failed")


def race(count: int, work) -> None:
    """Run the same work in several threads that begin together; each closes its own connection."""
    gate, failures = threading.Barrier(count), []

    def run(number: int) -> None:
        try:
            gate.wait()
            work(number)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.django_db(transaction=True)
def test_three_engines_over_many_rows_send_each_message_once(now):
    """F05."""
    place = house()
    for number in range(60):
        start_escalation(SYSTEM, f"inc_{number}", {"title": str(number)}, policy=place.service.cover.policy, now=now)
    mail = Outside()
    before = dict(ports.channels)
    ports.channels.clear()
    ports.channels[ports.EMAIL] = mail

    def engine(number: int) -> None:
        sender = Sender("page-high", width=5, owner=f"engine-{number}", pool=AtOnce)
        idle = 0
        while idle < 5:
            done = advance.tick(now, owner=f"engine-{number}") + sender.tick(now)
            idle = 0 if done else idle + 1

    try:
        race(3, engine)
        HandEngine().run(now)
    finally:
        ports.channels.clear()
        ports.channels.update(before)
    assert len(mail.sent) == Page.objects.count() == 60
    assert Counter(mail.tried.values()) == {1: 60}
    assert set(Attempt.objects.values_list("work_state", flat=True)) == {"done"}


def answer_somehow(what: int, alert: Alert, ben: Actor, now: dt.datetime) -> None:
    page = Page.objects.filter(subject=alert.id, status__in=Page.OPEN).select_related("person").first()
    with contextlib.suppress(Conflict):
        if what == 0:
            alerts.resolve(SYSTEM, alert, now=now)
        elif what == 1 and page is not None:
            commands.acknowledge(None, page, via="link", now=now)
        elif what == 2:
            commands.escalate_now(ben, alert.id, now=now)
        elif page is not None:
            commands.pass_on(page, via="web", actor=ben, now=now)


@pytest.mark.django_db(transaction=True)
def test_answers_failures_and_steps_that_cross_leave_no_page_half_open(now):
    """F30: people acknowledge, resolve, pass on, escalate and leave while two engines step and half the messages fail."""
    place, root = house(wait=1), company.actor(company.administrator())
    fired = [fire(place.service, now, key=str(number)) for number in range(12)]
    mail = Outside(answer=lambda message: LATER if int(message.idempotency_key, 16) % 2 else OK)
    before = dict(ports.channels)
    ports.channels.clear()
    ports.channels[ports.EMAIL] = mail
    ben = company.actor(place.ben)

    def take_part(number: int, minute: int) -> None:
        instant = now + minute * MINUTE
        if number < 2:
            sender = Sender("page-high", width=5, owner=f"engine-{number}", pool=AtOnce)
            for _ in range(4):
                advance.tick(instant, owner=f"engine-{number}")
                sender.tick(instant + SECOND)
            sender.drain(instant + SECOND)
        else:
            for place_, alert in enumerate(fired[minute::3]):
                answer_somehow((place_ + number) % 4, alert, ben, instant)

    try:
        for minute in range(3):
            race(4, lambda number, minute=minute: take_part(number, minute))
        directory.deactivate(root, place.ada, now=now + 3 * MINUTE)
        for minute in range(3, 7):
            HandEngine().run(now + minute * MINUTE)
    finally:
        ports.channels.clear()
        ports.channels.update(before)
    stopped = Escalation.objects.filter(state="stopped")
    assert not Page.objects.filter(escalation__in=stopped, status__in=Page.OPEN).exists()
    assert not Attempt.objects.filter(page__escalation__in=stopped, work_state="leased").exists()
    assert not Page.objects.filter(person=place.ada, status__in=Page.OPEN).exists()
    told = Counter(message.idempotency_key for _, message in mail.sent)
    assert set(told.values()) <= {1}, "nobody got a message twice"
    sealed = queries.prove(now + 6 * MINUTE + 2 * SECOND).problems
    assert [line for line in sealed if "sealed" not in line] == []


@pytest.mark.django_db(transaction=True)
def test_real_threads_send_and_drain_before_the_process_ends(now, mail):
    place = house()
    for number in range(20):
        start_escalation(SYSTEM, f"inc_{number}", {"title": str(number)}, policy=place.service.cover.policy, now=now)
    advance.tick(now)
    held = threading.Event()

    def answer(message):
        held.wait(5)
        return Delivery(ok=True, answer="250 taken")

    mail.answer = answer
    sender = Sender("page-high", width=8)
    assert sender.tick(now) == 8
    assert sender.tick(now) == 0, "a provider that hangs fills its own places only"
    held.set()
    sender.drain(now)
    assert Attempt.objects.filter(work_state="done").count() == len(mail.sent) == 8
    assert Attempt.objects.filter(work_state="due").count() == 12


@pytest.mark.django_db(transaction=True)
def test_two_people_who_acknowledge_at_once_make_one_winner(now, mail):
    place = house()
    alert = fire(place.service, now)
    engine = HandEngine()
    engine.run(now)
    engine.run(now + 5 * MINUTE)
    pages = list(Page.objects.select_related("person").order_by("created_at"))
    race(2, lambda number: commands.acknowledge(None, pages[number], via="link", now=now + 6 * MINUTE))
    alert.refresh_from_db()
    states = {page.person_id: page.status for page in Page.objects.all()}
    assert sorted(states.values()) == ["acknowledged", "cancelled"]
    assert states[alert.acknowledged_by_id] == "acknowledged"
    assert queries.running(alert.id) == []
