"""The bars of 90 days beside a part, drawn here: pages for everybody run nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tocsin.statuspages import rules
from tocsin.statuspages.models import Component
from tocsin.statuspages.outside import days
from tocsin.statuspages.outside.queries import Part
from tocsin.statuspages.words import Words

STEP = 7
"""Units of the drawing a day; a bar is five of them."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day that was not well: where it stands, and the class that says how high it is."""

    x: int
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """A part with its state in words and its past, drawn and in words."""

    component: Component
    state_words: str
    fine: bool
    start: int
    bars: tuple[Bar, ...]
    words: str


def row(part: Part, now: dt.datetime, zone: dt.tzinfo, said: Words) -> Row:
    """One part as the page shows it."""
    component = part.component
    turns = [days.Turn(change.at, change.old, change.new) for change in part.changes]
    found = days.past(turns, component.state, part.created_at, now, zone, part.afterwards)
    bars = tuple(
        Bar(number * STEP, "d1" if state in days.DOWN else "d2")
        for number, state in enumerate(found.days)
        if state is not None and state not in days.FINE
    )
    start = next((number for number, state in enumerate(found.days) if state is not None), 0) * STEP
    fine = component.state == rules.OPERATIONAL
    return Row(component, said.states[component.state], fine, start, bars, days.words(found, now, zone, said))
