"""A thousand years of duty across every zone of the zone database: the row, the question and the feed say the same."""

from __future__ import annotations

import datetime as dt
import random
import zoneinfo
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from bench.figures import Figure
from tocsin.oncall.rules import Compiled, LayerRule, OverrideRule, ScheduleRule, Stretch, Window, instant, joined, wall_seconds
from tocsin.oncall.rules.duties import of_person

YEARS_EACH = 2
DAY, HOUR = 86_400, 3600
PEOPLE = ("ana", "ben", "cho", "dia")
UNITS = {"hours": (6, 8, 12, 25), "days": (1, 2, 4), "weeks": (1, 2), "months": (1, 2)}


def measure(folder: Path) -> Iterator[Figure]:
    dice, years, wrong, asked = random.Random(11), 0, [], 0
    for zone in sorted(zoneinfo.available_timezones()):
        ready, since = Compiled(rota(zone, dice)), wall_seconds(dt.datetime(2006 + dice.randrange(28), 1, 1))  # noqa: DTZ001
        until = since + YEARS_EACH * 366 * DAY
        row = joined(ready.row(since, until))
        wrong += [f"{zone}: {fault}" for fault in (*holes(row, since, until), *answers(ready, row), *pieces(ready, row, dice))]
        wrong += [f"{zone}: the feed of {name} differs" for name in PEOPLE if feed(row, name) != said(row, name)]
        years, asked = years + YEARS_EACH, asked + 2 * len(row)
    for fault in wrong[:10]:
        print(f"  {fault}")
    yield Figure("years of duty simulated, every zone", years, "years")
    yield Figure("  instants at which the pager was asked beside them", asked, "")
    yield Figure("  holes, double hand-overs and disagreements", len(wrong), "", 0)


def rota(zone: str, dice: random.Random) -> ScheduleRule:
    """One to three layers with some hours, turns of every kind, and overrides on both levels."""
    layers = tuple(_layer(zone, number, dice) for number in range(dice.randint(1, 3)))
    start = wall_seconds(dt.datetime(2006, 1, 1))  # noqa: DTZ001
    entries = [(start + dice.randrange(30 * 365) * DAY, dice.choice(layers).id if dice.random() < 0.4 else "") for _ in range(60)]
    overrides = tuple(
        OverrideRule(f"o{place}", dice.choice(((), ("ana",), ("dia",))), at, at + dice.randint(1, 40) * HOUR, layer)
        for place, (at, layer) in enumerate(entries)
    )
    return ScheduleRule(layers, overrides)


def _layer(zone: str, number: int, dice: random.Random) -> LayerRule:
    unit = dice.choice(tuple(UNITS))
    began = dt.datetime(2005, dice.choice((1, 3, 8, 10)), dice.randint(1, 31), dice.randrange(24), 30)  # noqa: DTZ001
    days = tuple(sorted(dice.sample(range(7), dice.randint(1, 7))))
    hours = (Window(days, dice.randrange(24) * HOUR, dice.randrange(24) * HOUR),) if number and dice.random() < 0.7 else ()
    members = tuple((name,) for name in dice.sample(PEOPLE, dice.randint(1, 4)))
    return LayerRule(f"l{number}", zone, wall_seconds(began), unit, (dice.choice(UNITS[unit]),), members, windows=hours)


def holes(row: list[Stretch], since: int, until: int) -> Iterator[str]:
    """Where one stretch does not end exactly where the next begins, or lasts no time."""
    if row[0].start != since or row[-1].end != until:
        yield "the row does not fill its time"
    for before, after in pairwise(row):
        if before.end != after.start or before.start >= before.end:
            yield f"a hole or a double hand-over at {instant(after.start)}"


def answers(ready: Compiled, row: list[Stretch]) -> Iterator[str]:
    """Where the pager's question gives another answer than the row: at the first and the last second of each stretch."""
    for one in row:
        for at in (one.start, one.end - 1):
            if ready.who(instant(at)).people != one.people:
                yield f"another answer at {instant(at)}"


def pieces(ready: Compiled, row: list[Stretch], dice: random.Random) -> Iterator[str]:
    """Where a preview of some weeks shows something else than the whole row does."""
    at, end = row[0].start, row[-1].end
    parts: list[Stretch] = []
    while at < end:
        following = min(at + dice.randint(1, 60) * DAY + dice.randrange(DAY), end)
        parts += ready.row(at, following)
        at = following
    if joined(parts) != row:
        yield "previews differ from the row"


def feed(row: list[Stretch], name: str) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in of_person(row, name)]


def said(row: list[Stretch], name: str) -> list[tuple[int, int]]:
    """The same worked out plainly."""
    spans: list[tuple[int, int]] = []
    for one in row:
        if name not in one.people:
            continue
        if spans and spans[-1][1] == one.start:
            spans[-1] = (spans[-1][0], one.end)
        else:
            spans.append((one.start, one.end))
    return spans


if __name__ == "__main__":
    for figure in measure(Path()):
        print(figure.line())
