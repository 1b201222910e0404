"""What vendors report is read in time, kept with its age, and never shown greener than it is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from tests import company
from tests.conftest import NOW
from tests.incidents import given
from tests.integrations.test_vendor_status import INCIDENT, STATUS, Vendor, vendor
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Invalid
from tocsin.core.models import Event
from tocsin.directory import commands, jobs
from tocsin.directory import queries as catalogue
from tocsin.directory.models import Service
from tocsin.directory.vendor_status import ports, queries, rules
from tocsin.incidents import queries as incidents
from tocsin.integrations.vendor_status import Feeds

__all__ = ("vendor",)
pytestmark = pytest.mark.django_db


@pytest.fixture
def stratus(vendor: Vendor, settings) -> Iterator:
    """A vendor of the catalogue whose feed is the small server's, read through the real reader."""
    vendor.json("/api/v2/summary.json", status=STATUS, incidents=[INCIDENT])
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"outbound_allow": f"127.0.0.1:{vendor.server_port}"})
    before = list(ports._reader)
    ports.fill_reader(Feeds(vendor.guard))
    made = commands.create_vendor(SYSTEM, name="Stratus Cloud", now=NOW)
    type(made).objects.filter(pk=made.pk).update(status_feed=f"{vendor.url}/api/v2/summary.json")
    yield type(made).objects.get(pk=made.pk)
    ports._reader[:] = before


def at(minutes: float) -> dt.datetime:
    return NOW + dt.timedelta(minutes=minutes)


def read(minutes: float) -> None:
    while jobs.read_vendor(at(minutes)):
        pass


@pytest.mark.req("SYS-18")
def test_a_feed_is_read_every_five_minutes_and_what_is_over_goes_away(stratus, vendor: Vendor) -> None:
    assert queries.standing(stratus, at(0)).kind == rules.UNREAD
    read(0)
    found = queries.standing(stratus, at(1))
    assert (found.kind, found.as_of, found.words) == (rules.TROUBLE, at(0), "They report 1 open problem.")
    assert [one.title for one in found.reports] == ["Block storage is slow"]
    vendor.json("/api/v2/summary.json", status={"indicator": "none", "description": "All Systems Operational"}, incidents=[])
    read(4)
    assert queries.standing(stratus, at(4)).kind == rules.TROUBLE
    read(6)
    found = queries.standing(stratus, at(6))
    assert (found.kind, found.reports) == (rules.CALM, [])
    assert [event.data["title"] for event in Event.objects.filter(name="vendor.reported")] == ["Block storage is slow"]


@pytest.mark.req("SYS-18")
def test_a_broken_or_old_feed_is_never_calm_and_says_its_age(stratus, vendor: Vendor) -> None:
    vendor.json("/api/v2/summary.json", status={"indicator": "none", "description": "All Systems Operational"}, incidents=[])
    read(0)
    assert queries.standing(stratus, at(1)).kind == rules.CALM
    assert queries.standing(stratus, at(60)).kind == rules.OLD
    vendor.pages["/api/v2/summary.json"] = b"<html>Sorry"
    read(6)
    found = queries.standing(stratus, at(6))
    assert (found.kind, found.as_of) == (rules.BROKEN, at(0))
    assert "page for people" in found.fault
    assert "cannot be read" in found.words


@pytest.mark.req("SYS-18")
def test_an_incident_is_told_of_the_vendors_behind_its_service_and_of_all_while_it_is_unknown(stratus) -> None:
    there = given.house()
    below = company.service("Ledger", there.team)
    below.vendors.add(stratus)
    there.service.needs.add(below)
    elsewhere = company.service("Search", there.team)
    read(0)
    ana = there.actor("ana")

    def named(service: Service | None) -> list[str]:
        incident = given.declared(there, service=service, severity=3)
        return [one.vendor.name for one in incidents.vendor_reports(ana, incident, at(1))]

    assert (named(there.service), named(elsewhere), named(None)) == (["Stratus Cloud"], [], ["Stratus Cloud"])
    below.needs.add(there.service)
    assert named(below) == ["Stratus Cloud"]
    done = given.resolved(there, given.fixing(there, severity=3), postmortem_owner=None)
    assert incidents.vendor_reports(ana, done, at(200)) == []


def test_another_feed_forgets_what_the_old_one_said(stratus) -> None:
    read(0)
    commands.change_vendor(SYSTEM, stratus, status_feed="", now=at(1))
    stratus.refresh_from_db()
    assert queries.standing(stratus, at(1)) is None
    assert not stratus.reports.exists()
    read(60)


@pytest.mark.parametrize("address", ["status.example.com", "http://127.1/feed", "ftp://status.example.com"])
def test_an_address_that_may_not_be_read_is_refused(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        commands.create_vendor(SYSTEM, name="X", status_feed=address, now=NOW)
    assert refused.value.field == "status_feed"


def test_a_vendor_is_found_by_its_initials() -> None:
    commands.create_vendor(SYSTEM, name="Amazon Web Services", now=NOW)
    commands.create_vendor(SYSTEM, name="Laws and Paws", now=NOW)
    assert [one.name for one in catalogue.vendors_called("aws")] == ["Amazon Web Services"]
    assert len(catalogue.vendors_called("")) == 0
