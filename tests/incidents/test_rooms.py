"""The room of an incident: notes with files, names, stars, and the verbs that may be typed."""

from __future__ import annotations

import io

import pytest

from tests import company
from tests.conftest import NOW
from tests.incidents import given
from tocsin.collab import commands as collab
from tocsin.collab import queries as rooms
from tocsin.collab.models import Message
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Invalid, NotAllowed, NotFound
from tocsin.core.models import Event, OutboxMail
from tocsin.directory.models import Person
from tocsin.incidents import commands, queries, verbs
from tocsin.incidents.models import Incident
from tocsin.paging.models import Escalation
from tocsin.postmortems import commands as postmortems

pytestmark = pytest.mark.django_db


def kept(name="graph.png", content=b"\x89PNG\r\n\x1a\n"):
    return collab.keep_file(io.BytesIO(content), name, limit=1000, now=NOW)


def typed(there, incident, line, by="ben", **more):
    return verbs.perform(there.actor(by), incident, line, now=given.later(5), **more)


@pytest.mark.req("OPN-09")
def test_notes_typed_into_the_room_are_entries_of_the_timeline_and_of_the_postmortem():
    there = given.house()
    incident = given.fixing(there)
    for line in ("/observe 5xx at 38 %", "/decide roll back", "/change rollback started\nRevert: deploy again"):
        typed(there, incident, line)
    lines = queries.timeline(there.actor("sven"), incident, only="key")[:3]
    assert [(line.kind, line.text) for line in reversed(lines)] == [
        ("Observation", "5xx at 38 %"),
        ("Decision", "roll back"),
        ("Change", "rollback started\nRevert: deploy again"),
    ]
    postmortem = postmortems.start(SYSTEM, incident, owner=there.ana, now=given.later(9))
    assert "roll back" in postmortem.timeline


@pytest.mark.req("ITR-06")
def test_an_observation_carries_pictures_logs_and_links_and_is_answered():
    there = given.house()
    incident = given.fixing(there)
    typed(there, incident, "/observe lag grows https://graphs.example.com/7", files=[kept(), kept("a.log", b"x")])
    line = queries.timeline(there.actor("sven"), incident, only="key")[0]
    said = rooms.said([line.message], there.sven.pk)[line.message]
    assert [one.name for one in (*said.pictures, *said.files)] == ["graph.png", "a.log"]
    observation = rooms.message(incident.id, line.message)
    answer = commands.say(there.actor("sven"), incident, "since when?", reply_to=observation, now=given.later(6))
    assert answer.parent == observation


@pytest.mark.req("OPN-05")
def test_everything_said_is_there_after_the_end():
    there = given.house()
    incident = given.fixing(there)
    commands.say(there.actor("ana"), incident, "see https://x.example", files=[kept()], now=given.later(3))
    given.resolved(there, incident)
    whole = queries.transcript(there.actor("sven"), incident, now=given.later(99))
    said = next(one for one in whole.lines if one.line.text.startswith("see"))
    assert (said.line.at, [one.name for one in said.files]) == (given.later(3), ["graph.png"])
    assert [one.file_id for one in whole.files] == [said.files[0].file_id]


def test_a_star_makes_a_message_a_key_event_and_part_of_the_postmortem():
    there = given.house()
    incident = given.fixing(there)
    message = commands.say(there.actor("ana"), incident, "the cache is empty", now=given.later(3))
    actor = there.actor("ana")
    assert not [line for line in queries.timeline(actor, incident, only="key") if line.message]
    commands.star(actor, incident, message.id, now=given.later(4))
    assert [line.text for line in queries.timeline(actor, incident, only="key") if line.message] == ["the cache is empty"]
    assert "the cache is empty" in postmortems.start(SYSTEM, incident, owner=there.ana, now=given.later(9)).timeline
    with pytest.raises(NotAllowed):
        commands.star(there.actor("sven"), incident, message.id, now=NOW)


def test_the_timeline_says_what_stands_there_now():
    there = given.house()
    incident = given.fixing(there)
    actor = there.actor("ana")
    first, second = (commands.say(actor, incident, text, now=given.later(3)) for text in ("host 3", "secret"))
    commands.edit(actor, incident, first.id, "host 4", version=1, now=given.later(4))
    commands.remove(actor, incident, second.id, now=given.later(4))
    words = {line.message: line.text for line in queries.timeline(actor, incident, only="talk")}
    assert words == {first.id: "host 4", second.id: "This message was removed."}


def test_a_message_of_another_room_is_not_found():
    there = given.house()
    one, two = given.declared(there), given.declared(there)
    message = commands.say(there.actor("ana"), one, "x", now=NOW)
    for act in (
        lambda: commands.star(there.actor("ana"), two, message.id, now=NOW),
        lambda: commands.react(there.actor("ana"), two, message.id, "seen", now=NOW),
        lambda: commands.remove(there.actor("ana"), two, "msg_x", now=NOW),
    ):
        with pytest.raises(NotFound):
            act()


def test_whoever_is_named_has_a_mark_and_a_mail_unless_they_are_here():
    there = given.house()
    incident = given.fixing(there)
    commands.say(there.actor("ana"), incident, "I am here", now=given.later(2))
    for _ in range(2):
        commands.say(there.actor("ben"), incident, "@ana @sven are refunds hit?", client_key="k", now=given.later(3))
    mail = OutboxMail.objects.get(subject__contains="mentions you")
    assert (mail.to, mail.subject) == ("sven@example.com", f"[{incident.key}] Ben mentions you: Card payments fail")
    assert f"/{incident.key}#msg_" in mail.body
    assert [one.message.text for one in queries.mentions(there.actor("ana"))] == ["@ana @sven are refunds hit?"]
    commands.be_here(there.actor("ana"), incident, read=1, now=given.later(4))
    assert queries.mentions(there.actor("ana")) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@imogenn look", "The nearest name is imogen."),
        ("@ben look", "may mean @ben and @ben-king"),
        ("@qqqqqqq look", "Nobody is called @qqqqqqq."),
    ],
)
def test_a_name_that_nobody_or_more_than_one_has_is_refused_and_nothing_is_said(text, why):
    there = given.house()
    incident = given.fixing(there)
    Person.objects.filter(pk=there.ben.pk).update(name="Ben")
    other = company.person("Ben King")
    Person.objects.filter(pk=there.ben.pk).update(name="Ben Okafor")
    Person.objects.filter(pk=other.pk).update(email="king@example.com")
    if "may mean" in why:
        why = "may mean @ben-king and @ben-okafor"
    with pytest.raises(Invalid) as refused:
        commands.say(there.actor("ana"), incident, text, now=NOW)
    assert why in refused.value.detail
    assert not Message.objects.exists()


def test_a_private_incident_is_not_told_by_naming_somebody():
    there = given.house()
    incident = given.declared(there, private=True)
    with pytest.raises(Invalid) as refused:
        commands.say(there.actor("ana"), incident, "@sven look", now=NOW)
    assert "may not see" in refused.value.detail
    typed(there, incident, "/invite @sven", by="ana")
    commands.say(there.actor("ana"), incident, "@sven the password was 1234", now=given.later(6))
    mail = OutboxMail.objects.get(subject__contains="mentions you")
    assert "password" not in mail.body + mail.subject
    assert "Card" not in mail.subject


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("/sev 2", "severity", 2),
        ("/summary Cards fail in Zürich", "summary", "Cards fail in Zürich"),
        ("/video https://meet.example.com/hot", "video_url", "https://meet.example.com/hot"),
        ("/take", "state", "fixing"),
    ],
)
def test_a_verb_does_what_its_button_does(line, field, value):
    there = given.house()
    incident = given.declared(there)
    done = typed(there, incident, line)
    assert getattr(Incident.objects.get(), field) == value
    assert done.words.endswith(".")


def test_roles_are_taken_given_and_passed_on_by_name():
    there = given.house()
    incident = given.fixing(there)
    for line in ("/take tech lead", "/role comms @ana", "/handover @imogen", "/release tech lead"):
        typed(there, incident, line)
    held = {one.role: one.person.name for one in queries.holders(there.actor("ana"), incident) if one.person}
    assert held == {"incident_manager": "Imogen", "communications_manager": "Ana"}


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("/page imogen", "Imogen"),
        ("@page payments", "Payments"),
        ("/page checkout-api", "Payments policy"),
        ("/page Checkout API", "Payments policy"),
        ("/page Payments incident managers", "Payments incident managers"),
    ],
)
def test_page_wakes_people_teams_schedules_and_the_people_of_services(line, who):
    there = given.house()
    incident = given.declared(there, severity=3)
    assert typed(there, incident, line).words == f"{who} is being paged."
    assert Event.objects.get(name="incident.team_paged").data["name"] == who
    assert Escalation.objects.exists()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/servity 2", "nearest is /severity"),
        ("/sev 4", "/sev 1, /sev 2 or /sev 3"),
        ("/sev", "/sev 1"),
        ("/page nowhere", "Nobody is called nowhere"),
        ("/page", "Say whom"),
        ("/role @ana", "Write the role"),
        ("/handover", "Say to whom"),
        ("/link x", "number of the alert"),
        ("/take over", "/take tech lead"),
        ("/observe", "must not be empty"),
        ("/summary", "Write the summary"),
        ("/", "nearest is"),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(line, why):
    there = given.house()
    incident = given.fixing(there)
    before = Event.objects.count()
    with pytest.raises(Invalid) as refused:
        typed(there, incident, line)
    assert why in refused.value.detail
    assert Event.objects.count() == before


def test_the_same_line_sent_twice_is_carried_out_once():
    there = given.house()
    incident = given.declared(there, severity=3)
    for _ in range(2):
        assert typed(there, incident, "/page imogen", client_key="k1").words == "Imogen is being paged."
    assert Escalation.objects.count() == 1
    for _ in range(2):
        typed(there, incident, "/observe lag", client_key="k2")
    assert Event.objects.filter(name="incident.noted").count() == 1


def test_only_responders_run_an_incident_by_typing():
    there = given.house()
    incident = given.fixing(there)
    with pytest.raises(NotAllowed):
        typed(there, incident, "/sev 3", by="sven")
    assert typed(there, incident, "/help", by="sven").path == f"/{incident.key}/verbs"
    may = {verb.name for verb in verbs.listed(there.actor("sven"), incident)}
    assert may == {"catch-up", "findings", "label-case", "transcript", "verbs"}
    assert {"set-severity", "page"} <= {verb.name for verb in verbs.listed(there.actor("ben"), incident)}


@pytest.mark.parametrize(
    ("line", "is_verb", "plain"),
    [
        ("//var/log is full", False, "/var/log is full"),
        ("// a comment", False, "// a comment"),
        ("/sev 2", True, "/sev 2"),
        ("@page payments", True, "@page payments"),
        ("@pagerbot look", False, "@pagerbot look"),
        ("1/2 done", False, "1/2 done"),
    ],
)
def test_a_slash_begins_a_verb_and_two_a_line_of_text(line, is_verb, plain):
    assert (verbs.is_verb(line), verbs.plain(line)) == (is_verb, plain)


def test_files_go_with_messages_and_notes_only():
    there = given.house()
    incident = given.fixing(there)
    with pytest.raises(Invalid) as refused:
        typed(there, incident, "/sev 2", files=[kept()])
    assert refused.value.field == "files"


@pytest.mark.req("OPN-13")
def test_who_comes_back_is_told_what_happened_since():
    there = given.house()
    incident = given.fixing(there)
    actor = there.actor("ana")
    assert queries.catch_up(actor, incident, now=NOW).missed == []
    collab.be_here(actor, rooms.room(incident.id), read=0, now=given.later(1))
    commands.say(there.actor("ben"), incident, "rolled back", now=given.later(30))
    commands.say(actor, incident, "mine", now=given.later(30))
    summary = queries.catch_up(actor, incident, now=given.later(60))
    assert [line.text for line in summary.missed if line.message] == ["rolled back"]
    assert summary.sentence.startswith(incident.key)
