"""How work comes again, in the words of a language. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tocsin.statuspages.maintenance.repeating import DAYS, MONTHLY, WEEKLY, Repeat
from tocsin.statuspages.words import LANGUAGES


class _Again(NamedTuple):
    """`{}` is where something stands."""

    every: Mapping[str, tuple[str, str]]
    """Each time, and each so many."""
    days: Sequence[str]
    on: str
    """These weekdays."""
    both: str
    places: Mapping[int, str]
    placed: str
    """This one of a month's weekdays: which, and of what day."""
    on_date: str
    times: str
    until: str
    first: str = "{}"
    """The first day of a month, when it is not said as the others are."""


_SAID: Mapping[str, _Again] = {
    "en": _Again(
        {WEEKLY: ("every week", "every {} weeks"), MONTHLY: ("every month", "every {} months")},
        tuple(DAYS.values()),
        "on {}",
        "{} and {}",
        {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"},
        "on the {} {}",
        "on day {}",
        ", {} times",
        ", until {}",
    ),
    "de": _Again(
        {WEEKLY: ("jede Woche", "alle {} Wochen"), MONTHLY: ("jeden Monat", "alle {} Monate")},
        ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
        "am {}",
        "{} und {}",
        {1: "ersten", 2: "zweiten", 3: "dritten", 4: "vierten", -1: "letzten"},
        "am {} {}",
        "am {}.",
        ", {}-mal",
        ", bis {}",
    ),
    "fr": _Again(
        {WEEKLY: ("chaque semaine", "toutes les {} semaines"), MONTHLY: ("chaque mois", "tous les {} mois")},
        ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        "le {}",
        "{} et {}",
        {1: "premier", 2: "deuxième", 3: "troisième", 4: "quatrième", -1: "dernier"},
        "le {} {}",
        "le {}",
        ", {} fois",
        ", jusqu’au {}",
        first="1er",
    ),
}


def in_words(repeat: Repeat, language: str = "en") -> str:
    """`every 2 weeks on Sunday, 6 times`."""
    said = _SAID[language]
    once, many = said.every[repeat.freq]
    every = once if repeat.interval == 1 else many.format(repeat.interval)
    return f"{every} {_on(repeat, said)}{_end(repeat, said, language)}"


def _on(repeat: Repeat, said: _Again) -> str:
    names = [dict(zip(DAYS, said.days, strict=True))[day] for day in repeat.days]
    if repeat.place:
        return said.placed.format(said.places[repeat.place], *names)
    if names:
        *others, last = names
        return said.on.format(said.both.format(", ".join(others), last) if others else last)
    return said.on_date.format(said.first.format(1) if repeat.month_day == 1 else repeat.month_day)


def _end(repeat: Repeat, said: _Again, language: str) -> str:
    if repeat.count:
        return said.times.format(repeat.count)
    return said.until.format(_day(repeat.until, language)) if repeat.until else ""


def _day(day: dt.date, language: str) -> str:
    return f"{LANGUAGES[language].calendar.long(day)} {day.year}"
