"""A schedule: layers one above the other, overrides on top. Who is on call at an instant, and the final row of a stretch of time.

- A higher layer that has somebody wins; one that has nobody is transparent.
- An override of the final row beats an override of one layer, which beats the layer. Within one level the later entry wins.
- "Nobody on purpose" is no gap. For one layer it lets the layers below answer.
- Whoever is absent for good (deactivated) is on call nowhere from that instant: a turn or an override of theirs alone is as
  if it were not there.
"""

from __future__ import annotations

import datetime as dt
import heapq
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tocsin.oncall.rules.layers import Layer, LayerRule, Slot, Stretch
from tocsin.oncall.rules.zones import DAY, instant, seconds

HORIZON = 400 * DAY
_PAGE = 64 * DAY
_PAGES_KEPT = 16


class OverrideRule(NamedTuple):
    """These people, or nobody on purpose, instead of the rota from `start` until before `end` (seconds); with `layer` instead of
    that layer only.
    """

    id: str
    people: Slot
    start: int
    end: int
    layer: str = ""


@dataclass(frozen=True, slots=True)
class ScheduleRule:
    """`layers` from the bottom up, `overrides` in the order of their entry, `absent` as person and instant (seconds)."""

    layers: tuple[LayerRule, ...] = ()
    overrides: tuple[OverrideRule, ...] = ()
    absent: tuple[tuple[str, int], ...] = ()


class Cover(NamedTuple):
    """Who is on call, and until when that stays so (UTC; None: longer than `HORIZON`). `gap`: nobody is, and not on purpose."""

    people: Slot
    until: dt.datetime | None
    gap: bool
    source: str = ""


class Page(NamedTuple):
    """Stretches of the final row, where each starts, and until when the same people stay (in this page)."""

    starts: list[int]
    row: list[Stretch]
    stays: list[int]


class Compiled:
    """A schedule made ready to be asked often. Keeps the final row in pages of 64 days; threads may share it."""

    def __init__(self, rule: ScheduleRule) -> None:
        self.rule = rule
        self._layers = {layer.id: Layer(layer) for layer in rule.layers}
        self._absent = dict(rule.absent)
        self._overrides: dict[str, list[OverrideRule]] = {}
        for one in rule.overrides:
            parts = self._present([Stretch(one.start, one.end, one.people, one.id)]) if one.start < one.end else []
            left = [OverrideRule(one.id, part.people, part.start, part.end, one.layer) for part in parts]
            self._overrides.setdefault(one.layer, []).extend(left)
        self._pages: dict[int, Page] = {}

    def who(self, at: dt.datetime) -> Cover:
        """Who is on call at an instant (aware)."""
        moment = seconds(at)
        found, until = self._found(moment)
        said = found.people, found.gap
        while until - moment < HORIZON:
            following, stays = self._found(until)
            if (following.people, following.gap) != said:
                return Cover(found.people, instant(until), found.gap, found.source)
            until = stays
        return Cover(found.people, None, found.gap, found.source)

    def stretch_at(self, at: int) -> Stretch:
        """The stretch of the final row that holds this instant, cut at the page's end."""
        return self._found(at)[0]

    def _found(self, at: int) -> tuple[Stretch, int]:
        """The stretch that holds an instant, and until when the same people stay, as far as its page knows."""
        number = at // _PAGE
        page = self._pages.get(number)
        if page is None:
            page = _page(joined(self.row(number * _PAGE, (number + 1) * _PAGE)))
            if len(self._pages) >= _PAGES_KEPT:
                self._pages = {}
            self._pages[number] = page
        place = bisect_right(page.starts, at) - 1
        return page.row[place], page.stays[place]

    def row(self, since: int, until: int) -> list[Stretch]:
        """The final row from `since` until before `until`, without holes: a gap is a stretch of nobody."""
        return self.final(self.layer_rows(since, until), since, until)

    def layer_rows(self, since: int, until: int) -> dict[str, list[Stretch]]:
        """What each layer says by itself, the lowest first."""
        return {layer: self.layer_row(layer, since, until) for layer in self._layers}

    def final(self, layers: Mapping[str, list[Stretch]], since: int, until: int) -> list[Stretch]:
        """The final row over what the layers say in this time."""
        row: list[Stretch] = []
        for said in layers.values():
            row = overlay(overlay([one for one in said if not one.people], row), [one for one in said if one.people])
        return filled(overlay(row, self._painted("", since, until)), since, until)

    def layer_row(self, layer: str, since: int, until: int) -> list[Stretch]:
        """What one layer says, with its own overrides; holes where it has nobody. KeyError: no layer has this id."""
        return overlay(self._present(self._layers[layer].row(since, until)), self._painted(layer, since, until))

    def _painted(self, layer: str, since: int, until: int) -> list[Stretch]:
        chosen = [one for one in self._overrides.get(layer, ()) if one.start < until and one.end > since]
        return painted(chosen, since, until) if chosen else []

    def _present(self, row: list[Stretch]) -> list[Stretch]:
        """The row without whoever is absent for good; what was theirs alone becomes a hole."""
        if not any(person in self._absent for stretch in row for person in stretch.people):
            return row
        cut = []
        for stretch in row:
            edges = {self._absent[person] for person in stretch.people if person in self._absent}
            edges = {stretch.start, stretch.end, *(edge for edge in edges if stretch.start < edge < stretch.end)}
            ordered = sorted(edges)
            for start, end in pairwise(ordered):
                people = tuple(one for one in stretch.people if self._absent.get(one, end) > start)
                if people or not stretch.people:
                    cut.append(Stretch(start, end, people, stretch.source))
        return cut


def painted(overrides: Sequence[OverrideRule], since: int, until: int) -> list[Stretch]:
    """Overrides of one level as a row: the latest entry on top at each instant, holes where there is none."""
    entries = [(max(one.start, since), min(one.end, until), -order, one) for order, one in enumerate(overrides)]
    entries.sort(key=lambda entry: entry[:3])
    row: list[Stretch] = []
    on_top: list[tuple[int, int, OverrideRule]] = []
    edges = sorted({edge for start, end, _, _ in entries for edge in (start, end)})
    place = 0
    for start, end in pairwise(edges):
        while place < len(entries) and entries[place][0] <= start:
            _, finish, order, one = entries[place]
            heapq.heappush(on_top, (order, finish, one))
            place += 1
        while on_top and on_top[0][1] <= start:
            heapq.heappop(on_top)
        if on_top:
            one = on_top[0][2]
            row.append(Stretch(start, end, one.people, one.id))
    return joined(row)


def clipped(row: Iterable[Stretch], since: int, until: int) -> list[Stretch]:
    """The part of a row from `since` until before `until`."""
    inside = [one for one in row if one.start < until and one.end > since]
    return [Stretch(max(one.start, since), min(one.end, until), one.people, one.source) for one in inside]


def overlay(below: list[Stretch], above: list[Stretch]) -> list[Stretch]:
    """Both rows as one: above wins where it has an entry."""
    if not above or not below:
        return above or below
    row: list[Stretch] = []
    under = iter(below)
    rest = next(under, None)
    for stretch in above:
        start, end = stretch.start, stretch.end
        while rest is not None and rest.end <= start:
            row.append(rest)
            rest = next(under, None)
        if rest is not None and rest.start < start:
            row.append(Stretch(rest.start, start, rest.people, rest.source))
        row.append(stretch)
        while rest is not None and rest.end <= end:
            rest = next(under, None)
        if rest is not None and rest.start < end:
            rest = Stretch(end, rest.end, rest.people, rest.source)
    if rest is not None:
        row.append(rest)
    row.extend(under)
    return row


def filled(row: list[Stretch], since: int, until: int) -> list[Stretch]:
    """The row with its holes as stretches of nobody."""
    whole, at = [], since
    for stretch in row:
        if stretch.start > at:
            whole.append(Stretch(at, stretch.start, ()))
        whole.append(stretch)
        at = stretch.end
    if at < until:
        whole.append(Stretch(at, until, ()))
    return whole


def joined(row: Iterable[Stretch]) -> list[Stretch]:
    """The row with neighbours that say the same as one."""
    whole: list[Stretch] = []
    for stretch in row:
        last = whole[-1] if whole else None
        if last is not None and (last.end, last.people, last.source) == (stretch.start, stretch.people, stretch.source):
            whole[-1] = Stretch(last.start, stretch.end, last.people, last.source)
        else:
            whole.append(stretch)
    return whole


def _page(row: list[Stretch]) -> Page:
    stays = [stretch.end for stretch in row]
    for place in range(len(row) - 2, -1, -1):
        if (row[place].people, row[place].gap) == (row[place + 1].people, row[place + 1].gap):
            stays[place] = stays[place + 1]
    return Page([stretch.start for stretch in row], row, stays)
