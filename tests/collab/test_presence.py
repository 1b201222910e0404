"""Who is here, what is new to whom, and whom a message names."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company
from tests.conftest import NOW
from tocsin.collab import commands, queries, rules
from tocsin.collab.models import Mention, Presence
from tocsin.core.eventlog import sealing
from tocsin.core.eventlog.events import last_position
from tocsin.core.models import Event

SUBJECT = "inc_01k9zzzzzzzzzzzzzzzzzzzzzz"


def at(seconds):
    return NOW + dt.timedelta(seconds=seconds)


def opened():
    ana, ben = company.actor(company.person("Ana")), company.actor(company.person("Ben"))
    return ana, ben, commands.open_room(ana, SUBJECT, "HOT-12", "", now=NOW)


def say(actor, room, text):
    commands.post(actor, room, text, now=NOW)
    while sealing.seal(NOW):
        pass
    return last_position()


@pytest.mark.django_db
def test_coming_is_told_once_and_staying_writes_seldom(django_assert_num_queries):
    ana, _, room = opened()
    for seconds in (0, 61, 122):
        commands.be_here(ana, room, now=at(seconds))
    assert Event.objects.filter(name="room.joined").count() == 1
    with django_assert_num_queries(1):
        commands.be_here(ana, room, now=at(140))
    assert Presence.objects.get().last_at == at(122)


@pytest.mark.django_db
def test_whoever_is_not_heard_of_has_gone():
    ana, ben, room = opened()
    commands.be_here(ana, room, now=at(0))
    commands.be_here(ben, room, now=at(120))
    assert [(one.name, one.here) for one in queries.visitors(room, at(130))] == [("Ana", True), ("Ben", True)]
    assert [(one.name, one.here) for one in queries.visitors(room, at(200))] == [("Ben", True), ("Ana", False)]


@pytest.mark.django_db
def test_the_mark_of_what_is_new_stays_while_one_reads_and_moves_when_one_comes_back():
    ana, ben, room = opened()
    seen = say(ben, room, "one")
    commands.be_here(ana, room, read=seen, now=at(0))
    later = say(ben, room, "two")
    assert queries.unread(ana.id, [SUBJECT]) == {SUBJECT: 1}
    commands.be_here(ana, room, read=later, now=at(3000))
    assert queries.place(room, ana.id, at(3001)) == seen, "what was new stays marked during this stay"
    assert queries.unread(ana.id, [SUBJECT]) == {}
    assert queries.place(room, ana.id, at(9000)) == later
    assert queries.place(room, ben.id, NOW) is None


@pytest.mark.django_db
def test_nobody_has_read_what_was_not_written_yet():
    ana, _, room = opened()
    commands.be_here(ana, room, read=10**12, now=NOW)
    assert Presence.objects.get().read == last_position()


@pytest.mark.django_db
def test_one_s_own_words_and_rooms_never_entered_are_not_unread():
    ana, ben, room = opened()
    commands.be_here(ana, room, now=NOW)
    say(ana, room, "mine")
    assert queries.unread(ana.id, [SUBJECT]) == {}
    assert queries.unread(ben.id, [SUBJECT]) == {}


@pytest.mark.django_db
def test_a_mark_goes_when_the_named_person_has_read():
    ana, ben, room = opened()
    commands.post(ben, room, "@ana look", mentions=[company.Person.objects.get(pk=ana.id)], now=NOW)
    assert [one.message.text for one in queries.unseen_mentions(ana.id)] == ["@ana look"]
    commands.be_here(ana, room, read=1, now=NOW)
    assert queries.unseen_mentions(ana.id) == []
    assert Mention.objects.get().seen_at == NOW


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("'@import' and \"@media\"", []),
        ("well:@ana", ["ana"]),
        ("line\n@ben", ["ben"]),
        ("@ana look, and @ben-okafor.", ["ana", "ben-okafor"]),
        ("@ana @ana", ["ana"]),
        ("mail ana@example.com or @Override in `@Deprecated`", ["Override"]),
        ("```\n@ana\n```", []),
        ("(@mei)", ["mei"]),
        ("git@github.com:x/y and foo/@scope", []),
        ("@ 3 pm", []),
    ],
)
def test_names_are_found_where_people_are_meant(text, names):
    assert rules.mentioned(text) == names


@pytest.mark.parametrize(
    ("word", "found"),
    [("ana", ["1"]), ("Ana-Ruiz", ["1"]), ("tomasz-zielinski", ["3"]), ("ben", ["2", "4"]), ("ben-king", ["4"]), ("nobody", [])],
)
def test_a_name_means_whoever_is_called_so(word, found):
    people = [
        ("1", "Ana Ruiz", "ana@x"),
        ("2", "Ben Okafor", "ben@x"),
        ("3", "Tomasz Zieliński", "t@x"),
        ("4", "Ben King", "king@x"),
    ]
    assert rules.one_of(people, word) == found
