"""Ninety days of a part, from its turns."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from hypothesis import given
from hypothesis import strategies as st

from tocsin.statuspages.outside.days import DAYS, Turn, past, words
from tocsin.statuspages.rules import COMPONENT_STATES, OPERATIONAL
from tocsin.statuspages.words.english import ENGLISH
from tocsin.statuspages.words.french import FRENCH
from tocsin.statuspages.words.german import GERMAN

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
LONG_AGO = NOW - dt.timedelta(days=400)
MINUTE = dt.timedelta(minutes=1)


def turns(*told: tuple[dt.datetime, str]) -> list[Turn]:
    made, old = [], OPERATIONAL
    for at, new in told:
        made.append(Turn(at, old, new))
        old = new
    return made


def test_a_part_without_a_past_was_always_as_it_is() -> None:
    found = past([], OPERATIONAL, LONG_AGO, NOW, dt.UTC)
    assert found.days == (OPERATIONAL,) * DAYS
    assert words(found, NOW, dt.UTC, ENGLISH) == "100 % in 90 days · no problem"


def test_each_day_shows_its_worst_hour() -> None:
    noon = NOW - dt.timedelta(days=3)
    made = turns((noon, "degraded_performance"), (noon + MINUTE, "major_outage"), (noon + 50 * MINUTE, OPERATIONAL))
    found = past(made, OPERATIONAL, LONG_AGO, NOW, dt.UTC)
    assert found.days[-4] == "major_outage"
    assert [day for day in found.days if day != OPERATIONAL] == ["major_outage"]
    assert (
        words(found, NOW, dt.UTC, ENGLISH) == "99.96 % in 90 days · down on 17 Nov for 49 min; slow or limited on 17 Nov for 1 min"
    )


def test_what_lasts_over_midnight_is_on_both_days_of_the_reader() -> None:
    evening = dt.datetime(2026, 11, 18, 22, 30, tzinfo=dt.UTC)
    made = turns((evening, "partial_outage"), (evening + 60 * MINUTE, OPERATIONAL))
    assert past(made, OPERATIONAL, LONG_AGO, NOW, dt.UTC).days[-3:] == ("partial_outage", OPERATIONAL, OPERATIONAL)
    vienna = zoneinfo.ZoneInfo("Europe/Vienna")
    assert past(made, OPERATIONAL, LONG_AGO, NOW, vienna).days[-3:] == ("partial_outage", "partial_outage", OPERATIONAL)


def test_what_still_is_is_said_first() -> None:
    found = past(turns((NOW - 30 * MINUTE, "partial_outage")), "partial_outage", LONG_AGO, NOW, dt.UTC)
    assert words(found, NOW, dt.UTC, ENGLISH) == "99.98 % in 90 days · down in part since 11:30"
    assert words(found, NOW, dt.UTC, GERMAN).startswith("99,98 % in 90 Tagen")
    assert words(found, NOW, dt.UTC, FRENCH).startswith("99,98 % en 90 jours")


def test_a_moment_is_never_rounded_away() -> None:
    found = past(turns((NOW - MINUTE / 60, "major_outage")), "major_outage", LONG_AGO, NOW, dt.UTC)
    assert words(found, NOW, dt.UTC, ENGLISH).startswith("99.99 %")


def test_a_new_part_has_no_days_before_it_came() -> None:
    found = past([], OPERATIONAL, NOW - dt.timedelta(days=2), NOW, dt.UTC)
    assert [day is None for day in found.days] == [True] * 87 + [False] * 3
    assert words(found, NOW, dt.UTC, ENGLISH) == "100 % in 3 days · no problem"


@given(st.lists(st.tuples(st.integers(0, 200 * 1440), st.sampled_from(list(COMPONENT_STATES))), max_size=12))
def test_any_past_has_ninety_days_and_a_share(told: list[tuple[int, str]]) -> None:
    made = turns(*[(NOW - minutes * MINUTE, state) for minutes, state in sorted(told, reverse=True)])
    found = past(made, made[-1].new if made else OPERATIONAL, LONG_AGO, NOW, dt.UTC)
    assert len(found.days) == DAYS
    assert None not in found.days
    assert 0 <= found.up <= 100
    assert words(found, NOW, dt.UTC, ENGLISH)
