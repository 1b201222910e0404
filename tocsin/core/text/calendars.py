"""Days and months as a language names them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple


class Calendar(NamedTuple):
    """Short names of the days from Monday and of the months, long names of the months, and the days around today."""

    week: tuple[str, ...]
    months: tuple[str, ...]
    long_months: tuple[str, ...]
    around: Mapping[int, str]
    """By days from today: `{-1: "yesterday", 0: "today", 1: "tomorrow"}`."""
    of_month: str = "{day} {month}"

    def date(self, there: dt.date) -> str:
        """`Thu 19 Nov`. Spelled here: `strftime` takes most of the time of a page with hundreds of dates."""
        return f"{self.week[there.weekday()]} {self.short(there)}"

    def short(self, there: dt.date) -> str:
        """`19 Nov`."""
        return self.of_month.format(day=there.day, month=self.months[there.month - 1])

    def long(self, there: dt.date) -> str:
        """`19 November`."""
        return self.of_month.format(day=there.day, month=self.long_months[there.month - 1])

    def month(self, there: dt.date) -> str:
        """`November 2026`."""
        return f"{self.long_months[there.month - 1]} {there.year}"


ENGLISH = Calendar(
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    {0: "today", 1: "tomorrow", -1: "yesterday"},
)
GERMAN = Calendar(
    ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."),
    (
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
    {0: "heute", 1: "morgen", -1: "gestern"},
    "{day}. {month}",
)
FRENCH = Calendar(
    ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    {0: "aujourd’hui", 1: "demain", -1: "hier"},
)
