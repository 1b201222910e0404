"""Does every instant end at somebody who can be reached? Exact intervals over the final rows, and the first counter-example.

Every step that counts at an instant is asked at that instant: a step answers when one of its targets means somebody with a
proven way to be paged. Then comes the last resort: whoever is on call in its roster, else all its members, else the
administrators. An instant that nobody answers fails; one that only the last resort answers is a warning. Nobody on purpose is no
reason for a warning where it alone is why; the last resort must answer all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tocsin.oncall.rules.layers import Slot, Stretch, Window, is_open, open_hours, weekly
from tocsin.oncall.rules.schedules import Compiled
from tocsin.oncall.rules.spans import Span, add, common, union, without
from tocsin.oncall.rules.zones import WEEK, clock_of, instant

SCHEDULE, PERSON, TEAM, WEBHOOK = "schedule", "person", "team", "webhook"
GAP, ON_PURPOSE, UNREACHED, LEFT, EMPTY, NO_STEP = "gap", "on_purpose", "unreached", "left", "empty", "no_step"
NOBODY = "nobody"
"""A step of webhooks alone."""
LAST_RESORT = 0
"""Where a step has its number, from 1 on."""


class TargetRule(NamedTuple):
    """A schedule, a person, a team or a webhook by its id. A webhook is nobody: it answers for no instant, and excuses none."""

    kind: str
    id: str


class StepRule(NamedTuple):
    """A step of a policy; without an urgency it counts at both, without windows at every hour."""

    number: int
    targets: tuple[TargetRule, ...]
    urgency: str = ""
    windows: tuple[Window, ...] = ()
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Crew:
    """Who there is: `active` people, those `reached` by a proven way, the active members of `teams`, and who stands behind the
    last resort: its roster (empty: none), `members` who are paged when it has nobody, `administrators` when it has no members.
    """

    active: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()
    teams: Mapping[str, Slot] = field(default_factory=dict)
    roster: str = ""
    members: Slot = ()
    administrators: Slot = ()


class Reason(NamedTuple):
    """Why a target answers nothing. `what` is one of the words above, `layers` those that count in a gap."""

    step: int
    what: str
    id: str = ""
    people: Slot = ()
    layers: Slot = ()


class Counter(NamedTuple):
    """From `start` until before `end` (seconds) nothing answers for these reasons."""

    start: int
    end: int
    reasons: tuple[Reason, ...]


class Verdict(NamedTuple):
    """The first time at which nobody answers, and the first at which only the last resort does; None: never."""

    failure: Counter | None
    warning: Counter | None


class Parts(NamedTuple):
    """When a target answers, when it fails, and when it means nobody on purpose."""

    answered: list[Span]
    failing: list[Span]
    on_purpose: list[Span]


class Prover:
    """One company over one stretch of time. Each row and each window is worked out once, however many policies use it."""

    def __init__(self, schedules: Mapping[str, Compiled], crew: Crew, since: int, until: int) -> None:
        self._schedules, self._crew = schedules, crew
        self._since, self._until = since, until
        self._whole = [(since, until)]
        self._parts: dict[TargetRule, Parts] = {}
        self._cut: dict[tuple[TargetRule, tuple[Window, ...], str], Parts] = {}
        self._hours: dict[tuple[tuple[Window, ...], str], list[Span]] = {}
        self._verdicts: dict[tuple[StepRule, ...], Verdict] = {}
        self._resort: list[Span] | None = None

    def verdict(self, steps: Sequence[StepRule], urgency: str) -> Verdict:
        """The steps of a policy in order; none: the last resort alone."""
        chosen = tuple(step._replace(urgency="") for step in steps if step.urgency in ("", urgency))
        if chosen not in self._verdicts:
            self._verdicts[chosen] = self._verdict(chosen)
        return self._verdicts[chosen]

    def _verdict(self, steps: Sequence[StepRule]) -> Verdict:
        parts = [self._counted(step, target) for step in steps for target in step.targets]
        answered = union(*(part.answered for part in parts))
        if answered == self._whole:
            return Verdict(None, None)
        unanswered = without(self._whole, answered)
        purposely = union(*(part.on_purpose for part in parts))
        quiet = without(purposely, union(*(part.failing for part in parts))) if purposely else []
        falling, failing = without(unanswered, quiet), without(unanswered, self._last_resort())
        return Verdict(self._counter(steps, failing, last_resort=True), self._counter(steps, falling, last_resort=False))

    def _counted(self, step: StepRule, target: TargetRule) -> Parts:
        """The parts of a target, cut to the hours of its step."""
        part, key = self._of(target), (target, step.windows, step.zone)
        if not step.windows:
            return part
        if key not in self._cut:
            hours = self._open(step)
            self._cut[key] = Parts(*(common(spans, hours) for spans in part))
        return self._cut[key]

    def _open(self, step: StepRule) -> list[Span]:
        key = step.windows, step.zone
        if key not in self._hours:
            hours = weekly(step.windows)
            found = self._whole if hours is None else open_hours(clock_of(step.zone), hours, self._since, self._until)
            self._hours[key] = list(found)
        return self._hours[key]

    def _of(self, target: TargetRule) -> Parts:
        found = self._parts.get(target)
        if found is None:
            if target.kind == SCHEDULE:
                found = self._split(target.id)
            elif target.kind == WEBHOOK:
                found = Parts([], [], [])
            else:
                reached = any(person in self._crew.reached for person in self._meant(target))
                found = Parts(self._whole, [], []) if reached else Parts([], self._whole, [])
            self._parts[target] = found
        return found

    def _meant(self, target: TargetRule) -> Slot:
        """The active people of a target that is not a schedule."""
        if target.kind == TEAM:
            return self._crew.teams.get(target.id, ())
        return (target.id,) if target.id in self._crew.active else ()

    def _split(self, schedule: str) -> Parts:
        parts = Parts([], [], [])
        for start, end, people, source in self._row(schedule):
            if people:
                side = parts.answered if any(person in self._crew.reached for person in people) else parts.failing
            else:
                side = parts.on_purpose if source else parts.failing
            add(side, start, end)
        return parts

    def _row(self, schedule: str) -> list[Stretch]:
        found = self._schedules.get(schedule)
        return found.row(self._since, self._until) if found else [Stretch(self._since, self._until, ())]

    def _last_resort(self) -> list[Span]:
        """When the last resort reaches somebody."""
        if self._resort is None:
            behind = any(person in self._crew.reached for person in self._behind())
            self._resort = []
            for start, end, people, _ in self._row(self._crew.roster):
                if any(person in self._crew.reached for person in people) if people else behind:
                    add(self._resort, start, end)
        return self._resort

    def _behind(self) -> Slot:
        return self._crew.members or self._crew.administrators

    def _counter(self, steps: Sequence[StepRule], spans: list[Span], *, last_resort: bool) -> Counter | None:
        """The first of these times, as long as its reasons last."""
        if not spans:
            return None
        at, end = spans[0]
        counting = [step for step in steps if is_open(step.windows, step.zone, instant(at))]
        edges = [edge for step in steps if step.windows for span in self._open(step) for edge in span if at < edge < end]
        ends = [min(edges, default=end)]
        reasons = [] if counting else [Reason(0, NO_STEP)]
        for step in counting:
            people = [target for target in step.targets if target.kind != WEBHOOK]
            reasons += [] if people else [Reason(step.number, NOBODY)]
            for target in people:
                reason, until = self._why(step.number, target, at, end)
                reasons.append(reason)
                ends.append(until)
        if last_resort:
            reason, until = self._why_last_resort(at, end)
            reasons.append(reason)
            ends.append(until)
        return Counter(at, min(ends), tuple(reasons))

    def _why(self, step: int, target: TargetRule, at: int, end: int) -> tuple[Reason, int]:
        """Why a target answers nothing at an instant, and until when that is so at most."""
        if target.kind != SCHEDULE:
            people = self._meant(target)
            what = UNREACHED if people else LEFT if target.kind == PERSON else EMPTY
            return Reason(step, what, target.id, people), end
        stretch = self._stretch(target.id, at, end)
        if stretch.people:
            return Reason(step, UNREACHED, target.id, stretch.people), stretch.end
        if not stretch.gap:
            return Reason(step, ON_PURPOSE, target.id), stretch.end
        return Reason(step, GAP, target.id, (), self._layers(target.id, at)), stretch.end

    def _why_last_resort(self, at: int, end: int) -> tuple[Reason, int]:
        stretch = self._stretch(self._crew.roster, at, end)
        people = stretch.people or self._behind()
        return Reason(LAST_RESORT, UNREACHED if people else EMPTY, self._crew.roster, people), stretch.end

    def _stretch(self, schedule: str, at: int, end: int) -> Stretch:
        """Who is on call at this instant and how long they stay; only as much of the row is made as it takes."""
        found = self._schedules.get(schedule)
        reach = WEEK
        while found is not None:
            row = found.row(at, min(at + reach, end))
            stays = next((one.start for one in row if (one.people, one.gap) != (row[0].people, row[0].gap)), None)
            if stays is not None or at + reach >= end:
                return row[0]._replace(end=stays or end)
            reach *= 4
        return Stretch(at, end, ())

    def _layers(self, schedule: str, at: int) -> Slot:
        """The layers that should have somebody at this instant."""
        rules = self._schedules[schedule].rule.layers if schedule in self._schedules else ()
        forced = [one for one in rules if (one.since is None or one.since <= at) and (one.until is None or at < one.until)]
        return tuple(one.id for one in forced if is_open(one.windows, one.zone, instant(at)))
