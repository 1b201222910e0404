"""What Retry-After asks for, whatever it says."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.conftest import NOW
from tocsin.core.net import pausing

DATE = (NOW + dt.timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")


@pytest.mark.parametrize(
    ("status", "said", "seconds"),
    [
        (429, "120", 120),
        (503, " 7 ", 7),
        (503, DATE, 90),
        (500, "120", 0),
        (429, "", 0),
        (429, "-5", 0),
        (429, "soon", 0),
        (429, "1e9", 0),
        (429, "٣", 0),
        (429, "9" * 5_000, 86_400),
        (429, "Fri, 20 Nov 2009 09:00:00 GMT", 0),
        (429, "Fri, 20 Nov 99999 09:00:00 GMT", 0),
        (429, "Fri, 20 Nov 2099 09:00:00 GMT", 86_400),
    ],
)
def test_seconds_and_dates_are_understood_and_nothing_else_is(status: int, said: str, seconds: int) -> None:
    assert pausing.asked(status, {"retry-after": said}, NOW).total_seconds() == seconds


def test_without_the_header_nothing_is_asked() -> None:
    assert pausing.asked(429, {}, NOW) == dt.timedelta(0)
