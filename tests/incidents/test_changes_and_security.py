"""The change dashboard, and waking the security team."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.conftest import NOW
from tests.incidents import given
from tests.paging.world import HandEngine
from tocsin.alerts import commands as alerts
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.directory import commands as directory
from tocsin.incidents import commands, queries
from tocsin.paging.models import Page

pytestmark = pytest.mark.django_db

WEEK = NOW - dt.timedelta(days=7)


@pytest.mark.req("CHS-05")
def test_changes_come_from_releases_change_logs_and_notes_newest_first():
    there = given.house()
    incident = given.fixing(there)
    ana = there.actor("ana")
    alerts.record_change(ana, "Checkout 412", service=there.service, source="deploy", at=given.at(8), now=NOW)
    commands.log_change(ana, incident, "Back to 411", revert="412 again", now=NOW)
    commands.note(ana, incident, kind="change", text="Cache emptied", now=given.later(5))
    lines = queries.changes(there.actor("sven"), WEEK)
    assert [line.what for line in lines] == ["Cache emptied", "Back to 411", "Checkout 412"]
    assert [line.incident for line in lines] == [incident.key, incident.key, ""]
    assert lines[1].revert == "412 again"
    assert {line.service for line in lines} == {there.service}
    assert queries.changes(there.actor("sven"), WEEK, company.service("Search")) == []


def test_changes_of_private_incidents_and_drills_are_not_told():
    there = given.house()
    for fields in ({"private": True}, {"drill": True}):
        hidden = given.declared(there, by="root", **fields)
        commands.note(there.actor("root"), hidden, kind="change", text="Hush", now=NOW)
    assert queries.changes(there.actor("sven"), WEEK) == []


def test_a_change_that_lies_ahead_or_leads_astray_is_refused():
    there = given.house()
    for fields, field in (({"at": given.later(60)}, "at"), ({"link": "javascript:x"}, "link")):
        with pytest.raises(Invalid) as refused:
            alerts.record_change(there.actor("ana"), "x", now=NOW, **fields)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        alerts.record_change(there.actor("sven"), "x", now=NOW)


def secured(there):
    guard = company.person("Gus")
    team = company.team("Security", guard)
    company.schedule(team, guard)
    directory.set_organisation(there.actor("root"), security_team=team, now=NOW)
    return guard


@pytest.mark.req("CHS-05")
def test_anybody_wakes_the_security_team_and_a_private_incident_is_opened(mail):
    there = given.house()
    secured(there)
    incident = commands.page_security(there.actor("sven"), "A key is on the internet", now=NOW)
    HandEngine().run(NOW)
    assert incident.is_private
    assert "Gus" in set(Page.objects.filter(subject=incident.id).values_list("person__name", flat=True))
    assert not queries.incidents(there.actor("ana")).exists()
    assert queries.incidents(there.actor("sven")).exists()


def test_for_an_incident_the_team_is_called_in_and_it_stays_as_public_as_it_was(mail):
    there = given.house()
    secured(there)
    incident = given.fixing(there)
    assert commands.page_security(there.actor("ben"), "Odd log-ins", incident=incident, now=given.later(3)) == incident
    HandEngine().run(given.later(3))
    assert Page.objects.filter(subject=incident.id, person__name="Gus").exists()
    assert not incident.is_private


def test_without_a_security_team_the_last_resort_is_woken(mail):
    there = given.house()
    incident = commands.page_security(there.actor("sven"), "A key is on the internet", now=NOW)
    HandEngine().run(NOW)
    assert set(Page.objects.filter(subject=incident.id).values_list("person__name", flat=True)) == {"Imogen"}
    with pytest.raises(Conflict):
        commands.page_security(there.actor("ben"), "x", incident=given.fixing(there), now=NOW)


def test_a_team_that_cannot_be_paged_keeps_nobody_from_being_woken(mail):
    there = given.house()
    directory.set_organisation(there.actor("root"), security_team=company.team("Security"), now=NOW)
    incident = commands.page_security(there.actor("sven"), "A key is on the internet", now=NOW)
    HandEngine().run(NOW)
    assert set(Page.objects.filter(subject=incident.id).values_list("person__name", flat=True)) == {"Imogen"}
    assert any("was not paged" in line.text for line in queries.timeline(there.actor("root"), incident))
