"""Shifts as people have them: neighbouring stretches as one, whichever layer or override says so; and absences across them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from tocsin.oncall.rules.layers import Stretch


class Duty(NamedTuple):
    """A person is on call in a schedule from `start` until before `end` (seconds)."""

    start: int
    end: int
    person: str
    schedule: str


class Away(NamedTuple):
    """A person is away from `start` until before `end` (seconds). `own`: from a calendar of theirs, not of their team."""

    start: int
    end: int
    person: str
    summary: str
    own: bool


class Clash(NamedTuple):
    """Somebody is on call and away."""

    duty: Duty
    away: Away


def of_person(row: Iterable[Stretch], person: str) -> list[Stretch]:
    """The shifts of one person in a row, alone or with others."""
    return _one_after_another(Stretch(one.start, one.end, (person,)) for one in row if person in one.people)


def of_everybody(row: Iterable[Stretch]) -> list[Stretch]:
    """The shifts in a row, each with its people in the order of their ids; without gaps."""
    return _one_after_another(Stretch(one.start, one.end, tuple(sorted(one.people))) for one in row if one.people)


def _one_after_another(row: Iterable[Stretch]) -> list[Stretch]:
    shifts: list[Stretch] = []
    for one in row:
        if shifts and (shifts[-1].end, shifts[-1].people) == (one.start, one.people):
            shifts[-1] = Stretch(shifts[-1].start, one.end, one.people)
        else:
            shifts.append(one)
    return shifts


def clashes(absences: Iterable[Away], duties: Iterable[Duty]) -> list[Clash]:
    """Each pair of one person's duty and absence that have a second in common, the earliest duty first."""
    away: dict[str, list[Away]] = defaultdict(list)
    for one in sorted(set(absences)):
        away[one.person].append(one)
    found = []
    for duty in sorted(set(duties)):
        for one in away[duty.person]:
            if one.start >= duty.end:
                break
            if one.end > duty.start:
                found.append(Clash(duty, one))
    return found
