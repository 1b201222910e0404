"""The door for mail: what it says to a caller, over a real connection."""

from __future__ import annotations

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.acceptance.installation import free_port
from tests.statuspages import post
from tocsin.statuspages.arriving.models import IncomingMail
from tocsin.web import mail_in
from tocsin.web.mail_in import MailIn

pytestmark = pytest.mark.django_db(transaction=True)
HELLO = b"From: sven@example.com\r\nSubject: x\r\n\r\nHit?\r\n"


@pytest.fixture
def place(settings: Any) -> Iterator[int]:
    """The port of a door that is open until the test ends."""
    port = free_port()
    post.arrives(settings, mail_in=f"127.0.0.1:{port}")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    door = MailIn(settings.TOCSIN)
    asyncio.run_coroutine_threadsafe(door.start(), loop).result(10)
    yield port
    asyncio.run_coroutine_threadsafe(door.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def send(port: int, content: bytes = HELLO, to: str = post.ADDRESS, sender: str = "sven@example.com") -> int:
    """The code that the caller hears last."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20, local_hostname="mx.example.com") as caller:
        try:
            caller.sendmail(sender, [to], content)
        except smtplib.SMTPRecipientsRefused as refused:
            return next(iter(refused.recipients.values()))[0]
        except smtplib.SMTPResponseException as refused:
            return refused.smtp_code
    return 250


@pytest.mark.req("SYS-12")
def test_a_mail_is_kept_before_it_is_accepted(place: int) -> None:
    assert send(place) == 250
    row = IncomingMail.objects.get()
    assert (bytes(row.raw), row.envelope_from, row.envelope_to) == (HELLO, "sven@example.com", [post.ADDRESS])
    assert send(place, sender="") == 250
    assert send(place, to=post.SUPPORT) == 250
    assert send(place, to=post.ADDRESS.replace("@", "+anything@")) == 250


@pytest.mark.parametrize("to", ["somebody@else.example", "root@tocsin.example.com", "incidents@else.example"])
def test_it_is_nobodys_relay(place: int, to: str) -> None:
    assert send(place, to=to) == 550
    assert not IncomingMail.objects.exists()


def test_a_mail_that_is_too_large_is_refused_whole(place: int) -> None:
    assert send(place, HELLO + (b"x" * 76 + b"\r\n") * 1_000) == 250
    assert send(place, HELLO + (b"x" * 76 + b"\r\n") * (mail_in.LARGEST // 78 + 1)) == 552
    assert IncomingMail.objects.count() == 1


def test_a_mail_that_cannot_be_written_stays_with_its_sender(place: int) -> None:
    table = IncomingMail._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO away")
    try:
        assert send(place) == 451
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE away RENAME TO {table}")
    assert send(place) == 250
    assert IncomingMail.objects.count() == 1


def test_a_place_that_is_taken_stops_nothing_else(place: int, settings: Any) -> None:
    second = MailIn(settings.TOCSIN)
    asyncio.run(second.start())
    asyncio.run(second.stop())
    assert send(place) == 250
