"""Two people press at the same moment: one winner, both told, nothing twice."""

from __future__ import annotations

import io

import pytest

from tests.conftest import NOW
from tests.incidents import given
from tests.racing import race
from tocsin.collab import commands as collab
from tocsin.collab import queries as rooms
from tocsin.collab.documents import commands as writing
from tocsin.collab.documents import queries as documents
from tocsin.collab.models import Message, Presence, Reaction, Room, StoredFile
from tocsin.core.errors import Conflict, Stale
from tocsin.core.models import Event
from tocsin.incidents import commands, verbs
from tocsin.incidents.models import Incident
from tocsin.paging.models import Escalation
from tocsin.postmortems import commands as postmortems
from tocsin.postmortems.models import Postmortem
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages.models import Update

pytestmark = pytest.mark.django_db(transaction=True)


def test_keys_of_incidents_that_are_declared_together_are_different():
    there = given.house()
    actor = there.actor("ana")
    race(*[lambda: commands.declare(actor, summary="x", severity=3, now=NOW)] * 4)
    assert Incident.objects.values("key").distinct().count() == 4


@pytest.mark.req("OPN-01")
def test_of_two_who_take_command_one_is_manager_and_the_other_is_told():
    there = given.house()
    incident = given.declared(there, severity=3)
    actors = [there.actor("ana"), there.actor("ben")]
    results = race(*[lambda actor=actor: commands.take_command(actor, incident, now=given.later(1)) for actor in actors])
    (won,) = [result for result in results if isinstance(result, Incident)]
    (lost,) = [result for result in results if isinstance(result, Conflict)]
    assert won.manager.name in lost.detail
    assert won.roles.filter(role="incident_manager", until=None).count() == 1
    assert Event.objects.filter(name="incident.state_changed").count() == 1


@pytest.mark.req("PAG-06")
def test_two_who_raise_the_severity_page_once():
    there = given.house()
    incident = given.declared(there, severity=3)
    actors = [there.actor("ana"), there.actor("ben")]
    race(*[lambda actor=actor: commands.set_severity(actor, incident, 1, now=given.later(1)) for actor in actors])
    assert len(given.escalations(incident)) == 2
    assert Room.objects.count() == 1


def test_a_double_click_on_publish_is_one_publication():
    there = given.house()
    incident = given.fixing(there)
    ben = there.actor("ben")

    def publish():
        return statuspages.post_update(
            ben,
            incident,
            status="investigating",
            internal={"title": "", "body": "x"},
            external={"title": "", "body": "x"},
            next_update_at=given.later(60),
            confirmation="form 1",
            now=given.later(2),
        )

    results = race(publish, publish)
    assert sorted(result.already for result in results) == [False, True]
    assert Update.objects.count() == 2


def test_a_message_that_arrives_twice_at_once_is_kept_once():
    there = given.house()
    incident = given.declared(there, severity=3)
    actor = there.actor("ana")
    results = race(*[lambda: commands.say(actor, incident, "host 3 is back", client_key="k", now=NOW)] * 3)
    assert len({result.id for result in results}) == Message.objects.count() == 1


def test_a_verb_that_is_typed_twice_at_once_is_carried_out_once():
    there = given.house()
    incident = given.declared(there, severity=3)
    actor = there.actor("ana")
    results = race(*[lambda: verbs.perform(actor, incident, "/page imogen", client_key="k", now=NOW)] * 3)
    assert {result.words for result in results} == {"Imogen is being paged."}
    assert Escalation.objects.count() == 1


def test_of_two_who_correct_one_message_the_second_is_told_what_stands_there():
    there = given.house()
    incident = given.declared(there)
    actor = there.actor("ana")
    message = commands.say(actor, incident, "host 3", now=NOW)
    results = race(
        lambda: commands.edit(actor, incident, message.id, "host 4", version=1, now=NOW),
        lambda: commands.edit(actor, incident, message.id, "host 5", version=1, now=NOW),
    )
    (stale,) = [result for result in results if isinstance(result, Stale)]
    assert stale.current.text == rooms.message(incident.id, message.id).text


def test_the_same_word_the_same_bytes_and_the_same_person_at_once_are_one_each():
    there = given.house()
    incident = given.declared(there)
    actor, content = there.actor("ana"), b"line\n" * 200_000
    message = commands.say(actor, incident, "look", now=NOW)
    room = rooms.room(incident.id)
    Presence.objects.all().delete()
    results = race(
        *[lambda: commands.react(actor, incident, message.id, "seen", now=NOW)] * 2,
        *[lambda: collab.be_here(actor, room, now=NOW)] * 2,
        *[lambda: collab.keep_file(io.BytesIO(content), "a.log", limit=len(content), now=NOW)] * 2,
    )
    assert not [result for result in results if isinstance(result, Exception)]
    assert (Reaction.objects.count(), Presence.objects.count(), StoredFile.objects.count()) == (1, 1, 1)
    assert b"".join(rooms.pieces(StoredFile.objects.get())) == content


def test_of_two_who_save_one_section_the_second_gets_both_texts():
    there = given.house()
    incident = given.declared(there)
    section = documents.section(incident.id, "we_know")
    actor = there.actor("ana")
    results = race(
        lambda: writing.save_section(actor, section, "first", version=1, now=NOW),
        lambda: writing.save_section(actor, section, "second", version=1, now=NOW),
    )
    (stale,) = [result for result in results if isinstance(result, Stale)]
    assert stale.current.text == documents.section(incident.id, "we_know").text


def test_two_who_resolve_or_start_a_postmortem_make_one():
    there = given.house()
    incident = given.fixing(there)
    results = race(lambda: given.resolved(there, incident), lambda: given.resolved(there, incident))
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    quiet = given.fixing(there, severity=3)
    ben = there.actor("ben")
    both = race(*[lambda: postmortems.start(ben, quiet, owner=there.ana, now=given.later(5))] * 2)
    assert both[0] == both[1]
    assert Postmortem.objects.count() == 2
