"""The story of an incident, read by whoever joins late."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.conftest import NOW
from tests.incidents import given
from tocsin.core.errors import Invalid
from tocsin.core.models import Event
from tocsin.incidents import catalogue, commands, events, queries, rules

pytestmark = pytest.mark.django_db


@pytest.mark.req("TRK-07")
@pytest.mark.parametrize("kind", list(rules.NOTES))
def test_each_kind_of_note_appears_with_author_role_and_time(kind):
    there = given.house()
    incident = given.fixing(there)
    commands.note(there.actor("ben"), incident, kind=kind, text="host 3 is back", now=given.later(3))
    line = queries.timeline(there.actor("sven"), incident)[0]
    assert (line.kind, line.text, line.at) == (rules.NOTES[kind], "host 3 is back", given.later(3))
    assert (line.actor_name, line.role) == ("Ben", "incident manager")


@pytest.mark.req("TRK-07")
def test_a_note_stands_at_the_time_it_happened():
    there = given.house()
    incident = given.fixing(there)
    commands.note(there.actor("ben"), incident, kind="change", text="release 3", at=given.at(8, 9), now=given.later(5))
    oldest = queries.timeline(there.actor("ana"), incident)[-1]
    assert (oldest.kind, oldest.at) == ("Change", given.at(8, 9))
    with pytest.raises(Invalid) as refused:
        commands.note(there.actor("ben"), incident, kind="change", text="x", at=given.at(23), now=given.later(5))
    assert refused.value.field == "at"


@pytest.mark.req("TRK-07")
def test_messages_pages_and_decisions_share_one_story_newest_first():
    there = given.house()
    incident = given.fixing(there)
    commands.say(there.actor("sven"), incident, "Are refunds hit?", client_key="k1", now=given.later(2))
    commands.say(there.actor("sven"), incident, "Are refunds hit?", client_key="k1", now=given.later(2))
    commands.note(there.actor("ben"), incident, kind="decision", text="roll back", now=given.later(3))
    lines = queries.timeline(there.actor("ana"), incident)
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
    said = [line for line in lines if line.event_name == "message.posted"]
    assert [(line.kind, line.actor_name, line.text) for line in said] == [("", "Sven", "Are refunds hit?")]
    talk = queries.timeline(there.actor("ana"), incident, only="talk")
    assert {line.event_name for line in talk} == {"message.posted", "incident.noted"}
    key = queries.timeline(there.actor("ana"), incident, only="key")
    assert not any(line.quiet for line in key)


def test_what_linked_alerts_did_belongs_to_the_story():
    there = given.house()
    alert = company.alert(there.service)
    incident = given.declared(there, alerts=[alert])
    Event.objects.create(
        name="alert.acknowledged",
        subject=alert.id,
        actor=there.ana.id,
        actor_name="Ana",
        via="link",
        at=given.later(1),
        data={"number": 1},
    )
    assert "alert.acknowledged" in {line.event_name for line in queries.timeline(there.actor("ana"), incident, only="alerts")}


def test_the_role_beside_a_line_is_the_one_held_then():
    there = given.house()
    incident = given.fixing(there)
    commands.note(there.actor("ben"), incident, kind="status", text="before", now=given.later(2))
    incident = commands.hand_over(there.actor("ben"), incident, there.ana, now=given.later(3))
    commands.note(there.actor("ben"), incident, kind="status", text="after", now=given.later(4))
    roles = {line.text: line.role for line in queries.timeline(there.actor("ana"), incident, only="talk")}
    assert roles == {"before": "incident manager", "after": ""}


def test_start_and_end_of_the_impact_stand_where_they_were():
    there = given.house()
    incident = given.resolved(there)
    story = [(line.kind, line.at) for line in queries.timeline(there.actor("sven"), incident, only="key")]
    assert ("Impact starts", given.at(8, 14)) == story[-1]
    assert ("Impact ends", given.at(9, 22)) in story


def test_every_event_of_this_room_has_words():
    names = {value for name, value in vars(events).items() if name.isupper() and value.startswith("incident.")}
    assert names <= set(catalogue.NAMES)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (6240, "1 h 44 min"),
        (86400, "1 d"),
        (97200, "1 d 3 h"),
    ],
)
def test_durations_are_said_in_their_two_largest_units(seconds, words):
    assert rules.duration_words(dt.timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(("names", "words"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")])
def test_names_are_joined_with_commas_and_one_and(names, words):
    assert rules.joined(names) == words


def test_the_timeline_of_an_incident_costs_the_same_however_long_it_is(django_assert_num_queries):
    there = given.house()
    incident = given.fixing(there)
    for minute in range(5):
        commands.say(there.actor("ana"), incident, f"message {minute}", now=NOW)
    actor = there.actor("ana")
    with django_assert_num_queries(4):
        queries.timeline(actor, incident)
