"""Rooms and messages."""

from __future__ import annotations

import pytest

from tests import company
from tests.conftest import NOW
from tocsin.collab import commands, queries
from tocsin.collab.models import Message, Room
from tocsin.core.errors import Invalid
from tocsin.core.models import Event

pytestmark = pytest.mark.django_db
SUBJECT = "inc_01k9zzzzzzzzzzzzzzzzzzzzzz"


def opened():
    actor = company.actor(company.person("Ana"))
    return actor, commands.open_room(actor, SUBJECT, "HOT-12", "HOT-12 · Sev 1", now=NOW)


def test_a_room_is_opened_once():
    actor, room = opened()
    assert commands.open_room(actor, SUBJECT, "other", "other", now=NOW) == room
    assert (Room.objects.count(), queries.room(SUBJECT).name) == (1, "HOT-12")


def test_a_message_sent_twice_is_kept_once():
    actor, room = opened()
    first = commands.post(actor, room, "host 3 is back", client_key="form 1", now=NOW)
    again = commands.post(actor, room, "host 3 is back", client_key="form 1", now=NOW)
    commands.post(actor, room, "host 3 is back", now=NOW)
    assert first == again
    assert Message.objects.count() == 2
    assert Event.objects.filter(name="message.posted", context=SUBJECT).count() == 2


def test_messages_are_read_in_the_order_they_were_said():
    actor, room = opened()
    for text in ("one", "two", "three"):
        last = commands.post(actor, room, text, now=NOW)
    assert [message.text for message in queries.messages(room, limit=2)] == ["two", "three"]
    assert list(queries.messages(room, after=last.id)) == []


@pytest.mark.parametrize("text", ["", " \n ", "x" * 8001, "half \udc00", None, 7])
def test_what_cannot_be_stored_is_refused_by_name(text):
    actor, room = opened()
    with pytest.raises(Invalid) as refused:
        commands.post(actor, room, text, now=NOW)
    assert refused.value.field == "text"


def test_control_characters_do_not_reach_the_store():
    actor, room = opened()
    assert commands.post(actor, room, "a\x00b\r\nc", now=NOW).text == "a b\nc"


def test_a_topic_that_says_the_same_is_no_news():
    actor, room = opened()
    commands.set_topic(actor, room, "HOT-12 · Sev 1", now=NOW)
    assert not Event.objects.filter(name="room.topic_changed").exists()
    commands.set_topic(actor, room, "x" * 5_000, now=NOW)
    assert len(queries.room(SUBJECT).topic) == 4_000
