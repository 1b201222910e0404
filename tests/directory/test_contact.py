"""How a person is reached: addresses are proven, ordered, found broken."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from tests import company
from tocsin.core import secrets
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.models import Event, OutboxMail
from tocsin.core.ports import Delivery
from tocsin.directory import commands, jobs, ports, queries
from tocsin.directory.models import CodeCall, ContactMethod, Gateway, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Person:
    return company.person("Ana", reach=False)


def add(ana: Person, now: dt.datetime, address: str = "ana@home.example") -> ContactMethod:
    return commands.add_contact_method(company.actor(ana), ana, kind="email", address=address, now=now)


def code() -> str:
    return re.search(r"\d{6}", OutboxMail.objects.order_by("-created_at").first().body).group()


def other_than(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06d}"


@pytest.mark.req("PAG-09")
def test_an_address_counts_only_after_its_code_was_typed(ana: Person, now: dt.datetime) -> None:
    method = add(ana, now)
    assert not queries.reachable(ana, "high")
    assert queries.notify_plan(ana, "high") == [queries.PlanStep(None, 0, "email", ana.email)]
    commands.verify_contact_method(company.actor(ana), method, f" {code()} ", now=now)
    assert queries.reachable(ana, "high")
    assert [step.address for step in queries.notify_plan(ana, "high")] == ["ana@home.example"]


def test_a_code_is_never_kept_in_the_clear(ana: Person, now: dt.datetime) -> None:
    method = add(ana, now)
    stored = ContactMethod.objects.filter(pk=method.pk).values().get()
    assert code() not in str(stored)
    assert not Event.objects.filter(data__icontains=code()).exists()


def test_five_wrong_codes_use_the_code_up(ana: Person, now: dt.datetime) -> None:
    method, right = add(ana, now), code()
    for _ in range(5):
        with pytest.raises(Invalid):
            commands.verify_contact_method(company.actor(ana), method, other_than(right), now=now)
    with pytest.raises(Invalid, match="Ask for a new one"):
        commands.verify_contact_method(company.actor(ana), method, right, now=now)
    with pytest.raises(Conflict):
        commands.send_code(company.actor(ana), method, now=now)
    later = now + dt.timedelta(minutes=1)
    commands.send_code(company.actor(ana), method, now=later)
    commands.verify_contact_method(company.actor(ana), method, code(), now=later)


def test_a_code_is_worth_nothing_after_half_an_hour(ana: Person, now: dt.datetime) -> None:
    method = add(ana, now)
    with pytest.raises(Invalid):
        commands.verify_contact_method(company.actor(ana), method, code(), now=now + dt.timedelta(minutes=31))


def test_the_code_of_one_method_does_not_prove_another(ana: Person, now: dt.datetime) -> None:
    first = add(ana, now, "one@example.com")
    right = code()
    second = add(ana, now + dt.timedelta(seconds=1), "two@example.com")
    if code() != right:
        with pytest.raises(Invalid):
            commands.verify_contact_method(company.actor(ana), second, right, now=now)
    commands.verify_contact_method(company.actor(ana), first, right, now=now)


def test_nobody_touches_the_methods_of_somebody_else(ana: Person, now: dt.datetime) -> None:
    method, ben = add(ana, now), company.actor(company.person("Ben"))
    for attempt in (
        lambda: commands.add_contact_method(ben, ana, kind="email", address="x@example.com", now=now),
        lambda: commands.verify_contact_method(ben, method, code(), now=now),
        lambda: commands.send_code(ben, method, now=now),
        lambda: commands.mark_verified(ben, method, now=now),
        lambda: commands.remove_contact_method(ben, method, now=now),
        lambda: commands.set_notify_steps(ben, ana, "high", [(method, 0)], now=now),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_a_broken_method_is_left_out_until_it_is_proven_again(ana: Person, now: dt.datetime) -> None:
    method = add(ana, now)
    commands.mark_verified(SYSTEM, method, now=now)
    commands.mark_broken(method, "550 no such mailbox", now=now)
    commands.mark_broken(method, "again", now=now)
    assert not queries.reachable(ana, "high")
    assert [one.broken_reason for one in queries.broken_methods()] == ["550 no such mailbox"]
    assert Event.objects.filter(name="contact_method.broken").count() == 1
    later = now + dt.timedelta(minutes=5)
    commands.send_code(company.actor(ana), method, now=later)
    commands.verify_contact_method(company.actor(ana), method, code(), now=later)
    assert queries.reachable(ana, "high")


@pytest.mark.req("PAG-09")
def test_order_and_delays_are_kept_for_each_urgency(ana: Person, now: dt.datetime) -> None:
    first, second = company.method(ana, "one@example.com"), company.method(ana, "two@example.com")
    actor = company.actor(ana)
    commands.set_notify_steps(actor, ana, "high", [(second, 0), (first, 5)], now=now)
    commands.set_notify_steps(actor, ana, "low", [(first, 10)], now=now)
    plan = {urgency: [(s.address, s.delay_minutes) for s in queries.notify_plan(ana, urgency)] for urgency in ("high", "low")}
    assert plan == {"high": [("two@example.com", 0), ("one@example.com", 5)], "low": [("one@example.com", 10)]}
    commands.remove_contact_method(actor, first, now=now)
    assert [step.address for step in queries.notify_plan(ana, "low")] == ["two@example.com"]


def test_odd_orders_are_refused(ana: Person, now: dt.datetime) -> None:
    mine, foreign = company.method(ana), company.person("Ben").contact_methods.get()
    actor = company.actor(ana)
    for urgency, steps in (
        ("urgent", []),
        ("high", [(foreign, 0)]),
        ("high", [(mine, 61)]),
        ("high", [(mine, -1)]),
        ("high", [(mine, 0)] * 11),
    ):
        with pytest.raises(Invalid):
            commands.set_notify_steps(actor, ana, urgency, steps, now=now)


def test_a_code_goes_through_the_gateway_and_is_forgotten_afterwards(ana: Person, now: dt.datetime) -> None:
    gateway = gateway_called("ntfy", now)
    sent: list[tuple[str, str]] = []
    before = list(ports._call)
    ports.fill_gateway_call(lambda gateway, to, text, link: sent.append((to, text)) or Delivery(True, "200 OK"))
    try:
        commands.add_contact_method(company.actor(ana), ana, kind="gateway", address="ana-topic", gateway=gateway, now=now)
        method = ana.contact_methods.get(gateway=gateway)
        assert not OutboxMail.objects.exists()
        assert jobs.deliver_codes(now) == 1
        assert jobs.deliver_codes(now) == 0
    finally:
        ports._call[:] = before
    [(to, text)] = sent
    assert to == "ana-topic"
    assert CodeCall.objects.get().text_encrypted == ""
    commands.verify_contact_method(company.actor(ana), method, text[:6], now=now)
    assert queries.reachable(ana, "high")


def test_a_gateway_that_is_down_is_asked_again(ana: Person, now: dt.datetime) -> None:
    gateway = gateway_called("ntfy", now)
    before = list(ports._call)
    ports.fill_gateway_call(lambda *call: Delivery(False, "503"))
    try:
        commands.add_contact_method(company.actor(ana), ana, kind="gateway", address="ana", gateway=gateway, now=now)
        jobs.deliver_codes(now)
        call = CodeCall.objects.get()
        assert (call.work_state, call.last_error) == (CodeCall.DUE, "503")
        assert secrets.decrypt(call.text_encrypted)
        jobs.deliver_codes(now + dt.timedelta(minutes=40))
    finally:
        ports._call[:] = before
    assert CodeCall.objects.get().work_state == CodeCall.CANCELLED


def gateway_called(name: str, now: dt.datetime) -> Gateway:
    return commands.create_gateway(
        SYSTEM, name=name, method="POST", url="https://ntfy.example/{{ to }}", body="{{ text }}", now=now
    )
