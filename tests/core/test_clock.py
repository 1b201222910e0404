"""The clock: UTC, never a little backwards, moved only by its file; and how instants are read and written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core import clock
from tocsin.core.clock import Clock


def test_the_present_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == dt.timedelta(0)


def test_the_offset_file_moves_the_clock_and_nonsense_in_it_does_not(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    moved = Clock(file)
    plain = moved.now()
    file.write_text("3600")
    assert dt.timedelta(minutes=59) < moved.now() - plain < dt.timedelta(minutes=61)
    file.write_text("nonsense")
    assert abs(moved.now() - plain) < dt.timedelta(minutes=1)


def test_a_small_step_back_is_absorbed_and_a_large_one_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    moved = Clock(file)
    file.write_text("100")
    before = moved.now()
    file.write_text("50")
    assert moved.now() == before
    file.write_text("0")
    assert moved.now() < before


def test_the_database_server_is_the_authority() -> None:
    authority = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    corrected = Clock()
    corrected.correct(authority)
    assert abs(corrected.now() - authority) < dt.timedelta(seconds=5)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-20T09:00:00Z", dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)),
        ("2026-11-20T10:00:00.123456789+01:00", dt.datetime(2026, 11, 20, 9, 0, 0, 123456, tzinfo=dt.UTC)),
        ("2026-11-20t09:00:00.5z", dt.datetime(2026, 11, 20, 9, 0, 0, 500000, tzinfo=dt.UTC)),
        ("0001-01-01T00:00:00Z", dt.datetime(1, 1, 1, tzinfo=dt.UTC)),
    ],
)
def test_instants_of_other_programs_are_read_to_the_microsecond(text: str, instant: dt.datetime) -> None:
    assert clock.parse(text) == instant


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-20", "2026-11-20T09:00:00", "2026-13-01T00:00:00Z", "1.2.3Z"])
def test_an_instant_without_a_zone_or_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"zone|isoformat|must be"):
        clock.parse(text)


@given(st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC)))  # noqa: DTZ001
def test_what_is_written_is_read_back_to_the_millisecond(instant: dt.datetime) -> None:
    back = clock.parse(clock.rfc3339(instant))
    assert abs(back - instant) < dt.timedelta(milliseconds=1)
