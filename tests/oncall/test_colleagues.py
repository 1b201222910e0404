"""A person at a glance: on which rosters, now or when."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import company
from tocsin.core.actor import SYSTEM
from tocsin.directory import finding
from tocsin.oncall import colleagues, commands

pytestmark = pytest.mark.django_db


def cards(now, q=""):
    return {card.person.name: card for card in colleagues.cards(SYSTEM, list(finding.find(SYSTEM, now, q=q)), now)}


@pytest.mark.req("ESC-03")
def test_a_search_gives_contact_methods_team_and_roster(now: dt.datetime) -> None:
    ana, ben = company.person("Ana"), company.person("Ben")
    team = company.team("Payments", ana, ben)
    company.schedule(team, ana, ben)
    found = cards(now)
    on_call = next(card for card in found.values() if card.on_call)
    other = found["Ben" if on_call.person == ana else "Ana"]
    (place,) = on_call.places
    assert [way.address for way in on_call.ways] == [on_call.person.email]
    assert on_call.teams == [team]
    assert (place.schedule.name, place.until) == ("Payments on call", dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC))
    assert (other.places[0].on_call, other.places[0].since) == (False, place.until)


def test_an_override_makes_somebody_a_member_of_the_roster_for_its_time(now: dt.datetime) -> None:
    ana, ben = company.person("Ana"), company.person("Ben")
    schedule = company.schedule(company.team("Payments", ana, ben), ana)
    assert cards(now)["Ben"].places == []
    later = now + dt.timedelta(days=2)
    commands.add_override(SYSTEM, schedule, person=ben, starts_at=later, ends_at=later + dt.timedelta(hours=4), now=now)
    (place,) = cards(now)["Ben"].places
    assert (place.on_call, place.since, place.until) == (False, later, later + dt.timedelta(hours=4))
    (always,) = cards(now)["Ana"].places
    assert (always.on_call, always.until) == (True, later)
    assert cards(later + dt.timedelta(days=1))["Ben"].places == []


def test_somebody_whose_turn_never_comes_is_said_to_have_none(now: dt.datetime) -> None:
    ana, ben = company.person("Ana"), company.person("Ben")
    schedule = company.schedule(company.team("Payments", ana, ben), ana)
    far = now + dt.timedelta(weeks=20)
    commands.add_override(SYSTEM, schedule, person=ben, starts_at=far, ends_at=far + dt.timedelta(days=1), now=now)
    (place,) = cards(now)["Ben"].places
    assert (place.on_call, place.since, place.until) == (False, None, None)


def test_many_people_cost_as_many_queries_as_one(now: dt.datetime) -> None:
    people = [company.person(f"Person {number}") for number in range(12)]
    for number in range(4):
        company.schedule(company.team(f"Team {number}", *people), *people)
    list(cards(now))
    counts = []
    for some in (people[:1], people):
        with CaptureQueriesContext(connection) as asked:
            colleagues.cards(SYSTEM, list(finding.find(SYSTEM, now).filter(pk__in=[one.pk for one in some])), now)
        counts.append(len(asked))
    assert counts[0] == counts[1]
