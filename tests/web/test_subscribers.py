"""Subscribing in the browser, without a script: nothing is told to whoever asks, everything to whoever reads the address."""

from __future__ import annotations

import math
import random
import statistics
import time

import pytest
from django.test import Client

from tests.incidents import given
from tests.statuspages import readers
from tests.statuspages.post import arrives
from tests.web.walk import signed_in
from tocsin.core import clock
from tocsin.core.models import OutboxMail
from tocsin.statuspages.subscribers import commands, tokens
from tocsin.statuspages.subscribers.commands import asking as engine
from tocsin.statuspages.subscribers.models import Ask, Subscriber
from tocsin.web.gate.asking import FREE, Asking, asking

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(settings):
    arrives(settings)
    return given.house()


@pytest.fixture(autouse=True)
def patient():
    asking._asked.clear()
    yield
    asking._asked.clear()


def text(answer) -> str:
    return answer.content.decode()


def test_asking_confirming_choosing_and_leaving_need_no_script_no_cookie_and_no_sign_in(there):
    payments = readers.part("Payments")
    client = Client(enforce_csrf_checks=True)
    page = client.get("/status/subscribe")
    assert "<script" not in text(page)
    assert len(page.content) < 25_000
    answer = client.post("/status/subscribe", {"channel": "mail", "address": "rita@example.net", "parts": [payments.pk]})
    assert (answer.status_code, "Look into your mail" in text(answer)) == (200, True)
    engine.answer(clock.now())
    mail = OutboxMail.objects.get()
    link = next(word for word in mail.body.split() if "/subscription/" in word).partition("example.com")[2]
    assert "Do you want to hear" in text(client.get(link))
    assert Subscriber.objects.get(address="rita@example.net").confirmed_at is None, "a look changes nothing"
    done = client.post(link, {"chooses": "1", "parts": [payments.pk], "do": "confirm"})
    assert "You are told of this page" in text(done)
    rita = Subscriber.objects.get(address="rita@example.net")
    assert [one.pk for one in rita.parts.all()] == [payments.pk]
    assert "r…@example.net" in text(client.get(link)), "whoever looks over a shoulder does not read the address"
    assert "not there any more" in text(client.post(link, {"chooses": "1", "parts": ["cmp_x"]}))
    assert "You hear no more" in text(client.post(link, {"do": "leave"}))
    assert "You hear no more" in text(client.get(link))
    assert not client.cookies


def test_one_click_leaves_and_looking_does_not(there):
    rita = readers.subscriber()
    way_out, client = f"/status/unsubscribe/{tokens.token(rita.pk)}", Client(enforce_csrf_checks=True)
    assert "Hear no more of this page?" in text(client.get(way_out))
    assert Subscriber.objects.exists()
    for _ in range(2):
        answer = client.post(way_out, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 200
        assert not Subscriber.objects.exists()
    assert client.post("/status/unsubscribe/" + "x" * 43).status_code == 404
    assert client.get("/status/subscription/sbr_x-y").status_code == 404


def test_whoever_asks_sees_the_same_bytes_whomever_they_ask_for(there):
    """R24."""
    readers.subscriber("known@example.net")
    stopped = readers.subscriber("stopped@example.net")
    for minute in range(3):
        commands.refused(stopped.pk, "550 5.1.1 no such user", final=True, now=given.later(minute))
    readers.asked("waiting@example.net")
    answers = []
    for name in ("known", "stopped", "waiting", "nobody", "odd+tag.of"):
        answer = Client().post("/status/subscribe", {"channel": "mail", "address": f"{name}@example.net"})
        answers.append((answer.status_code, answer.content, sorted(answer.headers.items())))
    assert all(one == answers[0] for one in answers)


def test_one_client_asks_only_so_often(there):
    client = Client()
    for number in range(FREE):
        assert client.post("/status/subscribe", {"address": f"a{number}@example.net"}).status_code == 200
    late = client.post("/status/subscribe", {"address": "late@example.net"})
    assert (late.status_code, late["Retry-After"]) == (429, "600")
    assert Ask.objects.count() == FREE


def test_a_household_is_one_client():
    counted = Asking()
    for number in range(FREE):
        assert counted.may(f"2001:db8::{number:x}", 0.0)
    assert not counted.may("2001:db8::ffff", 1.0)
    assert counted.may("2001:db8:0:1::1", 1.0)
    assert counted.may("2001:db8::ffff", 601.0)


@pytest.mark.parametrize("address", ["", "no", "a\r\nBcc: b@example.net", "<script>@x", "a@" + "b" * 600])
def test_what_is_no_address_is_refused_at_its_field(there, address):
    answer = Client().post("/status/subscribe", {"address": address})
    assert answer.status_code == 422
    assert 'id="address-err"' in text(answer)
    assert "<script" not in text(answer)


def test_the_page_leads_there(there):
    assert 'href="/status/subscribe"' in text(Client().get("/status"))


def test_administrators_see_add_clear_import_and_export(there):
    root, payments = signed_in(there.root), readers.part("Payments")
    assert "Nobody outside" in text(root.get("/admin/subscribers"))
    assert root.post("/admin/subscribers/add", {"address": "rita@example.net"}).status_code == 422, "nobody said that she agreed"
    root.post("/admin/subscribers/add", {"address": "rita@example.net", "consent": "1", "parts": [payments.pk]})
    rita = Subscriber.objects.get()
    for minute in range(3):
        commands.refused(rita.pk, "550 5.1.1 no such user", final=True, now=given.later(minute))
    assert "550 5.1.1 no such user" in text(root.get("/admin/subscribers?state=stopped"))
    assert "Nobody has this address" in text(root.get("/admin/subscribers?q=zoe@example.net"))
    root.post(f"/admin/subscribers/{rita.pk}", {"do": "clear"})
    lines = "address,parts\nrita@example.net\nzoe@example.net,Payments\nnobody\n=cmd@example.net,Nothing\n"
    checked = root.post("/admin/subscribers/import", {"text": lines, "do": "check"})
    assert "Import 1" in text(checked)
    assert "<td>Write a mail address" in text(checked)
    assert root.post("/admin/subscribers/import", {"text": lines, "do": "import"}).status_code == 422
    assert Subscriber.objects.count() == 1
    root.post("/admin/subscribers/import", {"text": lines, "do": "import", "consent": "1"})
    assert Subscriber.objects.count() == 2
    assert not OutboxMail.objects.exists(), "who consented is not asked again"
    out = b"".join(root.get("/admin/subscribers/export").streaming_content).decode()
    assert "zoe@example.net,Payments,confirmed," in out
    root.post(f"/admin/subscribers/{rita.pk}", {"do": "remove"})
    assert Subscriber.objects.count() == 1


def test_how_far_an_update_is_stands_where_it_was_published(there):
    readers.subscriber()
    incident = given.fixing(there)
    readers.said(there, incident)
    readers.walk()
    root = signed_in(there.root)
    assert "0 of 1 told, going on" in text(root.get("/admin/subscribers"))
    assert "0 of 1 told, going on" in text(signed_in(there.ben).get(f"/{incident.key}/update"))


def spans(each: int) -> tuple[list[float], list[float]]:
    """Seconds of so many answers about addresses that are subscribed, and about ones that nobody knows.

    Which address is asked for is drawn: taken in turns, what a process does every so often falls on one kind alone, and two
    addresses differ in more than who knows them.
    """
    draw = random.Random(24)
    addresses = [f"reader.{number}@example.net" for number in range(400)]
    known, nobody = set(addresses[::2]), addresses[1::2]
    for address in known:
        readers.subscriber(address)
    asked = [*draw.choices(sorted(known), k=each), *draw.choices(nobody, k=each)]
    draw.shuffle(asked)
    taken: dict[bool, list[float]] = {True: [], False: []}
    client = Client()
    for number, address in enumerate([*asked[:20], *asked]):
        asking._asked.clear()
        began = time.perf_counter()
        client.post("/status/subscribe", {"channel": "mail", "address": address})
        if number >= 20:
            taken[address in known].append(time.perf_counter() - began)
    return taken[True], taken[False]


def test_whoever_asks_waits_as_long_whomever_they_ask_for(there):
    """R24, loosely: the soak asks ten thousand times."""
    known, nobody = map(statistics.median, spans(40))
    assert 0.6 < known / nobody < 1.7


@pytest.mark.soak
def test_ten_thousand_answers_do_not_tell_whom_they_are_about(there):
    """R24: Welch's t-test; with so many the normal distribution stands for t."""
    known, nobody = spans(5_000)
    spread = math.sqrt(statistics.variance(known) / len(known) + statistics.variance(nobody) / len(nobody))
    t = abs(statistics.fmean(known) - statistics.fmean(nobody)) / spread
    assert math.erfc(t / math.sqrt(2)) > 0.01
