"""What becomes of messages: their order, failures, other ways, and the ledger."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from tests import company
from tests.paging.world import LATER, NEVER, OK, fire, house
from tocsin.core import clock
from tocsin.core.models import Event, OutboxMail
from tocsin.core.ports import Delivery
from tocsin.directory.models import Gateway
from tocsin.paging import ports, queries
from tocsin.paging.jobs import advance
from tocsin.paging.models import Attempt, Escalation, Page

pytestmark = pytest.mark.django_db
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)


def phone(person, **kwargs):
    gateway, _ = Gateway.objects.get_or_create(
        name="SMS", defaults={"url": "https://sms.example", "created_at": company.SINCE, "updated_at": company.SINCE}
    )
    return company.method(person, "+43 660 1", gateway=gateway, **kwargs)


@pytest.mark.req("PAG-09")
def test_the_persons_own_order_and_delays_are_kept(now, mail, gateway, engine):
    place = house(wait=30)
    company.notify(place.ada, place.ada.contact_methods.get(), phone(place.ada), delays=(0, 3))
    fire(place.service, now)
    engine.run_until(now, now + 10 * MINUTE)
    assert [(round((at - now) / MINUTE), message.to) for at, message in mail.sent] == [(0, "ada@example.com")]
    (at, text) = gateway.sent[0]
    assert (round((at - now) / MINUTE), text.to, text.gateway.name, len(gateway.sent)) == (3, "+43 660 1", "SMS", 1)
    assert "\n" not in gateway.sent[0][1].text


def test_a_temporary_failure_starts_the_next_method_at_once_and_is_tried_again_with_the_same_key(now, mail, gateway, engine):
    place = house(wait=30)
    company.notify(place.ada, place.ada.contact_methods.get(), phone(place.ada), delays=(0, 10))
    mail.answer = lambda message: LATER if sum(mail.tried.values()) < 3 else OK
    fire(place.service, now)
    engine.run(now)
    assert gateway.reached == ["+43 660 1"], "not after ten minutes"
    engine.run_until(now, now + MINUTE, every=5 * SECOND)
    assert list(mail.tried.values()) == [3]
    assert mail.reached == ["ada@example.com"]
    assert Page.objects.get().status == "sent"


def test_a_method_that_the_plan_left_out_is_used_when_the_plan_fails(now, mail, gateway, engine):
    place = house(wait=30)
    phone(place.ada)
    mail.answer = lambda message: LATER
    fire(place.service, now)
    engine.run(now)
    assert gateway.reached == ["+43 660 1"]


def test_a_permanent_refusal_marks_the_method_broken_and_calls_the_next_step(now, mail, engine):
    place = house(wait=30)
    mail.answer = lambda message: NEVER if message.to.startswith("ada") else OK
    fire(place.service, now)
    engine.run(now)
    method = place.ada.contact_methods.get()
    assert (method.broken_at, method.broken_reason) != (None, "")
    assert Page.objects.get(person=place.ada).status == "failed"
    assert mail.reached == ["ben@example.com"]
    assert mail.tried.total() == 2, "what is refused for good is not tried again"


def test_the_owner_of_a_broken_phone_is_told_by_mail(now, mail, gateway, engine):
    place = house(wait=30)
    company.notify(place.ada, phone(place.ada))
    gateway.answer = lambda message: NEVER
    fire(place.service, now)
    engine.run(now)
    assert mail.reached == ["ada@example.com"], "the page takes the other way"
    told = OutboxMail.objects.get()
    assert (told.to, "+43 660 1" in told.body, "550 no such mailbox" in told.body) == ("ada@example.com", True, True)


def test_a_gateway_whose_key_is_refused_does_not_break_the_address_but_tells_the_administrators_once(now, mail, gateway, engine):
    place, root = house(wait=30), company.administrator()
    method = phone(place.ada)
    company.notify(place.ada, method)
    gateway.answer = lambda message: Delivery(ok=False, answer="HTTP 401", permanent=True, provider_fault=True)
    fire(place.service, now)
    fire(place.service, now, key="b")
    engine.run(now)
    method.refresh_from_db()
    assert method.broken_at is None
    assert mail.reached == ["ada@example.com", "ada@example.com"]
    assert [row.to for row in OutboxMail.objects.all()] == [root.email]


def test_when_nothing_gets_through_for_a_minute_the_next_step_is_called_and_trying_goes_on(now, mail, engine):
    place = house(wait=30)
    works = False
    mail.answer = lambda message: OK if works or message.to.startswith("ben") else LATER
    fire(place.service, now)
    engine.run_until(now, now + 2 * MINUTE, every=5 * SECOND)
    assert mail.reached == ["ben@example.com"]
    assert Page.objects.get(person=place.ada).status == "undelivered"
    works = True
    engine.run_until(now + 2 * MINUTE, now + 4 * MINUTE, every=5 * SECOND)
    assert sorted(mail.reached) == ["ada@example.com", "ben@example.com"]
    assert Page.objects.get(person=place.ada).status == "sent"


def test_when_every_provider_is_dead_the_walk_ends_at_the_last_resort_and_does_not_race(now, mail, engine):
    fire(house(wait=5).service, now)
    mail.answer = lambda message: LATER
    engine.run_until(now, now + 20 * MINUTE, every=20 * SECOND)
    assert Page.objects.count() <= 5
    assert Page.objects.filter(person__name="Imogen").exists()
    assert Escalation.objects.get().state == "running"


def test_an_unknown_kind_of_channel_is_a_failure_and_not_a_silence(now, mail, engine):
    place = house(wait=30)
    company.notify(place.ada, phone(place.ada))
    del ports.channels[ports.EMAIL]
    fire(place.service, now)
    engine.run(now)
    assert {attempt.last_error for attempt in Attempt.objects.all()} == {
        "No channel carries messages of the kind gateway.",
        "No channel carries messages of the kind email.",
    }


def test_a_page_that_was_closed_after_the_claim_is_not_sent(now, mail, engine):
    place = house()
    fire(place.service, now)
    advance.tick(now)
    Page.objects.update(status=Page.CANCELLED)
    engine.run(now)
    assert mail.sent == []
    assert Attempt.objects.get().work_state == "cancelled"


def test_somebody_without_a_verified_method_is_paged_at_the_sign_in_address(now, mail, engine):
    zoe = company.person("Zoe", reach=False)
    team = company.team("Search")
    company.last_resort()
    service = company.service("search", team)
    company.cover(service, policy=company.policy(team, zoe))
    fire(service, now)
    engine.run(now)
    assert mail.reached == ["zoe@example.com"]


def test_a_card_that_cannot_be_worded_still_makes_a_page(now, mail, engine):
    place = house()
    fire(place.service, now)
    Escalation.objects.update(card=["not", "a", "card"])
    engine.run(now)
    assert mail.reached == ["ada@example.com"]
    assert mail.sent[0][1].link in mail.sent[0][1].text


def test_the_ledger_tells_every_try_and_what_the_provider_said(now, mail, engine, monkeypatch):
    monkeypatch.setattr(clock, "monotonic", itertools.count(100).__next__)
    alert = fire(house().service, now)
    engine.run(now)
    (escalation,) = queries.ledger(alert.id)
    (page,) = escalation.pages.all()
    (attempt,) = page.attempts.all()
    assert (attempt.channel, attempt.to, attempt.tries, attempt.provider_answer) == ("email", "ada@example.com", 1, "250 taken")
    assert now <= attempt.started_at < now + SECOND
    assert attempt.sent_at == attempt.started_at + SECOND, "the answer came a second later"
    assert [event.name for event in Event.objects.filter(context=alert.id).order_by("pk")] == [
        "escalation.started", "escalation.stepped", "page.created", "page.sent"]  # fmt: skip
