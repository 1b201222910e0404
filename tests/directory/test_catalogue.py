"""The catalogue around services: owners, what they need, vendors."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.models import Event
from tocsin.directory import commands, queries

pytestmark = pytest.mark.django_db


@pytest.mark.req("TRK-09")
def test_a_service_names_its_owner_what_it_needs_and_its_vendors(now: dt.datetime) -> None:
    ana, mia = company.person("Ana"), company.person("Mia")
    team = company.team("Payments", ana, manager=mia)
    ledger = company.service("Ledger", team)
    cloud = commands.create_vendor(SYSTEM, name="Stratus Cloud", phone="+43 1 555", procedure="Call.\n\nSay it.", now=now)
    made = commands.create_service(
        company.actor(mia), name="Checkout", team=team, owner=ana, needs=[ledger], vendors=[cloud], now=now
    )
    found = queries.service_by_slug(made.slug)
    assert (found.owner, list(found.needs.all()), list(found.vendors.all())) == (ana, [ledger], [cloud])
    assert list(ledger.needed_by.all()) == [made]
    assert [one.name for one in queries.vendor("stratus-cloud").services.all()] == ["Checkout"]
    commands.change_service(company.actor(mia), found, owner="", needs=[], vendors=[], now=now)
    assert queries.service_by_slug(made.slug).owner is None
    assert Event.objects.get(name="service.changed").data == {"owner_id": None, "needs": [], "vendors": []}


def test_services_may_need_each_other_but_none_itself(now: dt.datetime) -> None:
    one, other = company.service("One"), company.service("Other")
    commands.change_service(SYSTEM, one, needs=[other], now=now)
    commands.change_service(SYSTEM, other, needs=[one], now=now)
    with pytest.raises(Invalid) as refused:
        commands.change_service(SYSTEM, one, needs=[other, one], now=now)
    assert refused.value.field == "needs"
    assert list(one.needs.all()) == [other]


def test_somebody_without_access_becomes_no_owner_but_one_who_left_stays_until_replaced(now: dt.datetime) -> None:
    ana, service = company.person("Ana"), company.service()
    commands.change_service(SYSTEM, service, owner=ana, now=now)
    commands.deactivate(SYSTEM, ana, now=now)
    ana.refresh_from_db()
    commands.change_service(SYSTEM, service, owner=ana, description="Pays", now=now)
    with pytest.raises(Conflict) as refused:
        commands.change_service(SYSTEM, company.service("Other"), owner=ana, now=now)
    assert refused.value.field == "owner"


def test_vendors_are_the_administrators(now: dt.datetime) -> None:
    cloud = commands.create_vendor(SYSTEM, name="Stratus Cloud", now=now)
    ana = company.person("Ana")
    company.team("Payments", manager=ana)
    for attempt in (
        lambda: commands.create_vendor(company.actor(ana), name="X", now=now),
        lambda: commands.change_vendor(company.actor(ana), cloud, name="X", now=now),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    commands.change_vendor(SYSTEM, cloud, phone="+43 1 555", now=now)
    commands.change_vendor(SYSTEM, cloud, phone="+43 1 555", now=now)
    assert Event.objects.filter(name="vendor.changed").count() == 1


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "stratus cloud" * 10}),
        ("support_url", {"support_url": "javascript:alert(1)"}),
        ("phone", {"phone": "1" * 61}),
        ("procedure", {"procedure": "x" * 10_001}),
        ("slug", {"slug": "Not A Slug"}),
    ],
)
def test_what_is_wrong_with_a_vendor_is_said_with_its_field(now: dt.datetime, field: str, given: dict) -> None:
    with pytest.raises(Invalid) as refused:
        commands.create_vendor(SYSTEM, **{"name": "Stratus Cloud", **given}, now=now)
    assert refused.value.field == field


def test_a_vendor_s_name_exists_once(now: dt.datetime) -> None:
    for name in ("Stratus Cloud", "Nordpay"):
        made = commands.create_vendor(SYSTEM, name=name, now=now)
    with pytest.raises(Conflict):
        commands.create_vendor(SYSTEM, name="Nordpay", now=now)
    with pytest.raises(Conflict):
        commands.change_vendor(SYSTEM, made, name="Stratus Cloud", now=now)
