"""Who is in a document at another process: seen, renewed, taken over, forgotten; nothing is said where there is one process."""

from __future__ import annotations

import asyncio
import json

import pytest
from pycrdt import Decoder, write_message, write_var_uint

from tests.environment import STORE
from tocsin.collab.documents.encoding import Unreadable
from tocsin.web.live.neighbours import Neighbours
from tocsin.web.live.presence import ELSEWHERE, LEASE, Presence

pytestmark = pytest.mark.req("OPN-08")
CURSOR = '{"cursor": {"section": "we_know"}}'
ADA, BO = ("per_ada", "Ada"), ("per_bo", "Bo")


def cursor(client: int, clock: int = 1, state: str = CURSOR) -> bytes:
    return b"\x01" + write_var_uint(client) + write_var_uint(clock) + write_message(state.encode())


def shown(presence: bytes) -> dict[int, str]:
    """The name at each cursor, empty for one who has gone."""
    reader = Decoder(presence)
    found = {}
    for _ in range(reader.read_var_uint()):
        client, _ = reader.read_var_uint(), reader.read_var_uint()
        state = json.loads(reader.read_message() or b"")
        found[client] = state["user"]["name"] if state else ""
    return found


def colour(presence: bytes) -> int:
    reader = Decoder(presence)
    for _ in range(3):
        reader.read_var_uint()
    return int(json.loads(reader.read_message() or b"")["user"]["colour"])


def test_whoever_is_elsewhere_is_shown_to_those_here_and_to_those_who_come_later() -> None:
    there, here = Presence(), Presence()
    there.take(1, *ADA, cursor(5))
    assert shown(here.hear(there.of(1), 0.0)) == {5: "Ada"}
    here.take(1, *BO, cursor(6))
    assert shown(here.everybody()) == {5: "Ada", 6: "Bo"}
    assert shown(here.hear(there.leave(1), 1.0)) == {5: ""}
    assert shown(here.everybody()) == {6: "Bo"}


def test_two_people_who_have_the_same_colour_at_their_processes_have_two_where_both_are_shown() -> None:
    there, here = Presence(), Presence()
    here.take(1, *BO, cursor(6))
    there.take(1, *ADA, cursor(5))
    assert colour(there.of(1)) == colour(here.of(1))
    assert colour(here.hear(there.of(1), 0.0)) != colour(here.of(1))


def test_whoever_was_at_a_process_that_died_is_forgotten_and_whoever_speaks_stays() -> None:
    there, here = Presence(), Presence()
    there.take(1, *ADA, cursor(5))
    here.take(1, *BO, cursor(6))
    here.hear(there.of(1), 0.0)
    here.hear(there.of(1), 15.0)
    assert here.lapse(LEASE + 1) == b""
    assert shown(here.lapse(15.0 + LEASE + 1)) == {5: ""}
    assert shown(here.everybody()) == {6: "Bo"}


def test_whoever_comes_over_from_another_process_is_here_whatever_that_one_still_says() -> None:
    there, here = Presence(), Presence()
    there.take(1, *ADA, cursor(5))
    here.hear(there.of(1), 0.0)
    assert shown(here.take(1, *ADA, cursor(5, clock=2))) == {5: "Ada"}
    assert shown(here.hear(there.leave(1), 0.0)) == {}
    assert here.lapse(1_000.0) == b""
    assert shown(here.everybody()) == {5: "Ada"}


def test_nobody_here_speaks_for_somebody_elsewhere() -> None:
    here = Presence()
    here.take(1, *ADA, cursor(5))
    here.take(2, *BO, cursor(5))
    assert shown(here.everybody()) == {5: "Ada"}
    assert here.owners() == {1}
    assert ELSEWHERE not in here.owners()


@pytest.mark.parametrize("words", [b"\xff", b"\x01\x05", b""], ids=repr)
def test_what_cannot_be_read_is_refused(words: bytes) -> None:
    with pytest.raises(Unreadable):
        Presence().hear(words, 0.0)


@pytest.mark.parametrize("words", ["", "[]", "{}", '{"from": "x"}', '{"from": "x", "document": "doc_1", "presence": "%"}'])
def test_words_of_another_release_are_refused_by_name(words: str) -> None:
    def shows(document: str, presence: bytes) -> None:
        Presence().hear(presence, 0.0)

    with pytest.raises((ValueError, KeyError, TypeError, Unreadable)):
        Neighbours().heard(words, lambda document: None, shows)


def test_a_question_is_answered_news_are_shown_and_ones_own_words_are_passed_over() -> None:
    async def story() -> None:
        mine, theirs = Neighbours(), Neighbours()
        answered, seen = [], []
        mine.ask("doc_1")
        mine.say("doc_1", 7, b"old")
        mine.say("doc_1", 7, b"new")
        words = mine.words()
        assert mine.words() == []
        for one in words:
            mine.heard(one, answered.append, lambda document, presence: seen.append((document, presence)))
        assert (answered, seen) == ([], [])
        for one in words:
            theirs.heard(one, answered.append, lambda document, presence: seen.append((document, presence)))
        alone = STORE == "sqlite"
        assert (answered, seen) == (([], []) if alone else (["doc_1"], [("doc_1", b"new")]))

    asyncio.run(story())
