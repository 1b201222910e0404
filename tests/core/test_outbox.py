"""The outbox: one mail for each key, tried again while that can help, ended with an event when it cannot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from django.db import transaction

from tests.waiting import until
from tocsin.core import ports
from tocsin.core.models import Event, OutboxMail
from tocsin.core.ports import Delivery
from tocsin.core.store import facts
from tocsin.core.work import outbox
from tocsin.core.work.outbox import Deliverer

pytestmark = pytest.mark.django_db(transaction=True)


class Post:
    """A mail server that answers what it is told to."""

    def __init__(self) -> None:
        self.answers: list[Delivery] = []
        self.got: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> Delivery:
        self.got.append(message)
        return self.answers.pop(0) if self.answers else Delivery(ok=True, answer="250 ok")


class Broken:
    """A transport with a fault of ours."""

    def send(self, message: EmailMessage) -> Delivery:
        raise RuntimeError("a fault of ours")


@pytest.fixture
def post() -> Iterator[Post]:
    before = ports.mail._transport
    post = Post()
    ports.mail.wire(post)
    yield post
    ports.mail.wire(before)


@pytest.fixture
def deliverer() -> Iterator[Deliverer]:
    made = Deliverer(workers=2)
    yield made
    made.close()


def put(now: dt.datetime, key: str = "k", **changes: str) -> OutboxMail:
    with transaction.atomic():
        mail = {"to": "ada@example.com", "subject": "Invitation", "body": "Come in"} | changes
        return outbox.enqueue(mail["to"], mail["subject"], mail["body"], now=now, key=key)


def run(deliverer: Deliverer, now: dt.datetime) -> None:
    """Deliver what is due and wait for the results."""
    deliverer.tick(now)
    until(lambda: deliverer._busy == 0, within=10, what="the mails are still being sent")


def test_a_mail_is_sent_once_with_its_own_message_id(post: Post, deliverer: Deliverer, now: dt.datetime) -> None:
    row = put(now)
    assert put(now).pk == row.pk
    run(deliverer, now)
    run(deliverer, now)
    assert [message["Message-ID"] for message in post.got] == [row.message_id]
    row.refresh_from_db()
    assert (row.work_state, row.sent_at) == (OutboxMail.DONE, now)


def test_a_mail_of_a_command_that_is_rolled_back_never_existed(post: Post, deliverer: Deliverer, now: dt.datetime) -> None:
    with transaction.atomic():
        put(now)
        transaction.set_rollback(True)
    run(deliverer, now)
    assert post.got == []


def test_a_passing_trouble_is_tried_again_later_with_the_same_id(post: Post, deliverer: Deliverer, now: dt.datetime) -> None:
    row = put(now)
    post.answers = [Delivery(ok=False, answer="451 greylisted")]
    run(deliverer, now)
    row.refresh_from_db()
    assert (row.work_state, row.last_error) == (OutboxMail.DUE, "451 greylisted")
    assert dt.timedelta(seconds=4) <= row.due_at - now <= dt.timedelta(seconds=6)
    run(deliverer, row.due_at)
    assert len({message["Message-ID"] for message in post.got}) == 1
    assert len(post.got) == 2


def test_a_final_refusal_ends_the_mail_and_is_told(post: Post, deliverer: Deliverer, now: dt.datetime) -> None:
    row = put(now)
    post.answers = [Delivery(ok=False, answer="550 no such user", permanent=True)]
    run(deliverer, now)
    row.refresh_from_db()
    assert row.work_state == OutboxMail.FAILED
    event = Event.objects.get(name=outbox.FAILED)
    assert event.data == {"to": "ada@example.com", "subject": "Invitation", "answer": "550 no such user"}


def test_after_a_day_of_trying_a_mail_ends(post: Post, deliverer: Deliverer, now: dt.datetime) -> None:
    row = put(now)
    post.answers = [Delivery(ok=False, answer="timeout")]
    run(deliverer, now + dt.timedelta(hours=24))
    row.refresh_from_db()
    assert row.work_state == OutboxMail.FAILED


def test_an_address_that_cannot_be_one_ends_without_reaching_the_server(post: Post, deliverer: Deliverer, now: dt.datetime) -> None:
    row = put(now, to="ada@example.com\r\nBcc: eve@example.com")
    run(deliverer, now)
    row.refresh_from_db()
    assert (row.work_state, post.got) == (OutboxMail.FAILED, [])


def test_a_line_break_in_a_subject_becomes_a_blank(post: Post, deliverer: Deliverer, now: dt.datetime) -> None:
    put(now, subject="Disk full\r\nBcc: eve@example.com")
    run(deliverer, now)
    assert post.got[0]["Subject"] == "Disk full Bcc: eve@example.com"
    assert post.got[0]["Bcc"] is None


def test_a_restored_installation_on_hold_mails_nobody(post: Post, deliverer: Deliverer, now: dt.datetime) -> None:
    put(now)
    facts.put("hold", True)
    run(deliverer, now)
    assert post.got == []


def test_the_pause_doubles_up_to_half_an_hour() -> None:
    pauses = [outbox.pause(tries, luck=0.5) for tries in (1, 2, 3, 12, 500)]
    assert [pause.total_seconds() for pause in pauses] == [5, 10, 20, 1800, 1800]
    assert outbox.pause(1, luck=0.0) < pauses[0] < outbox.pause(1, luck=1.0)


def test_a_fault_in_the_transport_is_tried_again_with_a_pause(post: Post, deliverer: Deliverer, now: dt.datetime) -> None:
    put(now)
    ports.mail.wire(Broken())
    run(deliverer, now)
    row = OutboxMail.objects.get()
    assert (row.work_state, row.tries) == (OutboxMail.DUE, 1)
    assert "fault in the mail transport" in row.last_error
