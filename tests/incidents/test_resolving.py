"""The end of the emergency, and what begins with it."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.incidents import given
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.models import Event
from tocsin.incidents import commands, queries
from tocsin.paging.models import Escalation
from tocsin.postmortems.models import Postmortem

pytestmark = pytest.mark.django_db


@pytest.mark.req("RES-01")
@pytest.mark.parametrize("missing", ["impact_over", "none_about_to_follow"])
def test_resolving_asks_whether_impact_is_over_and_none_follows(missing):
    there = given.house()
    incident = given.fixing(there)
    with pytest.raises(Invalid) as refused:
        given.resolved(there, incident, **{missing: False})
    assert refused.value.field == missing
    assert queries.by_key(there.actor("ana"), incident.key).state == "fixing"


@pytest.mark.req("RES-01")
def test_open_work_does_not_hinder_resolving():
    there = given.house()
    incident = given.fixing(there)
    commands.note(there.actor("ben"), incident, kind="status", text="cause unknown", now=given.later(2))
    assert given.resolved(there, incident).state == "resolved"


@pytest.mark.req("RES-04")
@pytest.mark.parametrize("name", ["impact_started_at", "impact_ended_at"])
def test_a_missing_time_is_refused_unless_it_is_said_to_be_unknown(name):
    there = given.house()
    incident = given.fixing(there)
    with pytest.raises(Invalid) as refused:
        given.resolved(there, incident, **{name: None})
    assert refused.value.field == name
    incident = given.resolved(there, incident, **{name: None}, unknown=[name])
    assert (getattr(incident, name), incident.unknown_times) == (None, [name])
    assert queries.ttr(incident) is None


@pytest.mark.req("RES-04")
def test_times_that_were_set_before_need_not_be_said_again():
    there = given.house()
    incident = given.fixing(there)
    commands.set_times(
        there.actor("ben"), incident, impact_started_at=given.at(8, 14), impact_ended_at=given.at(8, 50), now=given.later(2)
    )
    incident = given.resolved(there, incident, impact_started_at=None, impact_ended_at=None)
    assert queries.ttr(incident) == dt.timedelta(minutes=36)


def test_a_time_cannot_be_set_and_unknown_at_once():
    there = given.house()
    with pytest.raises(Invalid) as refused:
        given.resolved(there, unknown=["impact_ended_at"])
    assert refused.value.field == "impact_ended_at"
    with pytest.raises(Invalid) as refused:
        given.resolved(there, given.fixing(there), unknown=["birthday"])
    assert refused.value.field == "unknown"


@pytest.mark.req("MET-01", "MET-02")
def test_known_times_give_exact_durations():
    there = given.house()
    incident = given.resolved(there)
    assert queries.ttr(incident) == dt.timedelta(minutes=68)
    assert queries.ttd(incident) == dt.timedelta(minutes=1)
    data = Event.objects.get(name="incident.resolved").data
    assert (data["ttr_seconds"], data["ttd_seconds"]) == (68 * 60, 60)


@pytest.mark.req("MET-02")
def test_resolving_with_detection_before_the_start_of_impact_is_refused():
    there = given.house()
    with pytest.raises(Invalid) as refused:
        given.resolved(there, detected_at=given.at(8, 13))
    assert refused.value.field == "detected_at"


@pytest.mark.req("TRK-01")
def test_a_pending_incident_cannot_be_resolved_and_a_resolved_one_not_again():
    there = given.house()
    with pytest.raises(Conflict):
        given.resolved(there, given.declared(there))
    incident = given.resolved(there)
    with pytest.raises(Conflict):
        given.resolved(there, incident)
    for deed in (
        lambda: commands.take_command(there.actor("ana"), incident, now=given.at(10)),
        lambda: commands.set_severity(there.actor("ana"), incident, 2, now=given.at(10)),
        lambda: commands.page_team(there.actor("ana"), incident, there.team, now=given.at(10)),
    ):
        with pytest.raises(Conflict):
            deed()


def test_resolving_stops_paging_and_resolves_linked_alerts():
    there = given.house()
    fired, quiet = company.alert(there.service), company.alert(there.service, status="resolved")
    incident = commands.take_command(there.actor("ben"), given.declared(there, alerts=[fired, quiet]), now=given.later(1))
    given.resolved(there, incident)
    fired.refresh_from_db()
    assert (fired.status, fired.resolved_at, fired.resolved_by) == ("resolved", given.at(9, 30), there.ben)
    assert not Escalation.objects.filter(subject=incident.id, state="running").exists()


@pytest.mark.req("RES-09")
@pytest.mark.parametrize("severity", [1, 2])
def test_a_major_incident_demands_an_owner_and_begins_its_postmortem(severity):
    there = given.house()
    incident = given.fixing(there, severity=severity)
    with pytest.raises(Invalid) as refused:
        given.resolved(there, incident, postmortem_owner=None)
    assert refused.value.field == "postmortem_owner"
    assert not Postmortem.objects.exists()
    incident = given.resolved(there, incident)
    assert (incident.postmortem.owner, incident.postmortem.state) == (there.ana, "draft")
    assert incident.postmortem.incident == incident


@pytest.mark.req("RES-09")
def test_an_owner_who_has_left_is_refused():
    there = given.house()
    there.ana.is_active = False
    there.ana.save()
    with pytest.raises(Invalid) as refused:
        given.resolved(there)
    assert refused.value.field == "postmortem_owner"


def test_sev_3_and_drills_are_resolved_without_a_postmortem():
    there = given.house()
    for fields in ({"severity": 3}, {"drill": True}):
        given.resolved(there, given.fixing(there, **fields), postmortem_owner=None)
    assert not Postmortem.objects.exists()


@pytest.mark.req("RES-05")
def test_how_restoration_is_known_is_kept_with_who_said_so_and_when():
    there = given.house()
    incident = given.fixing(there)
    with pytest.raises(Invalid) as refused:
        given.resolved(there, incident, restored=["rumour"])
    assert refused.value.field == "restored"
    done = given.resolved(there, incident, restored=["vendor", "support"], support_cases=4)
    fresh = type(done).objects.get(pk=done.pk)
    assert [(one["by"], one["name"]) for one in fresh.restored] == [("support", "Ben"), ("vendor", "Ben")]
    (line,) = [one for one in queries.timeline(there.actor("ben"), fresh) if one.event_name == "incident.resolved"]
    assert "support staff say so and the vendor says so" in line.text
