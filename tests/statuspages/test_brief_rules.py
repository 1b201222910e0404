"""A follow-up in its parts: what refuses it, what warns, what is written for what nobody knows."""

from __future__ import annotations

import dataclasses

import pytest

from tests.conftest import NOW
from tocsin.statuspages.briefs import rules
from tocsin.statuspages.rules import Facts

KNOWN = {"impact": "opening", "affected": "About 12 % of customers", "root_cause": "unknown", "eta": "unknown"}
WHOLE = rules.Brief(
    "Card payments fail for one in eight. We roll back.",
    ("2 of 6 hosts done", "Errors down to 21 %"),
    ("Finish the rollback", "Watch for an hour"),
    rules.PLACE,
    KNOWN,
)


def but(**fields):
    return dataclasses.replace(WHOLE, **fields)


def test_a_whole_follow_up_has_no_problem_and_no_warning():
    assert rules.problems(WHOLE, last=False) == {}
    assert rules.warnings(WHOLE) == {}


@pytest.mark.req("FCO-02", "FCO-03", "FCO-04", "FCO-06")
def test_the_text_has_the_fixed_form_and_writes_out_what_is_unknown():
    assert rules.written(WHOLE, NOW.replace(hour=9, minute=5)) == (
        "Card payments fail for one in eight. We roll back.\n\n"
        "Current status:\n- 2 of 6 hosts done\n- Errors down to 21 %\n\n"
        "Next steps:\n- Finish the rollback\n- Watch for an hour\n\n"
        "Affected: About 12 % of customers.\n"
        "The root cause is currently unknown.\n"
        "When it will be fixed is currently unknown.\n\n"
        f"The next update comes by 09:05 UTC on {NOW.day} {NOW:%B} on the internal status page and by email."
    )
    unsaid = rules.written(but(answers={}), None)
    for words in ("actual customer impact is", "customers affected is", "root cause is", "will be fixed is"):
        assert f"{words} currently unknown." in unsaid
    assert "next update" not in unsaid


@pytest.mark.req("FCO-02")
@pytest.mark.parametrize(("text", "count"), [("", 0), ("One", 1), ("One. Two.", 2), ("Down 3.5 % now! Why? Nobody knows.", 3)])
def test_sentences_are_counted(text, count):
    assert rules.sentences(text) == count
    assert ("opening" in rules.warnings(but(opening=text))) == (count > 2)
    assert ("opening" in rules.problems(but(opening=text), last=False)) == (count == 0)


@pytest.mark.req("FCO-03")
@pytest.mark.parametrize("part", ["current_status", "next_steps"])
@pytest.mark.parametrize("count", [0, 1, 2, 4, 5])
def test_two_to_four_lines_are_wanted_and_anything_else_has_to_be_accepted(part, count):
    brief = but(**{part: ("line",) * count})
    warned = not 2 <= count <= 4
    assert (part in rules.unaccepted(brief)) == warned
    assert rules.unaccepted(dataclasses.replace(brief, accepted=frozenset({part}))) == {}


@pytest.mark.req("FCO-05")
@pytest.mark.parametrize("question", list(rules.QUESTIONS))
def test_each_question_is_answered_or_said_to_be_unknown(question):
    rest = {name: answer for name, answer in KNOWN.items() if name != question}
    assert set(rules.problems(but(answers=rest), last=False)) == {question}
    assert rules.problems(but(answers={**rest, question: "unknown"}), last=False) == {}


@pytest.mark.req("FCO-04", "FCO-05")
def test_the_place_of_the_next_update_is_the_fifth_and_only_the_last_words_need_none():
    assert set(rules.problems(but(place=""), last=False)) == {"place"}
    assert rules.problems(but(place=""), last=True) == {}
    assert set(rules.problems(but(answers={**KNOWN, "eta": "opening"}), last=False)) == {"eta"}
    assert set(rules.problems(but(answers={**KNOWN, "mood": "fine"}), last=False)) == {"answers"}


@pytest.mark.req("FCO-06")
def test_a_follow_up_begins_with_what_is_known_and_leaves_the_rest_to_be_answered():
    facts = Facts("HOT-1", 1, "Cards fail", hit_inside="12 colleagues", hit_outside="300 customers")
    said = {"customers_see": "Cards are refused.", "we_know": "- A\n* B\n\n", "we_try": "C"}
    brief = rules.begun(facts, said, {"root_cause": "A certificate", "affected": "old"})
    assert (brief.opening, brief.current_status, brief.next_steps) == ("Cards are refused.", ("A", "B"), ("C",))
    assert brief.answers == {"impact": "opening", "affected": "300 customers and 12 colleagues", "root_cause": "A certificate"}
    assert rules.begun(Facts("HOT-1", 1, "Cards fail"), {}, {"root_cause": "unknown", "eta": "unknown"}).answers == {}


@pytest.mark.req("FCO-08")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We restart pay-03 now.", "pay-03"),
        ("See db1.shop.internal for more.", "db1.shop.internal"),
        ("The server 10.0.0.7 is down.", "10.0.0.7"),
        ("Ask Ana Berg.", "Ana Berg"),
        ("One. Two. Three.", "3 sentences"),
    ],
)
def test_words_of_the_house_are_hinted_at(text, words):
    assert any(words in hint for hint in rules.hints(text, ["Ana Berg"]))


def test_plain_words_for_customers_have_no_hint():
    assert rules.hints("Card payments fail for 12 % of customers since 02:14. We expect a fix by 3 p.m.", ["Ana Berg"]) == []
