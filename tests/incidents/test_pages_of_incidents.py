"""What the pager does for an incident, from the declaration to the last link."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.conftest import NOW
from tests.incidents import given
from tests.paging.world import HandEngine
from tocsin.incidents import commands, queries
from tocsin.paging.models import Page

pytestmark = pytest.mark.django_db


def paged(there, **fields):
    incident = given.declared(there, **fields)
    HandEngine().run(NOW)
    return incident


@pytest.mark.req("PAG-01", "PAG-02", "TRK-04")
def test_people_are_paged_by_themselves_and_it_is_in_the_story(mail):
    there = given.house()
    incident = paged(there)
    assert set(Page.objects.values_list("person__name", flat=True)) == {"Ana", "Ben"}
    lines = queries.timeline(there.actor("sven"), incident, only="alerts")
    assert {"Ana is paged", "Ben is paged"} <= {line.text for line in lines}
    assert {line.what for line in queries.history(there.actor("sven"), incident)} >= {"Page"}


@pytest.mark.req("OPN-01")
def test_taking_command_answers_the_own_page_and_leaves_those_who_mend_it_paged(mail):
    there = given.house()
    incident = commands.take_command(there.actor("ben"), paged(there), now=given.later(1))
    assert {page.person.name: page.status for page in Page.objects.all()} == {"Ana": "sent", "Ben": "acknowledged"}
    assert "Ben acknowledged" in {line.text for line in queries.timeline(there.actor("ana"), incident)}


def test_whoever_is_paged_for_a_private_incident_may_see_it(mail):
    there = given.house()
    incident = paged(there, by="sven", private=True)
    assert queries.by_key(there.actor("ben"), incident.key) == incident
    assert not queries.incidents(there.actor("imogen")).exists()


def test_links_of_pages_end_a_day_after_the_incident_is_resolved(mail):
    there = given.house()
    incident = commands.take_command(there.actor("ben"), paged(there), now=given.later(1))
    given.resolved(there, incident)
    assert {page.token_expires_at for page in Page.objects.all()} == {given.at(9, 30) + dt.timedelta(hours=24)}
    assert not Page.objects.filter(status__in=Page.OPEN).exists()
