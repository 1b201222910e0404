"""How a part was in the last 90 days: day by day, how much of the time it was up, and its worst hours in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tocsin.incidents.rules import duration_words
from tocsin.statuspages.rules import OPERATIONAL, UNDER_MAINTENANCE, worst
from tocsin.statuspages.words import Words

DAYS = 90
DOWN = frozenset({"partial_outage", "major_outage"})
"""A part in one of these is not up; a slow one is, and so is one under maintenance: that was planned, and words say it."""
FINE = frozenset({OPERATIONAL, UNDER_MAINTENANCE})
"""A day with nothing else has no bar."""
_TOLD = 3
"""Spells that the words name."""


@dataclass(frozen=True, slots=True)
class Turn:
    """At an instant a part went from one state to another."""

    at: dt.datetime
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Spell:
    """A part was in one state from `start` to `end`; None while it still is."""

    state: str
    start: dt.datetime
    end: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Past:
    """The last 90 days of a part, oldest first; days before it was there are None."""

    days: tuple[str | None, ...]
    up: float
    """Per cent of the time that it was there."""
    spells: tuple[Spell, ...]
    """When it was not well, newest first."""


def past(
    turns: Sequence[Turn],
    state: str,
    began: dt.datetime,
    now: dt.datetime,
    zone: dt.tzinfo,
    afterwards: Sequence[Spell] = (),
) -> Past:
    """From its turns, oldest first, its state now and when it came to the page; days are those of `zone`. What was written down
    `afterwards` counts where it is worse than what was said at the time.
    """
    today = now.astimezone(zone).date()
    first = today - dt.timedelta(days=DAYS - 1)
    start = max(began, dt.datetime.combine(first, dt.time(), zone))
    told = [spell for spell in _spells(turns, state, began) if spell.end is None or spell.end > start]
    spells = laid_over([_clipped(spell, start) for spell in told], afterwards)
    states: list[list[str]] = [[] for _ in range(DAYS)]
    for spell in spells:
        for day in range(_day(spell.start, first, zone), _day(spell.end or now, first, zone) + 1):
            states[day].append(spell.state)
    down = sum(((spell.end or now) - spell.start for spell in spells if spell.state in DOWN), dt.timedelta(0))
    up = 100.0 * (1 - down / (now - start)) if now > start else 100.0
    bad = tuple(spell for spell in reversed(spells) if spell.state != OPERATIONAL)
    return Past(tuple(worst(found) if found else None for found in states), up, bad)


def _spells(turns: Sequence[Turn], state: str, began: dt.datetime) -> Iterator[Spell]:
    since, present = began, turns[0].old if turns else state
    for turn in turns:
        if turn.at > since:
            yield Spell(present, since, turn.at)
        since, present = max(since, turn.at), turn.new
    yield Spell(present, since, None)


def laid_over(spells: Sequence[Spell], afterwards: Sequence[Spell]) -> list[Spell]:
    """Spells without gaps, oldest first, made worse where others lie over them; neighbours in one state are one spell."""
    found = list(spells)
    for over in afterwards:
        found = [piece for spell in found for piece in _pieces(spell, over)]
    joined: list[Spell] = []
    for spell in found:
        if joined and joined[-1].state == spell.state:
            joined[-1] = Spell(spell.state, joined[-1].start, spell.end)
        else:
            joined.append(spell)
    return joined


def _pieces(spell: Spell, over: Spell) -> Iterator[Spell]:
    """What becomes of a spell under another one, which has an end."""
    end = over.end or over.start
    if end <= spell.start or (spell.end is not None and over.start >= spell.end):
        yield spell
        return
    first, last = max(spell.start, over.start), end if spell.end is None else min(spell.end, end)
    if first > spell.start:
        yield Spell(spell.state, spell.start, first)
    yield Spell(worst([spell.state, over.state]), first, last)
    if spell.end is None or last < spell.end:
        yield Spell(spell.state, last, spell.end)


def _clipped(spell: Spell, start: dt.datetime) -> Spell:
    return Spell(spell.state, max(spell.start, start), spell.end)


def _day(instant: dt.datetime, first: dt.date, zone: dt.tzinfo) -> int:
    return min(max((instant.astimezone(zone).date() - first).days, 0), DAYS - 1)


def words(found: Past, now: dt.datetime, zone: dt.tzinfo, said: Words) -> str:
    """`99.94 % in 90 days · down in part since 02:14; slow or limited on 2 Nov for 41 min`. Never rounds up to 100."""
    up = "100" if found.up >= 100 else f"{min(found.up, 99.99):.2f}".replace(".", said.point)
    told = [_spell_words(spell, now, zone, said) for spell in found.spells[:_TOLD]]
    rest = len(found.spells) - len(told)
    told += [f"+ {rest}"] if rest else []
    present = sum(1 for day in found.days if day is not None)
    length = said.one_day if present == 1 else said.many_days.format(present)
    return f"{up} % {length} · {'; '.join(told) or said.no_problem}"


def _spell_words(spell: Spell, now: dt.datetime, zone: dt.tzinfo, said: Words) -> str:
    state = said.states[spell.state].lower()
    local = spell.start.astimezone(zone)
    date = said.calendar.short(local)
    if spell.end is None:
        today = local.date() == now.astimezone(zone).date()
        return said.since.format(state, f"{local:%H:%M}" if today else date)
    return said.lasting.format(state, date, duration_words(spell.end - spell.start))
