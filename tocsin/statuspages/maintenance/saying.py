"""How planned work comes again, in the words of a language. Pure."""

from __future__ import annotations

from tocsin.statuspages.maintenance.repeating import DAYS, WEEKLY, Repeat
from tocsin.statuspages.words import Words
from tocsin.statuspages.words.english import ENGLISH


def in_words(repeat: Repeat, said: Words = ENGLISH) -> str:
    """`every 2 weeks on Sunday, 6 times`."""
    return f"{_every(repeat, said)} {_on(repeat, said)}{_end(repeat, said)}"


def _every(repeat: Repeat, said: Words) -> str:
    once, many = (said.repeated.week, said.repeated.weeks) if repeat.freq == WEEKLY else (said.repeated.month, said.repeated.months)
    return once if repeat.interval == 1 else many.format(repeat.interval)


def _on(repeat: Repeat, said: Words) -> str:
    names = [said.repeated.days[DAYS.index(day)] for day in repeat.days]
    if repeat.place:
        return said.repeated.placed.format(said.repeated.places[repeat.place], *names)
    if names:
        *others, last = names
        return said.repeated.on.format(said.repeated.both.format(", ".join(others), last) if others else last)
    return said.repeated.on_date.format(said.repeated.first_day if repeat.month_day == 1 else repeat.month_day)


def _end(repeat: Repeat, said: Words) -> str:
    if repeat.count:
        return f", {said.repeated.times.format(repeat.count)}"
    if repeat.until is None:
        return ""
    return f", {said.repeated.until.format(f'{said.calendar.long(repeat.until)} {repeat.until.year}')}"
