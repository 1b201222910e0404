"""From a report to an incident that people know of."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from tests import company
from tests.conftest import NOW
from tests.incidents import given
from tocsin.collab import queries as collab
from tocsin.collab.documents import queries as documents
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.core.models import Counter, Event
from tocsin.incidents import commands, queries
from tocsin.incidents.models import Incident

pytestmark = pytest.mark.django_db


@pytest.mark.req("DET-01")
@pytest.mark.parametrize("source", ["monitoring", "customer_report", "own_observation"])
def test_the_record_says_how_the_incident_was_noticed(source):
    there = given.house()
    assert given.declared(there, source=source).source == source


@pytest.mark.req("DET-01")
def test_anybody_of_the_house_may_report_and_a_token_that_reads_may_not():
    there = given.house()
    assert given.declared(there, by="sven").reporter == there.sven
    reading = dataclasses.replace(there.actor("sven"), scopes=frozenset({"read"}))
    with pytest.raises(NotAllowed):
        commands.declare(reading, summary="x", severity=3, now=NOW)


@pytest.mark.req("DET-03")
@pytest.mark.parametrize("summary", ["", "   ", "\n", "x" * 201, "a\ud800b", None])
def test_a_report_without_a_usable_summary_is_refused_by_name(summary):
    there = given.house()
    with pytest.raises(Invalid) as refused:
        given.declared(there, summary=summary)
    assert refused.value.field == "summary"
    assert not Incident.objects.exists()


@pytest.mark.req("DET-04")
def test_the_description_keeps_impact_and_contact_as_written():
    there = given.house()
    text = "Nobody can pay by card.\nCall me: Ana, +43 1 234"
    assert given.declared(there, description=text).description == text


@pytest.mark.req("DET-05")
@pytest.mark.parametrize("severity", [0, 4, "1", None, True, 1.0])
def test_exactly_three_severities_are_accepted(severity):
    there = given.house()
    with pytest.raises(Invalid) as refused:
        given.declared(there, severity=severity)
    assert refused.value.field == "severity"
    assert [given.declared(there, severity=number).severity for number in (1, 2, 3)] == [1, 2, 3]


@pytest.mark.req("DET-06")
def test_the_service_may_be_unknown():
    there = given.house()
    assert given.declared(there, service=None).service is None


@pytest.mark.req("DET-07")
def test_any_number_of_products_is_kept():
    there = given.house()
    tickets, wallet = company.product("Tickets"), company.product("Wallet")
    incident = given.declared(there, products=[tickets, wallet])
    assert set(incident.products.all()) == {tickets, wallet}
    assert not given.declared(there).products.exists()


@pytest.mark.req("DET-08")
def test_keys_are_counted_up_and_never_given_twice():
    there = given.house()
    first, second = given.declared(there, severity=3), given.declared(there, severity=3)
    assert (first.key, second.key) == (f"HOT-{first.number}", f"HOT-{first.number + 1}")
    Incident.objects.filter(pk=second.pk).delete()
    assert given.declared(there, severity=3).number == second.number + 1


@pytest.mark.req("DET-08")
def test_a_key_may_have_five_digits():
    there = given.house()
    Counter.objects.update_or_create(name="incident", defaults={"value": 12344})
    assert given.declared(there, severity=3).key == "HOT-12345"


@pytest.mark.req("DET-09")
def test_the_key_is_in_the_page_the_room_its_topic_and_the_document():
    there = given.house()
    incident = given.declared(there)
    room, document = collab.room(incident.id), documents.document(incident.id)
    assert room.name == incident.key
    assert incident.key in room.topic
    assert document.title.startswith(incident.key)
    assert {row.card["key"] for row in given.escalations(incident)} == {incident.key}


@pytest.mark.req("PAG-14")
def test_an_alert_gives_source_service_and_moment_of_detection():
    there = given.house()
    alert = company.alert(there.service, started_at=NOW - dt.timedelta(minutes=3))
    incident = given.declared(there, service=None, alerts=[alert])
    assert (incident.source, incident.service, incident.detected_at) == ("monitoring", there.service, alert.started_at)
    assert list(queries.linked_alerts(there.actor("ana"), incident)) == [alert]


def test_an_acknowledged_alert_stays_acknowledged_when_an_incident_begins():
    there = given.house()
    alert = company.alert(there.service, status="acknowledged")
    given.declared(there, alerts=[alert])
    alert.refresh_from_db()
    assert alert.status == "acknowledged"


def test_an_alert_belongs_to_one_incident():
    there = given.house()
    alert = company.alert(there.service)
    first = given.declared(there, alerts=[alert])
    with pytest.raises(Conflict) as refused:
        given.declared(there, alerts=[alert])
    assert refused.value.code == "alert_taken"
    assert first.key in refused.value.detail
    assert Incident.objects.count() == 1
    again = commands.link_alert(there.actor("ana"), first, alert, now=NOW)
    assert again.alert_links.count() == 1


@pytest.mark.req("MET-02")
def test_detection_before_the_start_of_impact_is_refused():
    there = given.house()
    with pytest.raises(Invalid) as refused:
        given.declared(there, impact_started_at=NOW, detected_at=NOW - dt.timedelta(minutes=1))
    assert refused.value.field == "detected_at"


def test_a_declaration_that_fails_leaves_nothing_behind():
    there = given.house()
    before = Event.objects.count()
    with pytest.raises(Conflict):
        given.declared(there, alerts=[_taken(there)])
    assert Event.objects.filter(name="incident.declared").count() == 1
    assert Event.objects.count() > before


def _taken(there):
    alert = company.alert(there.service)
    given.declared(there, severity=3, alerts=[alert])
    return alert


def test_setting_up_twice_makes_one_room_and_one_document():
    there = given.house()
    incident = given.declared(there, severity=3)
    assert collab.room(incident.id) is None
    once = commands.set_up(there.actor("ana"), incident, now=NOW)
    twice = commands.set_up(there.actor("ben"), incident, now=given.later(1))
    assert once.set_up_at == twice.set_up_at == NOW
    assert Event.objects.filter(name="incident.set_up", context=incident.id).count() == 1
