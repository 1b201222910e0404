"""Labels of the calendar: everybody in a box in the same form, and only as long as it has room."""

from __future__ import annotations

import datetime as dt

import pytest

from tocsin.oncall.queries import Shift
from tocsin.web.pages.oncall.lanes import FORTNIGHT, MONTH, Sheet, lane

FIRST = dt.datetime(2026, 11, 16, tzinfo=dt.UTC)
NAMES = {"a": "Ana Ruiz", "m": "Maximiliane Oberhauser", "b": "Bo"}


@pytest.mark.parametrize(
    ("count", "hours", "people", "label"),
    [
        (FORTNIGHT, 168, ("a",), "Ana Ruiz"),
        (FORTNIGHT, 24, ("a",), "Ana"),
        (FORTNIGHT, 9, ("a",), "AR"),
        (FORTNIGHT, 24, ("m",), "MO"),
        (FORTNIGHT, 168, ("m", "a"), "Maximiliane Oberhauser + Ana Ruiz"),
        (FORTNIGHT, 24, ("m", "a"), "MO + AR"),
        (FORTNIGHT, 24, ("b",), "Bo, you"),
        (MONTH, 24, ("a",), "AR"),
        (MONTH, 168, ("a",), "Ana Ruiz"),
    ],
)
def test_a_label_is_as_long_as_its_box(count: int, hours: int, people: tuple[str, ...], label: str) -> None:
    sheet = Sheet.of(FIRST.date(), count, dt.UTC)
    cell = lane([Shift(FIRST, FIRST + dt.timedelta(hours=hours), people, False)], sheet, NAMES, me="b")[0]
    assert cell.label == label
