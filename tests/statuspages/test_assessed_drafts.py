"""What the assessment says goes into the drafts: everything for colleagues, for customers only what is about them."""

from __future__ import annotations

import dataclasses

import pytest

from tests.incidents.given import declared, house, later
from tests.statuspages.test_drafts import FACTS
from tocsin.incidents import assessing, commands
from tocsin.statuspages import queries, rules

ASSESSED = dataclasses.replace(FACTS, seen="Cards are refused", hit_inside="40 colleagues", hit_outside="12 % of customers")


@pytest.mark.parametrize(
    ("extent", "figure", "words"),
    [
        ("", "", ""),
        ("none", "", "no customers"),
        ("some", "", "some customers"),
        ("some", "12 %", "12 % of customers"),
        ("some", "about 40", "about 40 customers"),
        ("", "40", "40 customers"),
        ("all", "", "all customers"),
        ("all", "300", "all customers, 300"),
    ],
)
def test_how_many_is_said_in_words(extent, figure, words):
    assert assessing.hit(extent, figure, "customers") == words


@pytest.mark.req("ASS-01", "ASS-02")
def test_colleagues_read_what_is_seen_and_who_is_hit_inside_and_outside():
    for body in (rules.first_internal(ASSESSED).body, rules.follow_up_internal(ASSESSED).body):
        assert "Cards are refused. It affects 12 % of customers and 40 colleagues." in body


@pytest.mark.req("ASS-02")
@pytest.mark.parametrize("status", rules.STATUSES)
@pytest.mark.parametrize("first", [True, False])
def test_customers_read_of_customers_only(status, first):
    text = rules.words_for(rules.EXTERNAL, ASSESSED, status, first=first).body
    assert "40" not in text
    assert "colleagues" not in text
    assert "Cards" not in text
    assert ("12 % of customers" in text) == (status in {"investigating", "identified"} or (first and status != "resolved"))
    nobody = dataclasses.replace(ASSESSED, hit_outside="no customers")
    assert "no customers" not in rules.words_for(rules.EXTERNAL, nobody, status, first=first).body


@pytest.mark.django_db
@pytest.mark.req("ASS-01", "ASS-02")
def test_the_drafts_of_an_incident_are_filled_from_its_assessment():
    there = house()
    incident, ben = declared(there, products=[]), there.actor("ben")
    answers = {"seen": "Cards are refused", "external_extent": "some", "external_figure": "12 %", "internal_extent": "all"}
    commands.assess(ben, incident, **answers, internal_figure="40", now=later(2))
    inside, outside = (queries.draft(incident, audience, "investigating") for audience in ("internal", "external"))
    assert "It affects 12 % of customers and all colleagues, 40." in inside.body
    assert (
        outside.body
        == "We are looking into issues with some of our services. This affects 12 % of customers. Updates will come here soon."
    )


@pytest.mark.django_db
def test_nothing_is_drafted_for_customers_of_a_private_incident():
    there = house()
    incident, ben = declared(there, private=True), there.actor("ben")
    commands.assess(there.actor("ana"), incident, seen="A key is out", external_figure="12 %", now=later(2))
    for status in rules.STATUSES:
        assert queries.draft(incident, "external", status) == rules.Draft("", "")
    assert ben.id
