"""The judge of the crash tests must itself find what it is there to find."""

from __future__ import annotations

import dataclasses

from tests.acceptance.checker import History, Sent, problems

GOOD = History(
    due={"e1": "ada@example.com"},
    asked={"e1"},
    sent=[Sent("e1", "ada@example.com", "<1@t>", 10.0)],
    stored=["e1"],
    crashes=[],
)


def but(**changes: object) -> list[str]:
    return problems(dataclasses.replace(GOOD, **changes))


def test_nothing_is_wrong_with_one_alert_and_one_message() -> None:
    assert problems(GOOD) == []


def test_an_accepted_event_that_is_not_stored_is_found() -> None:
    assert but(stored=[]) == ["e1 was accepted and is not stored"]


def test_an_event_stored_twice_is_found() -> None:
    assert but(stored=["e1", "e1"]) == ["e1 is stored 2 times"]


def test_a_page_that_never_left_is_found() -> None:
    assert but(sent=[]) == ["e1 never reached ada@example.com"]


def test_a_page_to_somebody_else_does_not_count() -> None:
    assert but(sent=[Sent("e1", "bo@example.com", "<1@t>", 10.0)]) == ["e1 never reached ada@example.com"]


def test_a_message_about_nothing_is_found() -> None:
    sent = [*GOOD.sent, Sent("e9", "ada@example.com", "<9@t>", 11.0)]
    assert but(sent=sent) == ["a message about 'e9', which nobody sent"]


def test_a_second_copy_without_a_crash_is_found() -> None:
    sent = [*GOOD.sent, Sent("e1", "ada@example.com", "<1@t>", 40.0)]
    assert but(sent=sent) == ["e1 to ada@example.com came again without a crash while it was in flight"]


def test_a_second_copy_long_after_its_crash_window_is_found() -> None:
    sent = [*GOOD.sent, Sent("e1", "ada@example.com", "<1@t>", 90.0)]
    assert but(sent=sent, crashes=[60.0]) == ["e1 to ada@example.com came again without a crash while it was in flight"]


def test_a_second_copy_of_what_was_in_flight_is_allowed() -> None:
    sent = [*GOOD.sent, Sent("e1", "ada@example.com", "<1@t>", 42.0)]
    assert but(sent=sent, crashes=[10.2]) == []


def test_a_second_copy_needs_the_same_message_id() -> None:
    sent = [*GOOD.sent, Sent("e1", "ada@example.com", "<2@t>", 42.0)]
    assert but(sent=sent, crashes=[10.2]) == ["e1 to ada@example.com came again under another Message-ID"]


def test_one_crash_does_not_excuse_two_extra_copies() -> None:
    sent = [*GOOD.sent, Sent("e1", "ada@example.com", "<1@t>", 42.0), Sent("e1", "ada@example.com", "<1@t>", 80.0)]
    assert but(sent=sent, crashes=[10.2]) == ["e1 to ada@example.com came again without a crash while it was in flight"]


def test_a_crash_excuses_one_copy_only_even_when_all_came_at_once() -> None:
    sent = [*GOOD.sent, Sent("e1", "ada@example.com", "<1@t>", 10.3), Sent("e1", "ada@example.com", "<1@t>", 10.4)]
    assert but(sent=sent, crashes=[10.2]) == ["e1 to ada@example.com came again without a crash while it was in flight"]
