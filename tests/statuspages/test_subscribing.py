"""Subscribing to the public page: asked by anybody, confirmed by whoever reads there, ended by one press."""

from __future__ import annotations

import pytest

from tests.incidents import given
from tests.statuspages import readers
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event, OutboxMail
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.subscribers import commands, queries, rules, tokens
from tocsin.statuspages.subscribers.commands import asking
from tocsin.statuspages.subscribers.models import CALLS, Ask, Notice, Subscriber

pytestmark = pytest.mark.django_db


def test_an_address_hears_only_after_its_reader_has_confirmed():
    mails = readers.asked("rita@example.net")
    assert [one.subject.partition(":")[0] for one in mails] == ["Confirm"]
    waiting = Subscriber.objects.get()
    assert tokens.own_page(waiting.pk, waiting.page) in mails[0].body
    assert queries.counts() == {"confirmed": 0, "waiting": 1, "stopped": 0}
    commands.confirm(tokens.token(waiting.pk), now=given.later(1))
    commands.confirm(tokens.token(waiting.pk), now=given.later(2))
    assert Subscriber.objects.get().confirmed_at == given.later(1)
    assert Event.objects.filter(name="subscriber.confirmed").count() == 1


def test_one_chooses_parts_when_asking_and_by_the_same_link_later():
    payments, search = readers.part("Payments"), readers.part("Search")
    mails = readers.asked(parts=[payments.pk])
    assert "news about Payments" in mails[0].body
    token = tokens.token(Subscriber.objects.get().pk)
    found = commands.confirm(token, now=given.later(1))
    assert [one.pk for one in found.parts.all()] == [payments.pk]
    commands.confirm(token, [search.pk], now=given.later(2))
    assert [one.pk for one in found.parts.all()] == [search.pk]
    commands.confirm(token, [], now=given.later(3))
    assert Subscriber.objects.get().is_whole
    with pytest.raises(Invalid):
        commands.confirm(token, ["cmp_gone"], now=given.later(4))


def test_leaving_takes_one_off_and_leaving_again_changes_nothing():
    token = tokens.token(readers.subscriber().pk)
    commands.leave(token, now=given.later(1))
    commands.leave(token, now=given.later(2))
    assert not Subscriber.objects.exists()
    assert Event.objects.filter(name="subscriber.left").count() == 1
    with pytest.raises(NotFound):
        commands.confirm(token, now=given.later(3))


@pytest.mark.parametrize("token", ["", "x" * 43, "sbr_00000000000000000000000000-" + "a" * 32, "\ud800", "é-é"])
def test_a_link_that_we_did_not_make_opens_nothing(token):
    for act in (commands.confirm, commands.leave):
        with pytest.raises(NotFound):
            act(token, now=given.later(0))


def test_an_address_is_written_to_once_in_ten_minutes_however_often_somebody_asks():
    for minute in range(9):
        readers.asked("rita@example.net", at=minute)
    assert OutboxMail.objects.count() == 1
    assert len(readers.asked("rita@example.net", at=10)) == 2
    assert len(readers.asked("RITA@example.net ".strip(), at=25)) == 0, "large and small letters are one address"
    assert OutboxMail.objects.filter(to="rita@example.net").count() == 3


def test_an_installation_asks_only_so_many_strangers_in_an_hour(monkeypatch):
    monkeypatch.setattr(rules, "MOST_AN_HOUR", 3)
    for number in range(6):
        readers.asked(f"stranger{number}@example.net", at=number)
    assert OutboxMail.objects.count() == 3
    assert len(readers.asked("late@example.net", at=62)) == 1


def test_whoever_is_subscribed_is_told_so_in_their_mail_and_keeps_their_choice():
    payments = readers.part()
    readers.subscriber("rita@example.net", payments)
    mails = readers.asked("rita@example.net")
    assert mails[0].subject.startswith("You are subscribed")
    assert not Subscriber.objects.get().is_whole


def test_an_address_that_was_stopped_is_not_written_to():
    stopped = readers.subscriber()
    for minute in range(3):
        commands.refused(stopped.pk, "550 5.1.1 no such user", final=True, now=given.later(minute))
    assert readers.asked("rita@example.net") == []
    with pytest.raises(Conflict):
        readers.subscriber()
    commands.clear_bounces(SYSTEM, Subscriber.objects.get(), now=given.later(20))
    assert queries.counts()["confirmed"] == 1


def test_asking_writes_the_same_whoever_it_is_for(django_assert_num_queries):
    """R24: what differs is decided later, out of sight."""
    readers.subscriber("known@example.net")
    stopped = readers.subscriber("stopped@example.net")
    for minute in range(3):
        commands.refused(stopped.pk, "550 5.1.1 no such user", final=True, now=given.later(minute))
    readers.asked("waiting@example.net")
    page = several.first("external")
    for name in ("known", "stopped", "waiting", "nobody"):
        with django_assert_num_queries(1):
            asking.ask("mail", f"{name}@example.net", page=page, now=given.later(5))


def test_what_nobody_confirmed_is_forgotten_after_a_week_and_asks_after_a_day():
    readers.asked()
    asking.forget(given.later(60 * 24 + 1))
    assert (Ask.objects.count(), Subscriber.objects.count()) == (0, 1)
    asking.forget(given.later(60 * 24 * 7 + 1))
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "rita",
        "rita@",
        "@example.net",
        "rita@example",
        "a b@example.net",
        "a@b@example.net",
        "a\r\nBcc: x@example.net",
        "a..b@example.net",
    ],
)
def test_what_is_no_address_is_refused_with_the_field(address):
    with pytest.raises(Invalid) as refused:
        asking.ask("mail", address, now=given.later(0))
    assert refused.value.field == "address"


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("webhook", "ftp://example.com/x"),
        ("webhook", "http://hooks.example.com/x"),
        ("webhook", "http://127.0.0.1/x"),
        ("webhook", "https://0x7f000001/x"),
        ("webhook", "https://user:pw@example.com/x"),
        ("webhook", "https://[::1]:99999/"),
        ("webhook", "https://example.com/\r\nx"),
        ("slack", "https://example.com/services/T0/B0/x"),
        ("slack", "https://hooks.slack.com.example.com/x"),
        ("slack", "http://hooks.slack.com/x"),
        ("slack", "https://hooks.slack.com:8443/x"),
        ("teams", "https://webhook.office.com.example.com/x"),
        ("teams", "https://evilwebhook.office.com/x"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused(channel, address):
    with pytest.raises(Invalid) as refused:
        asking.ask(channel, address, now=given.later(0))
    assert refused.value.field == "address"


def test_a_channel_that_nobody_brings_is_refused():
    with pytest.raises(Invalid) as refused:
        asking.ask("pigeon", "x", now=given.later(0))
    assert refused.value.field == "channel"


def test_a_webhook_is_asked_by_a_call_and_its_address_lies_encrypted():
    address = "https://hooks.slack.com/services/T0/B0/secret"
    readers.asked(address, "slack")
    found = Subscriber.objects.get()
    assert "secret" not in found.address
    assert queries.shown(found) == "hooks.slack.com/…cret"
    question = Notice.objects.get()
    assert (question.fan_out, question.lane) == (None, CALLS)
    readers.asked(address, "slack", at=1)
    assert (Subscriber.objects.count(), Notice.objects.count()) == (1, 1)


def test_addresses_are_for_administrators():
    there = given.house()
    for who in ("ben", "sven"):
        with pytest.raises(NotAllowed):
            queries.subscribers(there.actor(who))
        with pytest.raises(NotAllowed):
            commands.add(there.actor(who), address="a@example.net", now=given.later(0))
    readers.subscriber()
    assert not [one for one in Event.objects.all() if "rita" in str(one.data)], "no event holds an address"
