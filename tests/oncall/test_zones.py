"""Wall times and instants: a table worked out by hand, hostile names, and our clock against `zoneinfo` and the database itself."""

from __future__ import annotations

import datetime as dt
import importlib.resources
import itertools
import re
import struct
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.oncall import rules
from tocsin.oncall.rules.zones import FIRST_YEAR, ZoneClock, clock_of

UTC, DAY = dt.UTC, 86_400
CASES = [
    # zone, wall time, the UTC instant, why
    ("Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29 00:59:59", "the last second before the jump"),
    ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29 01:00", "the first wall time that does not exist is the jump itself"),
    ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00", "02:00 jumps to 03:00: 02:30 does not exist, so the jump"),
    ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00", "the first wall time after the jump"),
    ("Europe/Berlin", "2026-10-25 01:59:59", "2026-10-24 23:59:59", "the last second before what occurs twice"),
    ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30", "02:30 occurs twice; the first is still summer time"),
    ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00", "after the fold, winter time"),
    ("America/New_York", "2026-03-08 02:30", "2026-03-08 07:00", "the jump at 02:00 EST is 07:00 UTC"),
    ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30", "first of two: EDT"),
    ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30", "a jump of half an hour at 02:00 +10:30"),
    ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45", "first of two, at +11:00"),
    ("Asia/Kathmandu", "2026-01-01 00:00", "2025-12-31 18:15", "+05:45, no clock change"),
    ("Pacific/Chatham", "2026-09-27 03:00", "2026-09-26 14:00", "02:45 +12:45 jumps to 03:45"),
    ("America/Sao_Paulo", "2018-11-04 00:15", "2018-11-04 03:00", "midnight itself was skipped"),
    ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00", "a whole day was skipped at the date line"),
    ("Pacific/Apia", "2011-12-31 00:00", "2011-12-30 10:00", "and the next day begins at that jump"),
    ("Africa/Casablanca", "2026-02-15 02:30", "2026-02-15 01:30", "first of two: the clock goes back for Ramadan"),
    ("Africa/Monrovia", "1972-01-07 00:20", "1972-01-07 00:44:30", "-00:44:30 ended with a jump at midnight"),
    ("America/St_Johns", "2011-11-06 00:00:30", "2011-11-06 02:30:30", "the clock went back at 00:01, into the day before"),
    ("Antarctica/Troll", "2026-03-29 02:59", "2026-03-29 01:00", "a jump of two hours"),
    ("Asia/Tehran", "2026-07-01 09:00", "2026-07-01 05:30", "no summer time any more since 2022"),
    ("Pacific/Kiritimati", "0001-01-01 00:00", "0001-01-01 10:40", "-10:40, as in 1970, for all time before"),
    ("Europe/Berlin", "9999-07-01 00:00", "9999-06-30 23:00", "+01:00, as at the end of 2100, for all time after"),
    ("Pacific/Kiritimati", "0001-01-01 00:00", "0001-01-01 10:40", "asked again after a far year: the same"),
    ("No/Such_Zone", "2026-07-01 09:00", "2026-07-01 09:00", "an unknown zone counts as UTC"),
]
HOSTILE = [
    "",
    "\0",
    ".",
    "..",
    "/",
    "../../etc/passwd",
    "/etc/passwd",
    "Europe",
    "Europe/",
    "Europe/.",
    "Europe/../Europe/Berlin",
    "Mars/Base",
    "a" * 5000,
    "Europe/\ud800",
    "__init__.py",
    "zone.tab",
    "tzdata.zi",
    "Europe\\Berlin",
    "%s",
    "Europe/Berlin\n",
    "europe/berlin",
]
ZONES = sorted(zoneinfo.available_timezones())
ODD = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/Volgograd",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Norfolk",
    "UTC",
]


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "wall", "expected", "why"), CASES)
def test_a_wall_time_stands_for_one_instant(zone: str, wall: str, expected: str, why: str):
    assert rules.instant_of(dt.datetime.fromisoformat(wall), zone) == utc(expected), why


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_zone_name_is_utc_and_never_an_error(name: str):
    assert rules.zone_of(name) is UTC
    assert not rules.is_zone(name)
    assert rules.clock_of(name).to_wall(1_800_000_000) == 1_800_000_000


@settings(max_examples=100)
@given(st.text(st.characters(), max_size=30))
def test_no_name_of_a_zone_is_an_error(name: str):
    assert rules.is_zone(name) == (name in ZONES)


def test_every_zone_of_the_database_is_known():
    assert [name for name in ZONES if not rules.is_zone(name)] == []


def test_the_edition_of_the_database_is_that_of_the_package():
    assert re.fullmatch(r"20\d\d[a-z]+", rules.data_version())
    assert zoneinfo.TZPATH == (), "zone data of the host must not be read"


def test_an_instant_beyond_the_calendar_is_held_at_its_edge():
    assert rules.instant(10**12).year == 9999
    assert rules.instant(-(10**12)).year == 1


@settings(max_examples=100)
@given(
    st.sampled_from(ZONES),
    st.integers(rules.seconds(utc("1972-02-01")), rules.seconds(utc("2100-01-01"))).map(
        lambda at: rules.instant(at).replace(tzinfo=None)
    ),
)
def test_the_instant_is_the_first_whose_wall_clock_reads_that_or_later(name: str, wall: dt.datetime):
    found = rules.instant_of(wall, name)
    assert reading(found, name) >= wall
    assert reading(found - dt.timedelta(seconds=1), name) < wall


def reading(at: dt.datetime, name: str) -> dt.datetime:
    return at.astimezone(zoneinfo.ZoneInfo(name)).replace(tzinfo=None, fold=0)


@pytest.mark.parametrize("name", ODD)
def test_the_clock_reads_as_zoneinfo_does_every_day_for_eighty_years(name: str):
    assert differences(name, DAY) == []


@pytest.mark.soak
@pytest.mark.parametrize("name", ZONES)
def test_the_clock_reads_as_zoneinfo_does_every_quarter_of_a_day_in_every_zone(name: str):
    assert differences(name, DAY // 4) == []


def differences(name: str, step: int) -> list[str]:
    """Instants at which our clock and `zoneinfo` read something else, 1970 to 2050."""
    clock, zone = ZoneClock(zoneinfo.ZoneInfo(name)), zoneinfo.ZoneInfo(name)
    wrong = []
    for since, until, offset in clock.stretches(0, rules.seconds(utc("2050-01-01"))):
        probes = {since, until - 1, *range(since, until, step)}
        wrong += [f"{name} {at}" for at in probes if zone_offset(zone, at) != offset]
    return wrong


def zone_offset(zone: dt.tzinfo, at: int) -> int:
    return int(dt.datetime.fromtimestamp(at, zone).utcoffset().total_seconds())  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ODD)
def test_no_change_of_the_clock_is_missed(name: str):
    assert missed(name) == []


@pytest.mark.soak
@pytest.mark.parametrize("name", ZONES)
def test_no_change_of_the_clock_is_missed_in_any_zone(name: str):
    assert missed(name) == []


def missed(name: str) -> list[int]:
    """Changes that the database lists for 1970 to 2050 and our clock has not; it must find them by looking every five days."""
    since, until = rules.seconds(utc(f"{FIRST_YEAR}-01-02")), rules.seconds(utc("2050-01-01"))
    ours = [start for start, _, _ in ZoneClock(zoneinfo.ZoneInfo(name)).stretches(since, until)][1:]
    listed = [at for at in changes_listed(name) if since < at < until]
    close = [at for at, after in itertools.pairwise(listed) if after - at <= 5 * DAY]
    return sorted(set(listed) - set(ours)) + close


def changes_listed(name: str) -> list[int]:
    """Instants at which the offset changes, read from the database's own file (RFC 9636), without the rule at its end."""
    *folders, last = name.split("/")
    data = importlib.resources.files("tzdata").joinpath("zoneinfo", *folders, last).read_bytes()
    head = struct.calcsize(">4sc15x6l")
    utcs, walls, leaps, times, types, chars = struct.unpack(">4sc15x6l", data[:head])[2:]
    body = head + times * 5 + types * 6 + chars + leaps * 8 + walls + utcs
    times, types = struct.unpack(">4sc15x6l", data[body : body + head])[5:7]
    body += head
    at = struct.unpack(f">{times}q", data[body : body + 8 * times])
    kinds = data[body + 8 * times : body + 9 * times]
    offsets = [
        struct.unpack(">l", data[place : place + 4])[0] for place in range(body + 9 * times, body + 9 * times + 6 * types, 6)
    ]
    before = [offsets[0], *(offsets[kind] for kind in kinds)]
    return [one for one, old, kind in zip(at, before, kinds, strict=False) if offsets[kind] != old]


def test_a_table_that_grows_answers_as_before():
    clock, fresh = ZoneClock(zoneinfo.ZoneInfo("Europe/Berlin")), clock_of("Europe/Berlin")
    asked = [rules.seconds(utc(f"{year:04}-07-01")) for year in (2026, 2040, 1980, 1969, 2099, 2500, 1)]
    first = [clock.to_wall(at) for at in asked]
    assert first == [clock.to_wall(at) for at in asked] == [fresh.to_wall(at) for at in reversed(asked)][::-1]
