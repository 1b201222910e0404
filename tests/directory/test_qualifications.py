"""What people can do: who says so, until when it counts, and finding whoever can."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Invalid, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.directory import commands, finding, rules
from tocsin.directory.models import Qualification

pytestmark = pytest.mark.django_db


def able(person, name, now, **days):
    return commands.set_qualification(SYSTEM, person, name, **days, now=now)


def names(found):
    return [person.name for person in found]


def test_administrators_and_managers_of_the_person_s_team_say_what_somebody_can_do(now: dt.datetime) -> None:
    ana, mia, otto = company.person("Ana"), company.person("Mia"), company.person("Otto")
    company.team("Payments", ana, manager=mia)
    company.team("Search", manager=otto)
    for who in (company.administrator(), mia):
        made = commands.set_qualification(company.actor(who), ana, "database", now=now)
    for who in (ana, otto, company.stakeholder()):
        for attempt in (
            lambda who=who: commands.set_qualification(company.actor(who), ana, "network", now=now),
            lambda who=who: commands.remove_qualification(company.actor(who), made, now=now),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    commands.remove_qualification(company.actor(mia), made, now=now)
    with pytest.raises(NotFound):
        commands.remove_qualification(company.actor(mia), made, now=now)
    assert Event.objects.filter(name__startswith="qualification.", context=ana.id).count() == 3


def test_saying_it_again_sets_the_days_and_keeps_one_spelling(now: dt.datetime) -> None:
    ana, ben = company.person("Ana"), company.person("Ben")
    able(ana, "Incident manager  trained", now)
    able(ana, "incident MANAGER trained", now, trained_on=dt.date(2026, 1, 5), expires_on=dt.date(2028, 1, 5))
    able(ana, "incident manager trained", now)
    able(ben, "INCIDENT manager trained", now)
    assert set(Qualification.objects.values_list("name", flat=True)) == {"Incident manager trained"}
    assert ana.qualifications.get().expires_on == dt.date(2028, 1, 5)
    assert finding.known_qualifications() == [("Incident manager trained", 2)]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 61}),
        ("trained_on", {"trained_on": dt.date(2031, 1, 1)}),
        ("trained_on", {"trained_on": dt.date(1, 1, 1)}),
        ("expires_on", {"expires_on": dt.date(9999, 1, 1)}),
        ("expires_on", {"trained_on": dt.date(2026, 1, 5), "expires_on": dt.date(2026, 1, 4)}),
    ],
)
def test_what_is_wrong_is_said_with_its_field(now: dt.datetime, field: str, given: dict) -> None:
    with pytest.raises(Invalid) as refused:
        commands.set_qualification(SYSTEM, company.person(), given.pop("name", "database"), **given, now=now)
    assert refused.value.field == field


def test_nobody_has_hundreds_of_them(now: dt.datetime) -> None:
    ana = company.person("Ana")
    for number in range(40):
        able(ana, f"thing {number}", now)
    able(ana, "thing 7", now)
    with pytest.raises(Invalid):
        able(ana, "one more", now)


@pytest.mark.req("ESC-03")
def test_people_are_found_by_name_team_and_what_they_can_do_today(now: dt.datetime) -> None:
    ana, ben, mei = company.person("Ana"), company.person("Ben"), company.person("Mei")
    company.team("Payments", ana, ben)
    company.team("Data", mei)
    able(ana, "database", now)
    able(mei, "database", now, expires_on=now.date())
    able(ben, "database", now, expires_on=now.date() - dt.timedelta(days=1))
    assert names(finding.find(SYSTEM, now, q="BEN")) == ["Ben"]
    assert names(finding.find(SYSTEM, now, q="payments")) == ["Ana", "Ben"]
    assert names(finding.find(SYSTEM, now, q="data")) == ["Ana", "Mei"]
    assert names(finding.find(SYSTEM, now, q="database payments")) == ["Ana"]
    assert names(finding.find(SYSTEM, now, qualification="DATABASE")) == ["Ana", "Mei"]
    assert names(finding.find(SYSTEM, now, team="payments", qualification="database")) == ["Ana"]
    assert names(finding.find(SYSTEM, now, q="nobody")) == []
    assert names(finding.find(SYSTEM, now, q="\x00")) == ["Ana", "Ben", "Mei"]


@pytest.mark.req("ESC-03")
def test_responders_see_proven_numbers_and_addresses_but_no_key_that_works_for_whoever_knows_it(now: dt.datetime) -> None:
    ana = company.person("Ana")
    gateway = commands.create_gateway(SYSTEM, name="SMS", url="https://sms.example.com/{{ to }}", now=now)
    company.method(ana, "+43 660 1234567", gateway=gateway)
    company.method(ana, "topic-of-ana-x7", gateway=gateway)
    company.method(ana, "+43 660 9999999", gateway=gateway, verified=False)
    seen = finding.ways_of(company.actor(company.person("Ben")), [ana])[ana.id]
    assert sorted((way.name, way.address, way.link) for way in seen) == [
        ("Mail", "ana@example.com", "mailto:ana@example.com"),
        ("SMS", "", ""),
        ("SMS", "+43 660 1234567", "tel:+436601234567"),
    ]
    assert finding.ways_of(company.actor(company.stakeholder()), [ana]) == {}


@pytest.mark.parametrize("number", ["+436601234567", "0660 12 34 567", "+1 (555) 010-0199", "112 11"])
def test_a_telephone_number_is_known_when_it_is_seen(number: str) -> None:
    assert rules.is_telephone(number)


@pytest.mark.parametrize("key", ["topic", "topic-123", "AbC123", "+", "1234", "https://x", "0660\n123456", "1" * 40])
def test_anything_else_is_taken_for_a_key(key: str) -> None:
    assert not rules.is_telephone(key)
