"""Times, lengths and numbers as people say them."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest

from tocsin.web.frame import words

NOW = dt.datetime(2026, 11, 19, 1, 41, 7, tzinfo=dt.UTC)
VIENNA = zoneinfo.ZoneInfo("Europe/Vienna")


def test_an_hour_stands_alone_today_and_names_its_day_otherwise() -> None:
    assert words.clock(NOW, VIENNA, NOW) == "02:41"
    assert words.clock(NOW + dt.timedelta(days=1, hours=15), VIENNA, NOW) == "Fri 20 Nov, 17:41"
    assert words.clock(NOW - dt.timedelta(days=400), VIENNA, NOW) == "Wed 15 Oct 2025, 03:41"


def test_today_is_the_readers_day() -> None:
    late = dt.datetime(2026, 11, 19, 23, 30, tzinfo=dt.UTC)
    assert words.clock(late, VIENNA, NOW) == "Fri 20 Nov, 00:30"
    assert words.clock(late, zoneinfo.ZoneInfo("UTC"), NOW) == "23:30"


def test_a_day_in_this_week_is_named_without_its_date() -> None:
    assert words.near(NOW + dt.timedelta(days=4, hours=7), VIENNA, NOW) == "Mon 09:41"
    assert words.near(NOW + dt.timedelta(days=8), VIENNA, NOW) == "Fri 27 Nov, 02:41"
    assert words.day(NOW + dt.timedelta(days=1), VIENNA, NOW) == "tomorrow"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (40, "40 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (172800, "2 d")],
)
def test_a_length_is_one_number(seconds: int, said: str) -> None:
    assert words.span(dt.timedelta(seconds=seconds)) == said


def test_an_age_looks_back_or_ahead() -> None:
    assert words.age(NOW - dt.timedelta(seconds=12), NOW) == "12 s ago"
    assert words.age(NOW + dt.timedelta(minutes=3), NOW) == "in 3 min"


def test_numbers_agree_with_their_nouns() -> None:
    assert words.plural(1, "alert") == "1 alert"
    assert words.plural(1208, "alert") == "1,208 alerts"
    assert words.spelled(1, "alert waits", "alerts wait") == "One alert waits"
    assert words.spelled(13, "alert") == "13 alerts"
    assert words.listed([]) == ""
    assert words.listed(["Ana"]) == "Ana"
    assert words.listed(["Ana", "Ben", "Mei"]) == "Ana, Ben and Mei"


@pytest.mark.parametrize(
    ("windows", "said"),
    [
        ([([0, 1, 2, 3, 4], "22:00", "06:00"), ([5, 6], "00:00", "00:00")], "Mon–Fri 22:00–06:00, Sat–Sun"),
        ([([0, 2, 6], "09:00", "17:00")], "Mon, Wed, Sun 09:00–17:00"),
        ([([6, 4, 5, 0], "18:00", "24:00")], "Mon, Fri–Sun 18:00–24:00"),
        ([], ""),
    ],
)
def test_hours_of_the_week_are_runs_of_days(windows: list[tuple[list[int], str, str]], said: str) -> None:
    assert words.week_hours([{"days": days, "from": start, "to": end} for days, start, end in windows]) == said
