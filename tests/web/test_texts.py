"""Subscribing a telephone in the browser, without a script: the field is there once a gateway is, the code is typed on the page."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.incidents import given
from tests.statuspages import readers
from tests.statuspages.post import arrives
from tests.statuspages.test_texts import NUMBER, Phones, gateway, wrong
from tests.web.walk import signed_in
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.statuspages.pages import commands as pages
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.subscribers import commands, ports, tokens
from tocsin.statuspages.subscribers.commands import asking as engine
from tocsin.statuspages.subscribers.jobs import delivering
from tocsin.statuspages.subscribers.models import TEXTS, Ask, Subscriber
from tocsin.web.gate import asking as patience

pytestmark = pytest.mark.django_db
CODE = "/status/subscribe/code"


@pytest.fixture
def there(settings):
    arrives(settings)
    return given.house()


@pytest.fixture
def phones(monkeypatch):
    made = Phones()
    monkeypatch.setitem(ports.channels, "sms", made)
    return made


@pytest.fixture(autouse=True)
def patient():
    for counted in (patience.asking, patience.texting):
        counted._asked.clear()
    yield
    for counted in (patience.asking, patience.texting):
        counted._asked.clear()


@pytest.fixture
def page(there):
    made = gateway()
    page = several.first("external")
    answer = signed_in(there.root).post("/admin/status-pages/external", {**looks(page), "text_gateway": made.id})
    assert answer.status_code == 302
    return several.first("external")


def looks(page) -> dict[str, str]:
    return {"name": page.name, "language": page.language, "zone": page.zone, "host": "", "position": "0"}


def text(answer) -> str:
    return answer.content.decode()


def sent() -> None:
    engine.answer(clock.now())
    now = clock.now()
    rows = readers.leases.claim(readers.Notice, lane=TEXTS, owner="test", now=now, limit=20)
    delivering.settle(rows, delivering.by_call(rows, now), now)


def test_the_field_is_there_once_a_gateway_is(there):
    client = Client()
    assert 'value="sms"' not in text(client.get("/status/subscribe"))
    assert client.get(CODE).status_code == 404
    assert client.post("/status/subscribe", {"channel": "sms", "address": NUMBER}).status_code == 422


def test_a_number_is_asked_for_and_its_code_typed_without_a_script_or_a_cookie(page, phones):
    client = Client(enforce_csrf_checks=True)
    assert 'value="sms"' in text(client.get("/status/subscribe"))
    asked = text(client.post("/status/subscribe", {"channel": "sms", "address": NUMBER}))
    assert "Look at your telephone" in asked
    assert f'action="{CODE}"' in asked
    assert f'value="{NUMBER}"' in asked
    sent()
    refused = client.post(CODE, {"address": NUMBER, "code": wrong(phones.code)})
    assert refused.status_code == 422
    assert 'id="code-err"' in text(refused)
    code = phones.code
    done = client.post(CODE, {"address": NUMBER, "code": f"{code[:3]} {code[3:]}"}, follow=True)
    assert "You are told of this page" in text(done)
    assert "+43…67" in text(done)
    assert Subscriber.objects.get().confirmed_at
    assert client.get(CODE).status_code == 200
    assert not client.cookies


def test_whoever_asks_or_guesses_sees_the_same_bytes_whomever_it_is_for(page, phones):
    """R24."""
    commands.add(SYSTEM, channel="sms", address="+436605550001", page=page, now=given.later(0))
    engine.ask("sms", "+436605550002", page=page, now=clock.now())
    sent()
    asked, guessed = set(), set()
    for number in ("+436605550001", "+436605550002", "+436605550003"):
        answer = Client().post("/status/subscribe", {"channel": "sms", "address": number})
        asked.add((answer.status_code, answer.content.replace(number.encode(), b"")))
        answer = Client().post(CODE, {"address": number, "code": wrong(phones.code)})
        guessed.add((answer.status_code, answer.content.replace(number.encode(), b"")))
    assert (len(asked), len(guessed)) == (1, 1)


def test_one_client_asks_for_few_texts(page, phones):
    client = Client()
    for number in range(patience.TEXTS):
        assert client.post("/status/subscribe", {"channel": "sms", "address": f"+43660555000{number}"}).status_code == 200
    late = client.post("/status/subscribe", {"channel": "sms", "address": "+436605550009"})
    assert (late.status_code, late["Retry-After"]) == (429, "600")
    assert client.post("/status/subscribe", {"address": "rita@example.net"}).status_code == 200
    assert Ask.objects.count() == patience.TEXTS + 1


def test_a_page_says_what_is_wrong_in_its_language(page, phones):
    pages.change_page(SYSTEM, page, language="de", now=given.later(0))
    client = Client()
    for fields, said in (
        ({"channel": "sms", "address": "0660"}, "Bitte die Nummer mit + und Landesvorwahl angeben"),
        ({"channel": "mail", "address": "rita"}, "Bitte eine E-Mail-Adresse"),
        ({"channel": "mail", "address": "a@" + "b" * 600}, "Bitte eine E-Mail-Adresse"),
        ({"channel": "pigeon", "address": "x"}, "Bitte einen der angebotenen Wege"),
    ):
        answer = text(client.post("/status/subscribe", fields))
        assert said in answer
        assert "Nicht übernommen." in answer
        assert "Write " not in answer
        assert "Too long" not in answer
    assert "Dieser Code stimmt nicht" in text(client.post(CODE, {"address": NUMBER, "code": "123456"}))


def test_the_text_ends_by_a_press_and_not_by_a_look(page, phones):
    one = commands.add(SYSTEM, channel="sms", address=NUMBER, page=page, now=given.later(0))
    way_out = f"/status/unsubscribe/{tokens.token(one.pk)}"
    Client().get(way_out)
    assert Subscriber.objects.exists()
    Client().post(way_out)
    assert not Subscriber.objects.exists()


def test_administrators_subscribe_and_look_up_a_number(there, page):
    root = signed_in(there.root)
    root.post("/admin/subscribers/add", {"address": NUMBER, "consent": "1"})
    assert Subscriber.objects.get().channel == "sms"
    assert "+436601234567" in text(root.get("/admin/subscribers", {"q": NUMBER}))
