"""Names, zones, codes, headers, and by which methods a person is reached."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.directory import rules
from tocsin.directory.rules import Method

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@given(st.text(max_size=200), st.sets(st.sampled_from(["a", "item", "item-2", "x-1"])))
def test_a_short_name_is_always_fit_for_an_address_and_not_taken(name: str, taken: set[str]) -> None:
    slug = rules.slug_of(name, taken)
    assert rules.is_slug(slug)
    assert slug not in taken


def test_short_names_come_from_the_name() -> None:
    assert rules.slug_of("Payments API") == "payments-api"
    assert rules.slug_of("Zürich, Übergabe") == "zurich-ubergabe"
    assert rules.slug_of("支付") == "item"
    assert rules.slug_of("Payments", ["payments", "payments-2"]) == "payments-3"


@pytest.mark.parametrize("name", ["", "Mars", "../etc/passwd", "/etc/localtime", "Europe", "a\0b", "x" * 500])
def test_what_is_not_a_zone_is_not_taken_for_one(name: str) -> None:
    assert not rules.is_zone(name)


@given(st.text(max_size=80))
def test_no_text_at_all_makes_the_zone_check_fail(name: str) -> None:
    assert rules.is_zone(name) in {True, False}


def test_a_name_is_guessed_from_the_address() -> None:
    assert rules.name_from_mail("ana.kovac@example.com") == "Ana Kovac"
    assert rules.name_from_mail("ROOT@example.com") == "Root"


def test_headers_are_read_a_line_each() -> None:
    assert rules.headers_from_text("A: b\n\n  C:d: e ") == {"A": "b", "C": "d: e"}
    with pytest.raises(ValueError, match="no colon"):
        rules.headers_from_text("no colon")
    assert rules.header_problem({"X-Key": "v"}) == ""
    for bad in ({"X Key": "v"}, {"": "v"}, {"X": "a\r\nSet-Cookie: b"}, {"X": "a\0"}):
        assert rules.header_problem(bad), bad


def test_a_code_lives_half_an_hour_and_five_tries() -> None:
    assert rules.code_is_current(NOW, 0, NOW + dt.timedelta(minutes=30))
    assert not rules.code_is_current(NOW, 0, NOW + dt.timedelta(minutes=31))
    assert not rules.code_is_current(NOW, 5, NOW)
    assert not rules.code_is_current(None, 0, NOW)


MAIL, SMS, DEAD = Method("mail", True), Method("sms", True), Method("dead", False)


@pytest.mark.req("PAG-09")
@pytest.mark.parametrize(
    ("wanted", "other", "planned"),
    [
        ([("sms", 0), ("mail", 5)], [("mail", 0)], [("sms", 0), ("mail", 5)]),
        ([("mail", 5), ("sms", 0)], [], [("sms", 0), ("mail", 5)]),
        ([("sms", 0), ("sms", 3)], [], [("sms", 0), ("sms", 3)]),
        ([("dead", 0), ("mail", 5)], [], [("mail", 0)]),
        ([("dead", 0), ("mail", 5), ("sms", 8)], [], [("mail", 0), ("sms", 3)]),
        ([("mail", 2), ("dead", 3), ("sms", 8)], [], [("mail", 2), ("sms", 8)]),
        ([("dead", 0)], [("sms", 2)], [("sms", 2)]),
        ([], [("sms", 2)], [("sms", 2)]),
        ([("dead", 0)], [("dead", 0)], [("mail", 0), ("sms", 0)]),
        ([], [], [("mail", 0), ("sms", 0)]),
    ],
)
def test_the_order_of_a_person_holds_and_falls_back_when_nothing_of_it_works(
    wanted: list[tuple[str, int]], other: list[tuple[str, int]], planned: list[tuple[str, int]]
) -> None:
    assert rules.plan([MAIL, SMS, DEAD], wanted, other) == planned


def test_without_a_method_that_works_there_is_no_plan() -> None:
    assert rules.plan([DEAD], [("dead", 0)], [("dead", 0)]) == []


_steps = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 60)), max_size=6)


@given(st.lists(st.builds(Method, st.sampled_from(["a", "b", "c"]), st.booleans()), unique_by=lambda m: m.id), _steps, _steps)
def test_whoever_has_a_working_method_is_always_reached_and_only_by_working_ones(
    methods: list[Method], wanted: list[tuple[str, int]], other: list[tuple[str, int]]
) -> None:
    usable = {method.id for method in methods if method.usable}
    planned = rules.plan(methods, wanted, other)
    assert bool(planned) == bool(usable)
    assert {method for method, _ in planned} <= usable
    assert [delay for _, delay in planned] == sorted(delay for _, delay in planned)
