"""An incident that was run elsewhere comes in with its own times and the name it had there."""

from __future__ import annotations

import pytest

from tests.conftest import NOW
from tests.incidents import given
from tocsin.core.errors import Conflict, Invalid, NotAllowed
from tocsin.incidents import commands, queries
from tocsin.incidents.models import Incident
from tocsin.paging.models import Escalation, Page
from tocsin.postmortems.models import Postmortem

pytestmark = pytest.mark.django_db

FILE = {
    "reference": "BCK-12",
    "url": "https://backup.example.com/BCK-12",
    "summary": "Card payments fail",
    "severity": 1,
    "service": "checkout-api",
    "manager": "ben@example.com",
    "reported_at": "2026-11-19T01:44:00Z",
    "detected_at": "2026-11-19T01:41:00Z",
    "impact_started_at": "2026-11-19T01:38:00Z",
    "impact_ended_at": "2026-11-19T03:10:00Z",
    "fixing_at": "2026-11-19T01:49:00Z",
    "resolved_at": "2026-11-19T03:25:00Z",
    "timeline": [
        {"at": "2026-11-19T02:05:00Z", "kind": "decision", "text": "Back to 411.", "who": "Ana"},
        {"at": "2026-11-19T01:50:00Z", "text": "5xx at 38 %"},
    ],
}


def bring(there, by="ana", **fields):
    return commands.import_incident(there.actor(by), {**FILE, **fields}, now=NOW)


@pytest.mark.req("CHS-11", "SYS-22")
def test_it_keeps_its_times_and_its_reference_and_gets_a_key_of_ours():
    there = given.house()
    incident = queries.by_key(there.actor("sven"), bring(there).key)
    assert (incident.key, incident.state, incident.manager, incident.service) == ("HOT-1", "resolved", there.ben, there.service)
    for name in ("detected_at", "impact_started_at", "impact_ended_at", "fixing_at", "resolved_at"):
        assert getattr(incident, name).isoformat() == FILE[name].replace("Z", "+00:00")
    assert incident.created_at.isoformat() == "2026-11-19T01:44:00+00:00"
    assert (incident.outside.reference, incident.outside.url) == ("BCK-12", "https://backup.example.com/BCK-12")
    assert queries.ttr(incident).total_seconds() == 92 * 60
    assert list(queries.incidents(there.actor("sven"), q="bck-12")) == [incident]


@pytest.mark.req("CHS-11")
def test_its_story_stands_at_the_times_at_which_it_happened():
    there = given.house()
    lines = queries.timeline(there.actor("ana"), bring(there))
    story = {line.text: (line.at.isoformat(), line.actor_name) for line in lines if line.event_name == "incident.noted"}
    assert story == {
        "Back to 411.": ("2026-11-19T02:05:00+00:00", "Ana (imported by Ana)"),
        "5xx at 38 %": ("2026-11-19T01:50:00+00:00", "imported by Ana"),
    }
    assert any(line.kind == "Imported" and "BCK-12" in line.text for line in lines)


def test_nobody_is_paged_and_nothing_follows_by_itself():
    there = given.house()
    bring(there)
    bring(there, reference="BCK-13", resolved_at=None, impact_ended_at=None)
    assert not Escalation.objects.exists()
    assert not Page.objects.exists()
    assert not Postmortem.objects.exists()
    assert list(Incident.objects.order_by("number").values_list("state", flat=True)) == ["resolved", "fixing"]


def test_the_same_file_is_brought_in_once():
    there = given.house()
    bring(there)
    with pytest.raises(Conflict) as refused:
        bring(there)
    assert refused.value.field == "reference"
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"summary": None}, "summary"),
        ({"severity": 4}, "severity"),
        ({"severity": True}, "severity"),
        ({"reported_at": None}, "reported_at"),
        ({"reported_at": "yesterday"}, "reported_at"),
        ({"reported_at": "2026-11-19T01:44:00"}, "reported_at"),
        ({"resolved_at": "2026-11-18T00:00:00Z"}, "resolved_at"),
        ({"fixing_at": "2027-11-19T01:44:00Z"}, "fixing_at"),
        ({"detected_at": "2026-11-19T01:00:00Z"}, "detected_at"),
        ({"service": "nope"}, "service"),
        ({"products": ["nope"]}, "products.0"),
        ({"products": "nope"}, "products"),
        ({"manager": "nobody@example.com"}, "manager"),
        ({"url": "javascript:x"}, "url"),
        ({"private": "no"}, "private"),
        ({"timeline": [{"at": "2026-11-19T02:05:00Z"}]}, "timeline.0.text"),
        ({"timeline": [{"text": "x"}]}, "timeline.0.at"),
        ({"timeline": [{"at": "2026-11-19T02:05:00Z", "text": "x", "kind": "gossip"}]}, "timeline.0.kind"),
        ({"timeline": ["x"]}, "timeline.0"),
        ({"sumary": "x"}, "sumary"),
    ],
)
def test_what_is_wrong_is_named_by_its_place_and_nothing_comes_in(fields, field):
    there = given.house()
    with pytest.raises(Invalid) as refused:
        bring(there, **fields)
    assert refused.value.field == field
    assert not Incident.objects.exists()


def test_a_private_one_is_for_whoever_brought_it_and_whoever_ran_it():
    there = given.house()
    incident = bring(there, private=True)
    assert [name for name in ("ana", "ben", "imogen", "root") if queries.incidents(there.actor(name)).exists()] == [
        "ana",
        "ben",
        "root",
    ]
    assert incident.outside.imported_by == there.ana


def test_whoever_only_reads_brings_nothing_in():
    there = given.house()
    with pytest.raises(NotAllowed):
        bring(there, by="sven")
