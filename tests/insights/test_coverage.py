"""The coverage report: what each service lacks, and that adding it takes the service off the list."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tocsin.alerts import commands as alerts
from tocsin.alerts.models import IntegrationKey
from tocsin.core.actor import SYSTEM
from tocsin.directory import commands as directory
from tocsin.directory.models import ContactMethod
from tocsin.insights.coverage import coverage
from tocsin.oncall import commands as oncall

pytestmark = pytest.mark.django_db


def lacking(now: dt.datetime) -> dict[str, list[str]]:
    return {line.service.name: [lack.part for lack in line.missing] for line in coverage(SYSTEM, now).missing}


@pytest.mark.req("DET-13")
def test_a_service_leaves_the_list_when_monitoring_alerting_and_roster_are_added(now: dt.datetime) -> None:
    ana = company.person("Ana")
    team = company.team("Payments", ana)
    company.last_resort()
    service = company.service("Checkout API", team)
    assert lacking(now) == {"Checkout API": ["monitoring", "alerting", "roster"]}
    alerts.create_key(SYSTEM, service, kind="generic", name="x", now=now)
    assert lacking(now) == {"Checkout API": ["alerting", "roster"]}
    roster = company.schedule(team, ana)
    oncall.cover_service(SYSTEM, service, policy=company.policy(team, roster), now=now)
    assert lacking(now) == {"Checkout API": ["roster"]}
    oncall.cover_service(SYSTEM, service, policy=team.policies.get(), roster=roster, now=now)
    found = coverage(SYSTEM, now)
    assert found.missing == []
    assert found.complete[0].cautions == ("Its key waits for a first event.",)
    IntegrationKey.objects.update(last_event_at=now)
    (line,) = coverage(SYSTEM, now).complete
    assert (line.last_signal_at, line.cautions) == (now, ())


def covered(now: dt.datetime, *people, name: str = "Checkout API"):
    """A service with everything."""
    team = company.team(f"Team of {name}", *people)
    service, roster = company.service(name, team), company.schedule(team, *people)
    company.cover(service, policy=company.policy(team, roster), roster=roster)
    key, _ = alerts.create_key(SYSTEM, service, kind="generic", name="x", now=now)
    return service, key


def test_services_that_lack_something_come_first(now: dt.datetime) -> None:
    company.last_resort()
    covered(now, company.person("Ana"), name="Accounts")
    company.service("Zeppelins")
    assert [line.service.name for line in coverage(SYSTEM, now).lines] == ["Zeppelins", "Accounts"]


def test_a_revoked_or_unreadable_key_is_no_monitoring(now: dt.datetime) -> None:
    company.last_resort()
    _, key = covered(now, company.person("Ana"))
    IntegrationKey.objects.update(last_event_at=now - dt.timedelta(hours=1), unreadable_at=now)
    (lack,) = coverage(SYSTEM, now).lines[0].missing
    assert (lack.part, lack.path) == ("monitoring", "/s/checkout-api#h-keys")
    IntegrationKey.objects.update(unreadable_at=None)
    assert lacking(now) == {}
    alerts.revoke_key(SYSTEM, key, now=now)
    assert lacking(now) == {"Checkout API": ["monitoring"]}


def test_a_policy_that_reaches_nobody_of_its_own_now_is_no_alerting(now: dt.datetime) -> None:
    company.last_resort()
    ana = company.person("Ana")
    covered(now, ana)
    ContactMethod.objects.filter(person=ana).update(verified_at=None)
    (lack,) = coverage(SYSTEM, now).lines[0].missing
    assert lack.part == "alerting"
    assert "whose mail address is not verified" in lack.words
    ContactMethod.objects.filter(person=ana).update(verified_at=now)
    assert lacking(now) == {}


def test_hours_that_a_policy_leaves_to_the_last_resort_on_purpose_are_a_caution_only(now: dt.datetime) -> None:
    company.last_resort()
    ana = company.person("Ana")
    service, _ = covered(now, ana)
    hours = [{"days": [0, 1, 2, 3, 4], "from": "10:00", "to": "18:00"}]
    step = {"wait_minutes": 5, "targets": [ana], "windows": hours, "zone": "UTC"}
    policy = oncall.create_policy(SYSTEM, team=service.team, name="Office hours", steps=[step], now=now)
    oncall.cover_service(SYSTEM, service, policy=policy, roster=service.team.schedules.get(), now=now)
    (line,) = coverage(SYSTEM, now).complete
    assert any("no step of the policy counts then" in words for words in line.cautions)


def test_archived_services_are_left_out(now: dt.datetime) -> None:
    directory.change_service(SYSTEM, company.service(), archived=True, now=now)
    assert coverage(SYSTEM, now).lines == ()


def test_many_services_cost_as_many_queries_as_one(now: dt.datetime, django_assert_max_num_queries) -> None:
    company.last_resort()
    for number in range(6):
        covered(now, company.person(f"Person {number}"), name=f"Service {number}")
    coverage(SYSTEM, now)
    with django_assert_max_num_queries(26):
        coverage(SYSTEM, now)
