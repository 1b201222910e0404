"""Teams, products, services, severities: who may change them, and what a name may be."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.directory import commands, queries
from tocsin.directory.models import Membership, Service

pytestmark = pytest.mark.django_db


def test_a_manager_edits_their_own_team_and_no_other(now: dt.datetime) -> None:
    mia, ben = company.person("Mia"), company.person("Ben")
    own, other = company.team("Payments", manager=mia), company.team("Search")
    actor = company.actor(mia)
    commands.add_member(actor, own, ben, now=now)
    commands.change_team(actor, own, name="Pay", now=now)
    service = commands.create_service(actor, name="Checkout API", team=own, now=now)
    foreign = company.service("Index", other)
    for attempt in (
        lambda: commands.add_member(actor, other, mia, is_manager=True, now=now),
        lambda: commands.remove_member(actor, other, ben, now=now),
        lambda: commands.change_team(actor, other, name="Mine", now=now),
        lambda: commands.create_service(actor, name="X", team=other, now=now),
        lambda: commands.change_service(actor, foreign, name="X", now=now),
        lambda: commands.change_service(actor, service, team=other, now=now),
        lambda: commands.create_team(actor, name="New", now=now),
        lambda: commands.create_product(actor, name="New", now=now),
        lambda: commands.create_gateway(actor, name="New", url="https://x.example", now=now),
        lambda: commands.set_severity_meaning(actor, 1, name="A", meaning="B", now=now),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_a_plain_member_edits_nothing(now: dt.datetime) -> None:
    ana = company.person("Ana")
    team = company.team("Payments", ana)
    with pytest.raises(NotAllowed):
        commands.create_service(company.actor(ana), name="X", team=team, now=now)


def test_becoming_manager_is_one_event_and_asking_twice_is_none(now: dt.datetime) -> None:
    ana, team = company.person("Ana"), company.team("Payments")
    for _ in range(2):
        commands.add_member(SYSTEM, team, ana, is_manager=True, now=now)
    assert Membership.objects.get().is_manager
    assert Event.objects.filter(name="team.member_added").count() == 1
    for _ in range(2):
        commands.remove_member(SYSTEM, team, ana, now=now)
    assert Event.objects.filter(name="team.member_removed").count() == 1


def test_names_exist_once_and_short_names_are_made_from_them(now: dt.datetime) -> None:
    team = commands.create_team(SYSTEM, name="Site Reliability", now=now)
    assert team.slug == "site-reliability"
    with pytest.raises(Conflict):
        commands.create_team(SYSTEM, name="Site Reliability", now=now)
    with pytest.raises(Conflict):
        commands.create_team(SYSTEM, name="Other", slug="site-reliability", now=now)
    with pytest.raises(Invalid):
        commands.create_team(SYSTEM, name="Other", slug="No Spaces", now=now)
    service = commands.create_service(SYSTEM, name="Checkout", team=team, now=now)
    assert commands.create_service(SYSTEM, name="Checkout!", team=team, now=now).slug == "checkout-2"
    with pytest.raises(Conflict):
        commands.change_service(SYSTEM, service, name="Checkout!", now=now)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "https://", "not an address"])
def test_a_runbook_is_a_web_address(address: str, now: dt.datetime) -> None:
    with pytest.raises(Invalid) as refusal:
        commands.create_service(SYSTEM, name="X", team=company.team(), runbook_url=address, now=now)
    assert refusal.value.field == "runbook_url"


def test_an_archived_service_is_offered_no_more_and_keeps_its_page(now: dt.datetime) -> None:
    service = company.service("Checkout API")
    commands.change_service(SYSTEM, service, archived=True, now=now)
    assert not queries.services(SYSTEM).exists()
    assert queries.service_by_slug(service.slug) == service
    commands.change_service(SYSTEM, service, archived=False, now=now)
    assert queries.services(SYSTEM).exists()


def test_a_change_says_what_changed_and_no_change_says_nothing(now: dt.datetime) -> None:
    service, product = company.service("Checkout API"), company.product("Checkout")
    commands.change_service(SYSTEM, service, name="Checkout API", description="", products=[], now=now)
    assert not Event.objects.exists()
    commands.change_service(SYSTEM, service, description="Takes cards", products=[product], now=now)
    event = Event.objects.get()
    assert event.data == {"description": "Takes cards", "products": [product.id]}
    assert Service.objects.get().products.get() == product


def test_three_severities_exist_from_the_start(now: dt.datetime) -> None:
    assert [(one.number, one.name) for one in queries.severities()] == [(1, "Critical"), (2, "Major"), (3, "Minor")]
    commands.set_severity_meaning(SYSTEM, 3, name="Minor", meaning="Nobody wakes up.", now=now)
    assert queries.severities()[2].meaning == "Nobody wakes up."
    with pytest.raises(NotFound):
        commands.set_severity_meaning(SYSTEM, 4, name="X", meaning="Y", now=now)
