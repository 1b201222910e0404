"""Who is paged for an incident, and who is not."""

from __future__ import annotations

import pytest

from tests import company
from tests.conftest import NOW
from tests.incidents import given
from tocsin.core.errors import Conflict, NotAllowed
from tocsin.incidents import commands, queries
from tocsin.paging.models import Escalation

pytestmark = pytest.mark.django_db


@pytest.mark.req("PAG-01", "PAG-02")
@pytest.mark.parametrize("severity", [1, 2])
def test_a_major_incident_asks_its_service_s_people_and_its_incident_managers(severity):
    there = given.house()
    incident = given.declared(there, severity=severity)
    assert given.asked(incident) == [{"Payments on call"}, {"Payments incident managers"}]


@pytest.mark.req("PAG-02")
def test_each_service_has_incident_managers_of_its_own():
    there = given.house()
    other = company.service("Search", company.team("Search", there.ana))
    company.cover(
        other, policy=company.policy(other.team, there.ana), roster=company.schedule(other.team, there.root, name="Search IMs")
    )
    assert given.asked(given.declared(there, service=other))[1] == {"Search IMs"}
    assert given.asked(given.declared(there))[1] == {"Payments incident managers"}


@pytest.mark.req("PAG-03")
def test_an_unknown_service_asks_the_last_resort_once():
    there = given.house()
    assert given.asked(given.declared(there, service=None)) == [{there.last_resort.name}]


@pytest.mark.req("PAG-03")
def test_the_last_resort_stands_in_for_missing_incident_managers():
    there = given.house()
    company.cover(other := company.service("Search", there.team), policy=company.policy(there.team, there.ana, name="Search"))
    assert given.asked(given.declared(there, service=other)) == [{"Ana"}, {there.last_resort.name}]


@pytest.mark.req("PAG-04")
def test_the_card_of_a_page_has_key_severity_summary_and_link():
    there = given.house()
    incident = given.declared(there)
    for row in given.escalations(incident):
        assert row.card == {
            "key": incident.key,
            "severity": "Sev 1",
            "title": "Card payments fail",
            "path": f"/{incident.key}",
            "service": "Checkout API",
        }


@pytest.mark.req("PAG-05")
def test_sev_3_wakes_nobody_and_waits_in_the_team_s_queue():
    there = given.house()
    incident = given.declared(there, severity=3)
    assert not Escalation.objects.exists()
    assert list(queries.team_queue(there.actor("ana"), there.team)) == [incident]
    assert queries.queue_counts(there.actor("ana")) == {there.team.id: 1}


@pytest.mark.req("PAG-06")
@pytest.mark.parametrize("severity", [1, 2])
def test_raising_from_sev_3_pages_exactly_once(severity):
    there = given.house()
    incident = given.declared(there, severity=3)
    for minute in (1, 2):
        incident = commands.set_severity(there.actor("ana"), incident, severity, now=given.later(minute))
    commands.set_severity(there.actor("ana"), incident, 3 - severity, now=given.later(3))
    assert given.asked(incident) == [{"Payments on call"}, {"Payments incident managers"}]
    assert incident.set_up_at == given.later(1)


def test_lowering_to_sev_3_stops_paging_and_raising_again_pages_again():
    there = given.house()
    incident = given.declared(there)
    incident = commands.set_severity(there.actor("ana"), incident, 3, now=given.later(1))
    assert {row.state for row in given.escalations(incident)} == {Escalation.STOPPED}
    commands.set_severity(there.actor("ana"), incident, 2, now=given.later(2))
    assert [row.state for row in given.escalations(incident)] == ["stopped", "stopped", "running", "running"]


def test_a_drill_never_pages():
    there = given.house()
    incident = given.declared(there, severity=3, drill=True)
    incident = commands.set_severity(there.actor("ana"), incident, 1, now=given.later(1))
    given.declared(there, severity=1, drill=True)
    with pytest.raises(Conflict) as refused:
        commands.page_team(there.actor("ana"), incident, there.team, now=given.later(2))
    assert refused.value.code == "drill"
    assert not Escalation.objects.exists()


def test_a_stakeholder_who_declares_wakes_people_and_may_not_page_a_team():
    there = given.house()
    incident = given.declared(there, by="sven")
    assert len(given.escalations(incident)) == 2
    with pytest.raises(NotAllowed):
        commands.page_team(there.actor("sven"), incident, there.team, now=NOW)


def test_a_team_is_paged_by_its_policy_a_schedule_and_a_person_directly():
    there = given.house()
    incident = given.declared(there, severity=3)
    actor = there.actor("ana")
    for target in (there.team, there.managers, there.imogen):
        commands.page_team(actor, incident, target, now=NOW)
    assert given.asked(incident) == [{"Payments on call"}, {"Payments incident managers"}, {"Imogen"}]


def test_a_team_that_nobody_can_be_paged_for_is_said_to_be_so():
    there = given.house()
    incident = given.declared(there, severity=3)
    with pytest.raises(Conflict):
        commands.page_team(there.actor("ana"), incident, company.team("Empty"), now=NOW)
