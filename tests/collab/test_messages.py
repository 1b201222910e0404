"""Messages: replies, corrections, removal, stars, words of others."""

from __future__ import annotations

import pytest

from tests import company
from tests.conftest import NOW
from tocsin.collab import commands, queries
from tocsin.collab.models import Message, Reaction
from tocsin.core.errors import Conflict, Invalid, NotAllowed, Stale
from tocsin.core.models import Event

pytestmark = pytest.mark.django_db
SUBJECT = "inc_01k9zzzzzzzzzzzzzzzzzzzzzz"


def opened(name="Ana"):
    actor = company.actor(company.person(name))
    return actor, commands.open_room(actor, SUBJECT, "HOT-12", "HOT-12 · Sev 1", now=NOW)


def shown(message, reader):
    return queries.said([message.id], reader.id)[message.id]


def test_an_answer_to_an_answer_hangs_on_the_message_that_began():
    ana, room = opened()
    first = commands.post(ana, room, "Is **payment** hit?", now=NOW)
    second = commands.post(ana, room, "yes", reply_to=first, now=NOW)
    third = commands.post(ana, room, "how much?", reply_to=second, now=NOW)
    assert (second.parent, third.parent) == (first, first)
    quote = shown(third, ana).quote
    assert (quote.id, quote.name, quote.words) == (first.id, "Ana", "Is **payment** hit?")


def test_an_answer_stays_in_its_room():
    ana, room = opened()
    other = commands.open_room(ana, "inc_01k9zzzzzzzzzzzzzzzzzzzzzy", "HOT-13", "", now=NOW)
    with pytest.raises(Invalid) as refused:
        commands.post(ana, room, "yes", reply_to=commands.post(ana, other, "x", now=NOW), now=NOW)
    assert refused.value.field == "reply_to"


def test_a_correction_shows_the_new_words_and_the_log_keeps_the_old():
    ana, room = opened()
    message = commands.post(ana, room, "host 3", now=NOW)
    commands.edit(ana, message, "host 4", version=1, now=NOW)
    assert (shown(message, ana).text, shown(message, ana).edited_at) == ("host 4", NOW)
    assert Event.objects.get(name="message.edited").data == {"message": message.id, "old": "host 3", "new": "host 4"}
    assert queries.changed(SUBJECT)[message.id].edited


def test_the_second_of_two_windows_is_told_what_stands_there_now():
    ana, room = opened()
    message = commands.post(ana, room, "host 3", now=NOW)
    commands.edit(ana, message, "host 4", version=1, now=NOW)
    with pytest.raises(Stale) as refused:
        commands.edit(ana, message, "host 5", version=1, now=NOW)
    assert refused.value.current.text == "host 4"
    assert commands.edit(ana, message, "host 4", version=1, now=NOW).version == 2, "saying the same again is no conflict"


def test_only_the_author_corrects_and_only_author_or_administrator_removes():
    ana, room = opened()
    ben, root = company.actor(company.person("Ben")), company.actor(company.administrator())
    message = commands.post(ana, room, "password: swordfish", now=NOW)
    for actor in (ben, root):
        with pytest.raises(NotAllowed):
            commands.edit(actor, message, "x", version=1, now=NOW)
    with pytest.raises(NotAllowed):
        commands.remove(ben, message, now=NOW)
    commands.remove(root, message, now=NOW)
    assert (Message.objects.get().text, shown(message, ana).removed) == ("", True)
    assert Event.objects.get(name="message.removed").data["text"] == "password: swordfish"


def test_what_was_removed_is_not_marked_corrected_or_removed_again():
    ana, room = opened()
    message = commands.post(ana, room, "x", now=NOW)
    commands.star(ana, message, on=True, now=NOW)
    commands.remove(ana, message, now=NOW)
    commands.remove(ana, message, now=NOW)
    assert Event.objects.filter(name="message.removed").count() == 1
    assert not shown(message, ana).starred
    for act in (
        lambda: commands.edit(ana, message, "y", version=2, now=NOW),
        lambda: commands.star(ana, message, on=True, now=NOW),
        lambda: commands.react(ana, message, "seen", on=True, now=NOW),
    ):
        with pytest.raises(Conflict):
            act()


def test_a_word_about_a_message_is_said_once_and_taken_back():
    ana, room = opened()
    ben = company.actor(company.person("Ben"))
    message = commands.post(ana, room, "rolled back", now=NOW)
    for actor in (ben, ben, ana):
        commands.react(actor, message, "seen", on=True, now=NOW)
    seen = shown(message, ben).reactions[0]
    assert (seen.word, seen.count, seen.names, seen.mine) == ("seen", 2, ("Ben", "Ana"), True)
    commands.react(ben, message, "seen", on=False, now=NOW)
    commands.react(ben, message, "seen", on=False, now=NOW)
    assert [row.person.name for row in Reaction.objects.all()] == ["Ana"]
    assert Event.objects.filter(name="message.reacted").count() == 3
    with pytest.raises(Invalid):
        commands.react(ben, message, "<b>", on=True, now=NOW)


def test_a_star_is_news_once():
    ana, room = opened()
    message = commands.post(ana, room, "rolled back", now=NOW)
    for on in (True, True, False, False):
        commands.star(ana, message, on=on, now=NOW)
    assert [event.name for event in Event.objects.filter(name__contains="star").order_by("id")] == [
        "message.starred",
        "message.unstarred",
    ]


def test_a_page_of_messages_costs_the_same_however_long_it_is(django_assert_num_queries):
    ana, room = opened()
    first = commands.post(ana, room, "0", now=NOW)
    ids = [first.id]
    for number in range(12):
        message = commands.post(ana, room, str(number), reply_to=first, now=NOW)
        commands.react(ana, message, "seen", on=True, now=NOW)
        ids.append(message.id)
    with django_assert_num_queries(4):
        assert len(queries.said(ids, ana.id)) == 13
