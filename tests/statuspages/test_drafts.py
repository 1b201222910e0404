"""The words of the first and last messages, in their fixed forms."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.conftest import NOW
from tocsin.core.errors import Invalid
from tocsin.statuspages import rules

FACTS = rules.Facts(
    key="HOT-12",
    severity=1,
    summary="Card payments fail",
    products=("Tickets", "Wallet", "Partner API"),
    support_cases=14,
    impact_started_at=NOW,
    detected_at=NOW + dt.timedelta(minutes=1),
    impact_ended_at=NOW + dt.timedelta(minutes=68),
)
UNKNOWN = rules.Facts(key="HOT-12", severity=3, summary="Card payments fail")


@pytest.mark.req("ICO-02")
def test_the_name_inside_is_key_severity_summary():
    assert rules.first_internal(FACTS).title == "HOT-12 - Sev 1 - Card payments fail"


@pytest.mark.req("ICO-03")
def test_the_first_message_inside_names_every_product_and_both_channels():
    assert rules.first_internal(FACTS).body == (
        "An incident affecting Tickets, Wallet and Partner API is under investigation. "
        "Updates will follow shortly by email and on the internal status page."
    )
    assert "unknown" in rules.first_internal(UNKNOWN).body


@pytest.mark.req("ICO-04", "ICO-05")
def test_the_first_message_outside_names_products_promises_updates_and_holds_no_key():
    draft = rules.first_external(FACTS)
    assert draft.title == "Investigating issues with Tickets, Wallet and Partner API"
    assert draft.body == "We are looking into issues with Tickets, Wallet and Partner API. Updates will come here soon."
    assert not rules.inside_words(f"{draft.title} {draft.body}", "HOT", "HOT-12")


@pytest.mark.req("RES-06")
def test_the_last_message_inside_has_duration_cases_resolved_and_the_end_of_words():
    body = rules.final_internal(FACTS).body
    for words in ("HOT-12 is resolved", "1 h 8 min", "14 support cases", "after 1 min", "no more will follow", "Tickets"):
        assert words in body
    assert "How long it lasted is unknown" in rules.final_internal(UNKNOWN).body


@pytest.mark.req("RES-07")
def test_the_last_message_outside_says_restored_and_promises_a_postmortem_in_two_sentences():
    body = rules.final_external(FACTS).body
    assert body == "Service is restored for Tickets, Wallet and Partner API. A postmortem will follow."
    assert body.count(".") == 2


@pytest.mark.parametrize("text", ["see HOT-12", "(hot-99)", "HOT - 12", "a HOT-12345."])
def test_a_key_in_words_for_customers_is_found_and_named(text):
    with pytest.raises(Invalid) as refused:
        rules.check_public(text, "external_body", "HOT", "HOT-12")
    assert refused.value.field == "external_body"
    assert rules.inside_words(text, "HOT", "HOT-12")[0] in refused.value.detail


@pytest.mark.parametrize("text", ["hot water", "SHOT-12", "Photo-12", "It is hot"])
def test_other_words_are_left_alone(text):
    rules.check_public(text, "external_body", "HOT", "HOT-12")


@pytest.mark.parametrize("status", list(rules.STATUSES))
@pytest.mark.parametrize("first", [True, False])
def test_no_draft_for_customers_holds_anything_from_inside(status, first):
    draft = rules.words_for("external", FACTS, status, first=first)
    assert "HOT" not in draft.title + draft.body
    assert FACTS.summary not in draft.title + draft.body


def test_a_promise_lies_ahead_and_only_the_last_words_need_none():
    rules.check_promise("resolved", None, NOW)
    rules.check_promise("monitoring", NOW + dt.timedelta(minutes=30), NOW)
    for promise in (None, NOW, NOW - dt.timedelta(minutes=1)):
        with pytest.raises(Invalid) as refused:
            rules.check_promise("investigating", promise, NOW)
        assert refused.value.field == "next_update_at"
    longest = dt.timedelta(minutes=180)
    assert not rules.too_late(NOW + dt.timedelta(minutes=180), NOW, longest)
    assert rules.too_late(NOW + dt.timedelta(minutes=181), NOW, longest)
