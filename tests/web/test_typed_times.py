"""Times typed as words."""

from __future__ import annotations

import datetime as dt

import pytest

from tocsin.web.forms import typed_times

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
"""A Friday, 10:00 in Vienna."""


def read(text: str, *, past: bool = False, zone: str = "Europe/Vienna") -> str:
    return typed_times.understand(text, zone=zone, now=NOW, past=past).strftime("%a %d %H:%M")


@pytest.mark.parametrize(
    ("text", "past", "meant"),
    [
        ("in 30 min", False, "Fri 20 09:30"),
        ("90m", False, "Fri 20 10:30"),
        ("1 h 30 min ago", True, "Fri 20 07:30"),
        ("20 min ago", False, "Fri 20 08:40"),
        ("now", True, "Fri 20 09:00"),
        ("11:00", False, "Fri 20 10:00"),
        ("9:00", False, "Sat 21 08:00"),
        ("11:00", True, "Thu 19 10:00"),
        ("tomorrow 18:00", False, "Sat 21 17:00"),
        ("yesterday at 18:00", True, "Thu 19 17:00"),
        ("Sat 18:00", False, "Sat 21 17:00"),
        ("sat 18:00", True, "Sat 14 17:00"),
        ("Friday, 09:00", True, "Fri 20 08:00"),
        ("21 Nov 18:00", False, "Sat 21 17:00"),
        ("Sat 21 Nov 2026, 18:00", False, "Sat 21 17:00"),
        ("2026-11-21 18:00", False, "Sat 21 17:00"),
        ("2026-11-21T17:00:00Z", False, "Sat 21 17:00"),
        ("2026-11-21 18:00 UTC", False, "Sat 21 18:00"),
        ("Sat 18:00 Asia/Kolkata", False, "Sat 21 12:30"),
    ],
)
def test_it_is_understood_in_the_readers_zone(text: str, past: bool, meant: str) -> None:
    assert read(text, past=past) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("soon", "25:00", "12:61", "31 Feb 10:00", "99999999 h", "in", "ago", "١٢:٠٠", "0000-00-00 10:00", "-"),
        *("2026-11-21T99:00:00Z", "18:00 Mars/Base", "utc", "18:00 ../etc"),
    ],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="Write it as"):
        read(text)


@pytest.mark.parametrize("past", [True, False])
def test_what_is_prefilled_is_read_back_as_the_same_instant(past: bool) -> None:
    for hours in (-400, -30, -3, 0, 2, 25, 700):
        instant = NOW + dt.timedelta(hours=hours)
        again = typed_times.understand(typed_times.typed(instant, "Europe/Vienna", NOW), zone="Europe/Vienna", now=NOW, past=past)
        assert again == instant


def test_the_echo_says_day_zone_and_distance() -> None:
    said = typed_times.sentence(NOW + dt.timedelta(minutes=90), "Europe/Vienna", NOW)
    assert said == "Fri 20 Nov 2026, 11:30 in Vienna (10:30 UTC), in 1 h 30 min"


@pytest.mark.parametrize(("text", "meant"), [("2026-03-29 02:30", "Sun 29 01:00"), ("2026-10-25 02:30", "Sun 25 00:30")])
def test_a_time_that_the_clock_skips_or_repeats_means_what_the_time_rules_say(text: str, meant: str) -> None:
    assert read(text) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2027-03-28 02:30", "02:30 does not exist that night; taken as 03:"),
        ("28 Mar 2027 2:30 europe/vienna", "02:30 does not exist that night; taken as 03:"),
        ("2027-03-28 02:30 UTC", ""),
        ("2027-03-28 01:59", ""),
        ("2027-10-31 02:30", ""),
        ("in 30 min", ""),
        ("2027-03-28T02:30:00Z", ""),
    ],
)
def test_a_time_that_the_clocks_jump_over_is_said(text: str, said: str) -> None:
    instant = typed_times.understand(text, zone="Europe/Vienna", now=NOW, past=False)
    found = typed_times.moved(text, instant, "Europe/Vienna")
    assert found.startswith(said)
    assert bool(found) == bool(said)
