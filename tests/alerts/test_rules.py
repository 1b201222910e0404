"""The pure rules: how loud a label is, what an event does to what is known, how strange text is cleaned."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.alerts import rules
from tocsin.alerts.rules import Heard, Known

T0 = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)


def at(seconds: float) -> dt.datetime:
    return T0 + dt.timedelta(seconds=seconds)


@pytest.mark.req("PAG-01")
@pytest.mark.parametrize(
    ("label", "urgency"),
    [(word, rules.HIGH) for word in ("critical", "page", "error", "high", "major", "fatal", "", "P1", "Critical", "lowish")]
    + [(word, rules.LOW) for word in ("warning", "minor", "Warning ")]
    + [(word, rules.NONE) for word in ("info", "none", "INFO")],
)
def test_the_severity_label_decides_the_urgency_and_an_unknown_one_pages(label: str, urgency: str) -> None:
    assert rules.urgency(label) == urgency


def known(*, open: bool, fired: float, cleared: float | None = None, heard: float = 0) -> Known:
    over = None if cleared is None else at(cleared)
    return Known(open, at(fired), over, None if over is None else at(cleared + 1), at(heard))


def test_the_first_trigger_opens_and_a_repeat_adds() -> None:
    assert rules.move(Heard(True, at(0), at(1)), None) == "open"
    assert rules.move(Heard(True, at(0), at(9)), known(open=True, fired=0)) == "refire"


def test_a_trigger_that_its_resolve_overtook_is_late_within_the_window_only() -> None:
    over = known(open=False, fired=0, cleared=10)
    assert rules.move(Heard(True, at(0), at(12)), over) == "late"
    assert rules.move(Heard(True, at(0), at(70.9)), over) == "late"
    assert rules.move(Heard(True, at(0), at(71)), over) == "open"


def test_a_trigger_that_tells_no_time_is_late_only_when_it_was_received_before_the_end() -> None:
    over = known(open=False, fired=0, cleared=10)
    assert rules.move(Heard(True, at(10.9), at(10.9), told=False), over) == "late"
    assert rules.move(Heard(True, at(11), at(11), told=False), over) == "open"


def test_a_trigger_that_started_after_the_resolve_opens_at_once() -> None:
    assert rules.move(Heard(True, at(20), at(21)), known(open=False, fired=0, cleared=10)) == "open"


def test_an_end_before_the_latest_start_leaves_the_alert_open() -> None:
    burning = known(open=True, fired=20, heard=21)
    assert rules.move(Heard(False, at(5), at(30)), burning) == "turn_over"
    assert rules.move(Heard(False, at(25), at(30)), burning) == "resolve"
    assert rules.move(Heard(False, at(20), at(20), told=False), burning) == "turn_over"
    assert rules.move(Heard(False, at(30), at(30), told=False), burning) == "resolve"


@pytest.mark.parametrize(("start", "end"), [(None, None), (None, -90), (-90, -90), (0, None), (5, 1)])
def test_an_end_that_is_not_told_or_cannot_be_counts_from_when_it_was_heard(start: int | None, end: int | None) -> None:
    told = rules.heard(
        firing=False,
        started_at=None if start is None else at(start),
        ended_at=None if end is None else at(end),
        received_at=at(60),
    )
    assert rules.move(told, known(open=True, fired=3600, heard=1)) == "resolve"


def test_an_end_long_before_the_start_was_made_up_and_means_now() -> None:
    made_up = rules.heard(firing=False, started_at=at(-9000), ended_at=at(-8000), received_at=at(30))
    assert rules.move(made_up, known(open=True, fired=20, heard=21)) == "resolve"


def test_an_instant_of_a_clock_that_is_ahead_is_shown_as_now() -> None:
    assert rules.shown(at(3600), at(60)) == at(60)


@given(st.text(), st.text())
def test_every_key_fits_the_column_and_the_same_text_gives_the_same_key(key: str, title: str) -> None:
    made = rules.dedup_key(key, title)
    assert len(made) <= 255
    assert made == rules.dedup_key(key, title)
    made.encode()


@given(st.text(min_size=300, max_size=600))
def test_long_keys_that_differ_at_the_end_stay_different(text: str) -> None:
    one, other = rules.dedup_key(text + "a", ""), rules.dedup_key(text + "b", "")
    assert one != other


@given(st.text(alphabet=st.characters(codec=None), max_size=500), st.integers(1, 400))
def test_a_line_has_one_line_and_no_character_that_a_store_or_mail_refuses(text: str, limit: int) -> None:
    made = rules.line(text, limit)
    assert len(made) <= limit
    assert not set(made) & {"\n", "\r", "\x00"}
    made.encode()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "http://[", "", "http:///x"]
)
def test_a_link_that_a_browser_must_not_follow_is_dropped(url: str) -> None:
    assert rules.link(url) == ""


def test_a_refused_body_pages_at_most_once_an_hour() -> None:
    assert rules.may_page_unreadable(None, at(0))
    assert not rules.may_page_unreadable(at(0), at(3599))
    assert rules.may_page_unreadable(at(0), at(3600))
