"""Who is on call differently when a draft takes the place of what is in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tocsin.oncall.rules.layers import Slot, Stretch
from tocsin.oncall.rules.schedules import Compiled, ScheduleRule


class Differing(NamedTuple):
    """From `start` until before `end` (seconds) these people are on call before the change, and those after it."""

    start: int
    end: int
    before: Slot
    after: Slot


def compared(before: ScheduleRule, after: ScheduleRule, since: int, until: int) -> list[Differing]:
    """The stretches in which other people are on call, in order; who says so and in which order they stand does not matter."""
    return differing(Compiled(before).row(since, until), Compiled(after).row(since, until))


def differing(before: Sequence[Stretch], after: Sequence[Stretch]) -> list[Differing]:
    """The same for two final rows of one time, both without holes."""
    found: list[Differing] = []
    left = right = 0
    while left < len(before) and right < len(after):
        old, new = before[left], after[right]
        start, end = max(old.start, new.start), min(old.end, new.end)
        if start < end and set(old.people) != set(new.people):
            _add(found, Differing(start, end, old.people, new.people))
        left += old.end == end
        right += new.end == end
    return found


def _add(found: list[Differing], one: Differing) -> None:
    last = found[-1] if found else None
    if last is not None and (last.end, last.before, last.after) == (one.start, one.before, one.after):
        found[-1] = last._replace(end=one.end)
    else:
        found.append(one)
