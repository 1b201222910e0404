"""Planned work without a database: times that come again, times that are refused, bars that hide nothing."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from icalendar import vRecur

from tests.conftest import NOW
from tocsin.core.errors import Invalid
from tocsin.statuspages.maintenance import repeating, rules, saying
from tocsin.statuspages.outside import days
from tocsin.statuspages.outside.days import Spell, Turn
from tocsin.statuspages.outside.rules import impact, indicator
from tocsin.statuspages.words.english import ENGLISH
from tocsin.statuspages.words.french import FRENCH
from tocsin.statuspages.words.german import GERMAN

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def first(rule: str, count: int, *, on: dt.date = dt.date(2027, 3, 7), zone: str = "Europe/Vienna") -> list[str]:
    found = repeating.starts(repeating.read(rule), on, dt.time(2), zone)
    return [f"{one:%Y-%m-%d %H:%M}" for one in itertools.islice(found, count)]


def test_two_at_night_stays_two_at_night_when_the_clocks_change() -> None:
    before, night, after = first("FREQ=WEEKLY;INTERVAL=1;BYDAY=SU", 5)[2:]
    assert before == "2027-03-21 01:00"
    assert night == "2027-03-28 01:00", "02:00 is skipped that night: the moment of the jump"
    assert after == "2027-04-04 00:00"
    autumn = first("FREQ=WEEKLY;BYDAY=SU", 3, on=dt.date(2026, 10, 18))
    assert autumn == ["2026-10-18 00:00", "2026-10-25 00:00", "2026-11-01 01:00"], "02:00 occurs twice: the first is meant"


@pytest.mark.parametrize(
    ("rule", "found", "words"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;COUNT=2", ["2027-03-07", "2027-03-21"], "every 2 weeks on Sunday, 2 times"),
        ("RRULE:FREQ=MONTHLY;BYDAY=1SU;COUNT=2", ["2027-03-07", "2027-04-04"], "every month on the first Sunday, 2 times"),
        ("freq=monthly;byday=-1fr;count=2", ["2027-03-26", "2027-04-30"], "every month on the last Friday, 2 times"),
        ("FREQ=MONTHLY;BYMONTHDAY=15;UNTIL=20270415", ["2027-03-15", "2027-04-15"], "every month on day 15, until 15 April 2027"),
        (
            "FREQ=WEEKLY;BYDAY=TU,MO;COUNT=3",
            ["2027-03-08", "2027-03-09", "2027-03-15"],
            "every week on Monday and Tuesday, 3 times",
        ),
    ],
)
def test_a_rule_is_read_said_in_words_and_written_as_it_was_meant(rule: str, found: list[str], words: str) -> None:
    assert [one[:10] for one in first(rule, 9, zone="UTC")] == found
    repeat = repeating.read(rule)
    assert saying.in_words(repeat) == words
    assert repeating.read(str(repeat)) == repeat
    assert vRecur.from_ical(str(repeat))["FREQ"] == [repeat.freq]


@pytest.mark.parametrize(
    ("rule", "german", "french"),
    [
        ("FREQ=WEEKLY;BYDAY=SU", "jede Woche am Sonntag", "chaque semaine le dimanche"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR;COUNT=6",
            "alle 2 Wochen am Montag, Mittwoch und Freitag, 6-mal",
            "toutes les 2 semaines le lundi, mercredi et vendredi, 6 fois",
        ),
        (
            "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270415",
            "jeden Monat am letzten Freitag, bis 15. April 2027",
            "chaque mois le dernier vendredi, jusqu’au 15 avril 2027",
        ),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1", "alle 3 Monate am 1. Tag", "tous les 3 mois le 1er"),
    ],
)
def test_a_rule_is_said_in_the_language_of_its_page(rule: str, german: str, french: str) -> None:
    repeat = repeating.read(rule)
    assert (saying.in_words(repeat, GERMAN), saying.in_words(repeat, FRENCH)) == (german, french)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=DAILY",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=SU,SU",
        "FREQ=WEEKLY;BYDAY=SU;COUNT=2;UNTIL=20271231",
        "FREQ=WEEKLY;BYDAY=SU;BYHOUR=3",
        "FREQ=WEEKLY;BYDAY=SU;INTERVAL=0",
        "FREQ=WEEKLY;BYDAY=SU;COUNT=99999",
        "FREQ=WEEKLY;BYDAY=SU;UNTIL=20271399",
        "FREQ=WEEKLY;BYDAY=SU;UNTIL=x",
        "FREQ=MONTHLY;BYDAY=SU",
        "FREQ=MONTHLY;BYDAY=5SU",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=٣",
        "FREQ=MONTHLY;BYDAY=1SU;BYMONTHDAY=3",
        "FREQ=WEEKLY;FREQ=WEEKLY;BYDAY=SU",
    ],
)
def test_a_rule_beyond_what_is_understood_is_refused_with_what_to_write(rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        repeating.read(rule)
    assert refused.value.field == "rule"
    assert "FREQ=WEEKLY;BYDAY=SU" in refused.value.detail


def weekly(since: dt.datetime) -> itertools.count:  # type: ignore[type-arg]
    return (since + number * 7 * DAY for number in itertools.count())  # type: ignore[return-value]


def test_times_are_made_three_months_ahead_and_the_next_always() -> None:
    made = repeating.to_make(weekly(NOW + DAY), 0, HOUR, None, NOW)
    assert [number for number, _ in made.times] == list(range(1, 15))
    assert made.again_at == NOW + DAY + 14 * 7 * DAY - repeating.AHEAD
    later = repeating.to_make(weekly(NOW + DAY), 14, HOUR, made.times[-1][1], made.again_at or NOW)
    assert [number for number, _ in later.times] == [15]
    rare = repeating.to_make(iter([NOW + DAY, NOW + 400 * DAY]), 0, HOUR, None, NOW)
    assert ([number for number, _ in rare.times], rare.again_at) == ([1], NOW + DAY)
    last = repeating.to_make(iter([NOW + DAY, NOW + 400 * DAY]), 1, HOUR, None, NOW + 2 * DAY)
    assert ([number for number, _ in last.times], last.again_at) == ([2], None)


def test_what_is_over_when_it_could_be_made_is_left_out() -> None:
    made = repeating.to_make(weekly(NOW - 20 * DAY), 0, HOUR, None, NOW)
    assert made.times[0] == (4, NOW + DAY)


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (-1, 1, "starts_at"),
        (0, 1, "starts_at"),
        (2, 1, "ends_at"),
        (2, 2, "ends_at"),
        (2, 2 + 24 * 40, "ends_at"),
        (10**5, 10**6, "starts_at"),
    ],
)
def test_times_that_cannot_be_are_refused(start: int, end: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_times(NOW + start * HOUR, NOW + end * HOUR, NOW)
    assert refused.value.field == field
    with pytest.raises(Invalid, match="zone"):
        rules.check_times((NOW + DAY).replace(tzinfo=None), NOW + 2 * DAY, NOW)


def test_planned_work_is_said_in_the_bars_and_not_counted_as_down() -> None:
    turns = [
        Turn(NOW - 3 * DAY, "operational", "under_maintenance"),
        Turn(NOW - 3 * DAY + 2 * HOUR, "under_maintenance", "operational"),
    ]
    found = days.past(turns, "operational", NOW - 200 * DAY, NOW, dt.UTC)
    assert found.up == 100.0
    assert days.words(found, NOW, dt.UTC, ENGLISH) == "100 % in 90 days · under maintenance on 17 Nov for 2 h"
    assert all(state in days.FINE for state in found.days)


def test_what_was_written_down_afterwards_makes_a_past_worse_and_never_better() -> None:
    spells = [Spell("operational", NOW - 9 * DAY, NOW - 5 * DAY), Spell("major_outage", NOW - 5 * DAY, None)]
    over = Spell("degraded_performance", NOW - 6 * DAY, NOW - 4 * DAY)
    assert days.laid_over(spells, [over]) == [
        Spell("operational", NOW - 9 * DAY, NOW - 6 * DAY),
        Spell("degraded_performance", NOW - 6 * DAY, NOW - 5 * DAY),
        Spell("major_outage", NOW - 5 * DAY, None),
    ]
    inside = days.laid_over(spells[:1], [Spell("partial_outage", NOW - 8 * DAY, NOW - 7 * DAY)])
    assert [spell.state for spell in inside] == ["operational", "partial_outage", "operational"]
    assert days.laid_over(spells, [Spell("major_outage", NOW - 20 * DAY, NOW - 10 * DAY)]) == spells


def test_an_incident_on_a_part_under_maintenance_is_not_hidden_by_it() -> None:
    assert impact(["under_maintenance"]) == "minor"
    assert indicator([], ["operational"], at_work=True) == "maintenance"
    assert indicator([], ["partial_outage"], at_work=True) == "major"
    assert indicator(["minor"], ["under_maintenance"], at_work=True) == "minor"
