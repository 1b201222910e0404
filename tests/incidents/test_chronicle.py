"""What was put into words once is never wrong later: a kept story says what reading the whole log would say."""

from __future__ import annotations

import random

import pytest

from tests import company
from tests.incidents import given
from tocsin.core.eventlog import sealing
from tocsin.incidents import catalogue, commands, queries
from tocsin.incidents.catalogue import describe
from tocsin.incidents.queries import story
from tocsin.incidents.queries.chronicle import Chronicle

pytestmark = pytest.mark.django_db


def afresh(actor, incident, monkeypatch):
    """The timeline as a process that has just started reads it."""
    with monkeypatch.context() as patched:
        patched.setattr(story, "_chronicle", Chronicle())
        return queries.timeline(actor, incident)


@pytest.mark.parametrize("seed", range(6))
def test_however_writing_sealing_and_reading_alternate_the_story_is_whole(seed, monkeypatch):
    dice = random.Random(seed)
    there = given.house()
    incident, ben = given.fixing(there), there.actor("ben")
    for minute in range(2, 26):
        what = dice.choice(("say", "say", "note", "seal", "link", "hand over", "star", "read"))
        now = given.later(minute)
        if what == "say":
            said = commands.say(ben, incident, f"word {minute}", client_key=f"k{minute}", now=now)
        elif what == "note":
            commands.note(ben, incident, kind="change", text=f"note {minute}", at=given.at(8, minute), now=now)
        elif what == "seal":
            sealing.seal(now)
        elif what == "link":
            commands.link_alert(ben, incident, company.alert(there.service), now=now)
        elif what == "hand over":
            taker = there.ana if incident.manager_id == there.ben.id else there.ben
            incident = commands.hand_over(company.actor(incident.manager), incident, taker, now=now)
        elif what == "star":
            said = commands.say(ben, incident, f"star {minute}", client_key=f"s{minute}", now=now)
            commands.star(ben, incident, said.id, on=True, now=now)
        assert queries.timeline(ben, incident) == afresh(ben, incident, monkeypatch), (seed, minute, what)


def test_what_is_sealed_is_put_into_words_once(monkeypatch):
    there = given.house()
    incident, ben = given.fixing(there), there.actor("ben")
    for number in range(20):
        commands.note(ben, incident, kind="status", text=f"line {number}", now=given.later(3))
    while sealing.seal(given.later(4)):
        pass
    whole = queries.timeline(ben, incident)
    commands.say(ben, incident, "one more", now=given.later(5))
    described = []
    monkeypatch.setattr(catalogue, "describe", lambda name, data: described.append(name) or describe(name, data))
    assert len(queries.timeline(ben, incident)) == len(whole) + 1
    assert described == ["message.posted"]


def test_only_so_many_incidents_are_kept():
    small = Chronicle(kept=2)
    read_from = []

    def ask(incident):
        small.lines(incident, (), lambda after: read_from.append((incident, after)) or [_Sealed(7)], lambda event: event, 10)

    for incident in ("a", "b", "a", "c", "a", "b"):
        ask(incident)
    assert read_from == [("a", 0), ("b", 0), ("a", 7), ("c", 0), ("a", 7), ("b", 0)]


class _Sealed:
    def __init__(self, position):
        self.position = position
