"""Texts to telephones: a code typed where it was asked for, two segments at most, nobody bombed, nobody found out."""

from __future__ import annotations

import re

import pytest

from tests.incidents import given
from tests.statuspages import readers
from tests.statuspages.post import arrives
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Invalid
from tocsin.core.models import Event
from tocsin.core.ports import Delivery
from tocsin.directory import commands as directory
from tocsin.directory.models import Gateway
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.pages import commands as pages
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.subscribers import commands, ports, queries, rules, texts, tokens
from tocsin.statuspages.subscribers.commands import asking, carrying
from tocsin.statuspages.subscribers.jobs import delivering
from tocsin.statuspages.subscribers.models import TEXTS, CodeTry, Notice, Subscriber

pytestmark = pytest.mark.django_db
NUMBER = "+43 660 1234567"


class Phones:
    """A channel that keeps the texts it is given, and spells numbers as the real one."""

    name = "SMS"

    def __init__(self) -> None:
        self.got: list[ports.News] = []
        self.answer = Delivery(ok=True, answer="HTTP 200")

    def check(self, address: str) -> str:
        return rules.telephone(address)

    def send(self, news: ports.News, *, now) -> Delivery:
        self.got.append(news)
        return self.answer

    @property
    def code(self) -> str:
        found = re.search(r"\b\d{6}\b", self.got[-1].text)
        assert found, self.got[-1].text
        return found.group()


@pytest.fixture
def phones(monkeypatch):
    made = Phones()
    monkeypatch.setitem(ports.channels, "sms", made)
    return made


def gateway(name: str = "Texts", body: str = '{"to": "{{ to }}", "text": "{{ text }}"}') -> Gateway:
    return directory.create_gateway(SYSTEM, name=name, url="https://sms.example.com/v1", body=body, now=given.later(-90))


@pytest.fixture
def page(settings) -> StatusPage:
    arrives(settings)
    gateway()
    return pages.change_page(SYSTEM, several.first("external"), text_gateway="Texts", now=given.later(-80))


def ask(page: StatusPage, number: str = NUMBER, at: float = 0) -> None:
    asking.ask("sms", number, page=page, now=given.later(at))
    asking.answer(given.later(at))
    carry(at)


def carry(at: float = 0) -> None:
    readers.carry(at, TEXTS, delivering.by_call)


def prove(page: StatusPage, code: str, at: float = 1, number: str = NUMBER) -> Subscriber:
    return commands.prove(page, number, code, now=given.later(at))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_number_hears_once_its_code_was_typed(page, phones):
    ask(page)
    asked = phones.got[0]
    assert (asked.address, asked.gateway.name) == ("+436601234567", "Texts")
    assert texts.length(asked.text) <= texts.LONGEST
    assert "http" not in asked.text, "a code with a link is what those write who steal codes"
    assert prove(page, phones.code).confirmed_at == given.later(1)
    assert queries.counts()["confirmed"] == 1
    assert not [one for one in Event.objects.all() if "660123" in str(one.data)], "no event holds a number"
    kept = Subscriber.objects.get()
    assert "660123" not in kept.address
    assert (queries.shown(kept), queries.own_name(kept)) == ("+436601234567", "+43…67")


def test_a_code_is_wrong_in_the_same_words_whoever_it_is_for_and_after_the_same_writing(page, phones, django_assert_num_queries):
    """R24."""
    ask(page)
    commands.add(SYSTEM, channel="sms", address="+43 660 7654321", page=page, now=given.later(0))
    refusals = set()
    for number in (NUMBER, "+43 660 7654321", "+43 1 5550000"):
        with django_assert_num_queries(5), pytest.raises(Invalid) as refused:
            prove(page, wrong(phones.code), number=number)
        refusals.add((refused.value.field, refused.value.detail))
    assert len(refusals) == 1
    assert CodeTry.objects.count() == 3


@pytest.mark.parametrize("at", [30, 31])
def test_a_code_counts_for_half_an_hour(page, phones, at):
    ask(page)
    with pytest.raises(Invalid):
        prove(page, phones.code, at=at)


def test_five_codes_may_be_tried(page, phones):
    ask(page)
    for _ in range(rules.CODE_TRIES):
        with pytest.raises(Invalid):
            prove(page, wrong(phones.code))
    with pytest.raises(Invalid):
        prove(page, phones.code)


def test_an_earlier_code_is_worth_nothing_once_another_was_asked_for(page, phones):
    ask(page)
    first = phones.code
    ask(page, at=11)
    with pytest.raises(Invalid):
        prove(page, first, at=12)
    prove(page, phones.code, at=12)


def test_a_code_that_could_not_be_sent_in_time_is_not_sent(page, phones):
    phones.answer = Delivery(ok=False, answer="HTTP 503")
    ask(page)
    assert len(phones.got) == 1
    carry(45)
    assert len(phones.got) == 1
    assert Notice.objects.get().work_state == "cancelled"


def test_a_number_is_sent_three_codes_a_day_and_a_page_sends_so_many_an_hour(page, phones, monkeypatch):
    for minute in range(0, 120, 5):
        ask(page, at=minute)
    assert len(phones.got) == rules.TEXTS_A_DAY
    ask(page, at=24 * 60 + 30)
    assert len(phones.got) == rules.TEXTS_A_DAY + 1
    monkeypatch.setattr(rules, "TEXTS_AN_HOUR", 2)
    for number in range(4):
        ask(page, f"+43 660 555000{number}", at=24 * 60 + 40)
    assert len(phones.got) == rules.TEXTS_A_DAY + 2, "one of that hour was sent before"


def test_whoever_is_subscribed_is_told_so_by_text(page, phones):
    one = commands.add(SYSTEM, channel="sms", address=NUMBER, page=page, now=given.later(-5))
    ask(page)
    assert "already" in phones.got[0].text
    assert tokens.own_page(one.pk, page) in phones.got[0].text
    assert Subscriber.objects.get().confirmed_at == given.later(-5)


def test_an_update_is_one_short_text_with_the_way_out(page, phones):
    there = given.house()
    one = commands.add(SYSTEM, channel="sms", address=NUMBER, page=page, now=given.later(-5))
    readers.said(there, given.fixing(there))
    readers.walk()
    carry(10)
    carry(10)
    assert len(phones.got) == 1
    text = phones.got[0].text
    assert text.startswith(f"{page.name}: Some payments fail. Investigating.")
    assert "/status/incidents/" in text
    assert text.endswith(f"Stop: {tokens.way_out(one.pk, page)}")
    assert texts.length(text) <= texts.LONGEST


def test_a_gateway_that_is_set_up_wrong_stops_no_number(page, phones):
    there = given.house()
    commands.add(SYSTEM, channel="sms", address=NUMBER, page=page, now=given.later(-5))
    phones.answer = Delivery(ok=False, answer="HTTP 402", permanent=True, provider_fault=True)
    incident = given.fixing(there)
    for number in range(4):
        readers.said(there, incident, 10 + number, status="identified")
        readers.walk(10 + number)
        carry(10 + number)
    assert queries.counts()["confirmed"] == 1
    phones.answer = Delivery(ok=False, answer="HTTP 404", permanent=True)
    for number in range(3):
        readers.said(there, incident, 20 + number, status="identified")
        readers.walk(20 + number)
        carry(20 + number)
    assert queries.counts()["stopped"] == 1


def test_a_page_without_a_gateway_takes_no_numbers_and_sends_none(page, phones):
    commands.add(SYSTEM, channel="sms", address=NUMBER, page=page, now=given.later(-5))
    page = pages.change_page(SYSTEM, page, text_gateway="", now=given.later(0))
    assert "sms" not in dict(queries.channels(page))
    with pytest.raises(Invalid) as refused:
        asking.ask("sms", NUMBER, page=page, now=given.later(0))
    assert refused.value.field == "channel"
    with pytest.raises(Invalid) as refused:
        prove(page, "123456")
    assert refused.value.field == "channel"


def test_a_gateway_must_carry_the_number_and_the_text(page):
    gateway("Bell", body="ring")
    for name, word in (("Bell", "{{ text }}"), ("Nothing", "no gateway")):
        with pytest.raises(Invalid) as refused:
            pages.change_page(SYSTEM, page, text_gateway=name, now=given.later(0))
        assert refused.value.field == "text_gateway"
        assert word in refused.value.detail


def test_a_file_brings_numbers_in_and_out(page):
    lines = "address,parts\nrita@example.net\n+43 660 1234567\n'+43 (0)660 1\n"
    checked = carrying.carry_in(SYSTEM, lines, consent=True, rehearse=False, page=page, now=given.later(0))
    assert (checked.added, [number for number, _ in checked.wrong]) == (2, [4])
    out = list(carrying.carry_out(SYSTEM, page))
    assert any(line.startswith("'+436601234567,") for line in out)
    again = carrying.carry_in(SYSTEM, "".join(out), consent=True, rehearse=True, page=page, now=given.later(1))
    assert (again.added, again.known, again.wrong) == (0, 2, [])
    assert queries.subscriber(SYSTEM, "+43-660-1234567").channel == "sms"


@pytest.mark.parametrize(
    "number", ["", "0660 1234567", "+0660", "+43 (0)660 1234567", "+43660123456789012", "+43 66O 1234567", "+٤٣٦٦٠١٢٣٤"]
)
def test_what_is_no_number_is_refused_with_the_field(page, number):
    with pytest.raises(Invalid) as refused:
        asking.ask("sms", number, page=page, now=given.later(0))
    assert refused.value.field == "address"
