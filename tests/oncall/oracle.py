"""Who is on call, worked out as a person with a calendar and much patience would: minute by minute, straight from `zoneinfo`.

It shares the shapes of the rules and none of their code, and knows nothing of offsets, tables or pages. It is right for offsets of
whole minutes (every zone since February 1972) and for rules of whole minutes. Times are minutes since 1970 here: of UTC, or as the
wall reads.
"""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field

from tocsin.oncall.rules import LayerRule, OverrideRule, ScheduleRule, Slot

EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  (wall times are naive)
DAY = 24 * 60
Answer = tuple[Slot, str]
"""People and the id of the layer or override that says so; `((), "")` is a gap."""


@functools.lru_cache(maxsize=64)
def readings(zone: str, since: int, until: int) -> list[int]:
    """What the clock of a zone reads at each minute."""
    known = zoneinfo.ZoneInfo(zone)
    return [minute + offset(dt.datetime.fromtimestamp(minute * 60, known)) for minute in range(since, until)]


def offset(at: dt.datetime) -> int:
    ahead = at.utcoffset()
    return 0 if ahead is None else ahead // dt.timedelta(minutes=1)


def minutes(wall: dt.datetime) -> int:
    return (wall - EPOCH) // dt.timedelta(minutes=1)


def answers(rule: ScheduleRule, begin: int, since: int, until: int) -> list[Answer]:
    """Who is on call at each minute from `since` to `until`. No layer may begin before `begin`."""
    layers = [list(layer_answers(layer, begin, until)) for layer in rule.layers]
    return [answer_at(rule, [layer[minute - begin] for layer in layers], minute) for minute in range(since, until)]


def answer_at(rule: ScheduleRule, said: list[Slot], minute: int) -> Answer:
    gone = {person for person, at in rule.absent if at <= minute * 60}
    final = latest(rule.overrides, "", minute, gone)
    if final is not None:
        return final
    purpose: Answer = ((), "")
    for layer, turn in reversed(list(zip(rule.layers, said, strict=True))):
        present = tuple(person for person in turn if person not in gone)
        people, source = latest(rule.overrides, layer.id, minute, gone) or (present, layer.id if present else "")
        if people:
            return people, source
        purpose = ((), source) if source else purpose
    return purpose


def latest(overrides: tuple[OverrideRule, ...], layer: str, minute: int, gone: set[str]) -> Answer | None:
    """What the last entry of one level says, among those that count at this minute."""
    for one in reversed(overrides):
        if one.layer == layer and one.start <= minute * 60 < one.end:
            present = tuple(person for person in one.people if person not in gone)
            if present or not one.people:
                return present, one.id
    return None


@dataclass
class List:
    """The members, and who is next: the place after whoever held the last turn, or the first."""

    slots: list[Slot]
    following: int = 0
    begun: bool = False

    def take(self) -> Slot:
        """The next one's turn."""
        self.begun = True
        if not self.slots:
            return ()
        place = self.following % len(self.slots)
        self.following = place + 1
        return self.slots[place]

    def change(self, slots: list[Slot]) -> None:
        """Another list. Members are named once each."""
        stay = [slot for slot in self.slots if slot in slots]
        if self.begun and stay and slots[: len(stay)] == stay:
            after = [slot for slot in self.slots[self.following :] if slot in slots]
            self.following = slots.index(after[0]) if after else len(stay)
        else:
            self.following = 0
        self.slots = slots


@dataclass
class Turns:
    """A layer on its way through the minutes."""

    rule: LayerRule
    members: List
    shift: int = -1
    holder: Slot = ()
    taken: bool = False
    waiting: list[tuple[int, list[Slot]]] = field(default_factory=list)

    def hand_over(self, passed: set[int]) -> None:
        """The next shift begins. `passed`: the days of changes that have begun."""
        self.shift += 1
        for day, slots in [change for change in self.waiting if change[0] in passed]:
            self.members.change(slots)
            self.waiting.remove((day, slots))
        self.taken = not self.rule.windows or self.rule.by_calendar
        if self.taken:
            self.holder = self.members.take()

    def on_call(self, wall: int) -> Slot:
        if not is_open(self.rule, wall):
            return ()
        if not self.taken:
            self.taken, self.holder = True, self.members.take()
        return self.holder


def layer_answers(rule: LayerRule, since: int, until: int) -> Iterator[Slot]:
    """Who the layer puts on call at each minute."""
    changes = sorted((change.day // 60, list(change.slots)) for change in rule.changes)
    turns = Turns(rule, List(list(rule.slots)), waiting=changes[:])
    passed: set[int] = set()
    first, goal = until, due(rule, 0)
    for minute, wall in enumerate(readings(rule.zone, since, until), since):
        passed |= {day for day, _ in changes if day <= wall}
        # The first minute at which the clock reads the wall time of the hand-over, or has jumped over it.
        while goal <= (minute - first if rule.unit == "hours" and turns.shift >= 0 else wall):
            first = min(first, minute)
            turns.hand_over(passed)
            goal = due(rule, turns.shift + 1)
        in_force = (rule.since is None or rule.since <= minute * 60) and (rule.until is None or minute * 60 < rule.until)
        answer = turns.on_call(wall) if turns.shift >= 0 else ()
        yield answer if in_force else ()


def units(rule: LayerRule, shift: int) -> int:
    """How many hours, days, weeks or months after the first hand-over a shift begins."""
    return sum(rule.lengths[number % len(rule.lengths)] for number in range(shift))


def due(rule: LayerRule, shift: int) -> int:
    """The wall time at which a shift begins; in hours, the minutes after the first hand-over."""
    first, ahead = EPOCH + dt.timedelta(seconds=rule.first), units(rule, shift)
    if rule.unit == "hours" and shift:
        return 60 * ahead
    if rule.unit == "months":
        return minutes(months_later(first, ahead, rule.anchor))
    return minutes(first + dt.timedelta(**{rule.unit: ahead}))


def months_later(first: dt.datetime, months: int, anchor: str) -> dt.datetime:
    """By leafing through the days of the month."""
    year, month = first.year, first.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    days = [day for number in range(1, 32) if (day := date_or_none(year, month, number))]
    if months == 0 or anchor == "date":
        day = [day for day in days if day.day <= first.day][-1]
    elif anchor == "workday":
        day = next(day for day in days if day.isoweekday() <= 5)
    else:
        same = [day for day in days if day.weekday() == first.weekday()]
        day = same[min((first.day - 1) // 7, len(same) - 1)]
    return dt.datetime.combine(day, first.time())


def date_or_none(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def is_open(rule: LayerRule, wall: int) -> bool:
    """Whether the clock reads an hour in which the layer counts."""
    read = EPOCH + dt.timedelta(minutes=wall)
    time, today = read.hour * 60 + read.minute, read.weekday()
    for window in rule.windows:
        start, end = window.start // 60, window.end // 60
        if start < end and today in window.days and start <= time < end:
            return True
        if end <= start and ((today in window.days and time >= start) or ((today - 1) % 7 in window.days and time < end)):
            return True
    return not rule.windows
