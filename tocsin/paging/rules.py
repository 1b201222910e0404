"""Pure decisions of the pager: the walk through a frozen policy, and what follows when a message fails.

`step(walk, plan, found, …, now)` takes one step and says what to do; nothing here asks the time or the database, so that
years can be simulated in a test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.oncall.rules import Window, is_open

HIGH, LOW = "high", "low"
SCHEDULE, PERSON, TEAM, WEBHOOK, LAST_RESORT = "schedule", "person", "team", "webhook", "last_resort"

LAST_RESORT_WAITS = {HIGH: (15, 30, 60), LOW: (60, 120, 240)}
"""Minutes between one call of the last resort and the next; the last number repeats until somebody answers."""
NOBODY_AT_ALL = dt.timedelta(minutes=1)
JUST_PAGED = dt.timedelta(minutes=1)
"""Who was paged for the same subject this short ago gets no second message from another escalation."""

TRIES_OF_A_STEP = TRIES_OF_A_FAULT = 3
UNDELIVERED_AFTER = dt.timedelta(seconds=60)
GIVE_UP_AFTER = dt.timedelta(hours=2)
_FIRST_RETRY, _LONGEST_RETRY = dt.timedelta(seconds=2), {HIGH: dt.timedelta(seconds=30), LOW: dt.timedelta(minutes=5)}

TOKEN_LIFETIME = dt.timedelta(hours=72)
TOKEN_AFTER_RESOLVE = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Target:
    """Who a step pages, or the webhook that it calls. `id` is empty for the last resort, which is looked up at the moment of the
    step.
    """

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """`windows` are the hours of the week, in `zone`, in which the step counts; empty: always."""

    wait_minutes: int
    targets: tuple[Target, ...]
    windows: tuple[Window, ...] = ()
    zone: str = "UTC"

    def counts_at(self, now: dt.datetime) -> bool:
        """Whether the step pages anybody at this instant; one that does not is passed over at once."""
        return not self.windows or is_open(self.windows, self.zone, now)

    @property
    def asks_somebody(self) -> bool:
        """Whether the step is meant for people; one of webhooks alone waits for nobody."""
        return any(target.kind != WEBHOOK for target in self.targets)


@dataclass(frozen=True, slots=True)
class Plan:
    """A frozen policy. All steps but the last are walked once and `repeats` times more; the last step is the last resort."""

    steps: tuple[Step, ...]
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """The place in a plan that is taken next."""

    cycle: int = 0
    step: int = 0


@dataclass(frozen=True, slots=True)
class Called:
    """A person to page now. `silent`: another escalation did so a moment ago, one message is enough."""

    person: str
    target: Target
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step comes to. `gaps` are targets where nobody is on call, `exhausted` that even the last resort did not answer,
    `webhooks` what is called besides.
    """

    walk: Walk
    due_at: dt.datetime
    called: tuple[Called, ...]
    gaps: tuple[Target, ...]
    exhausted: bool
    webhooks: tuple[Target, ...] = ()


def plan_of(snapshot: dict[str, Any]) -> Plan:
    """The plan in a stored snapshot. Raises KeyError or TypeError when it is damaged."""
    steps = tuple(
        Step(
            step["wait_minutes"],
            tuple(Target(one["kind"], one["id"], one["name"]) for one in step["targets"]),
            tuple(Window(tuple(days), start, end) for days, start, end in step.get("windows", ())),
            step.get("zone", "UTC"),
        )
        for step in snapshot["steps"]
    )
    return Plan(steps, snapshot["repeats"])


def snapshot_of(purpose: str, policy: str, plan: Plan, *, policy_id: str = "") -> dict[str, Any]:
    """What is stored when an escalation begins; later edits of the policy do not reach it."""
    steps = [
        {
            "wait_minutes": step.wait_minutes,
            "targets": [{"kind": one.kind, "id": one.id, "name": one.name} for one in step.targets],
            **({"windows": [list(window) for window in step.windows], "zone": step.zone} if step.windows else {}),
        }
        for step in plan.steps
    ]
    return {"purpose": purpose, "policy": policy, "policy_id": policy_id, "repeats": plan.repeats, "steps": steps}


def with_last_resort(steps: Sequence[Step], repeats: int, name: str) -> Plan:
    """A plan of these steps that ends at the last resort, whatever its steps are."""
    end = Step(LAST_RESORT_WAITS[HIGH][0], (Target(LAST_RESORT, "", name),))
    return Plan((*steps, end), repeats if steps else 0)


def asks_first(plan: Plan, schedule_id: str, *, is_last_resort: bool) -> bool:
    """Whether a walk begins by asking this schedule; a plan of the last resort alone asks the last resort."""
    first = next((step for step in plan.steps if step.asks_somebody), plan.steps[0])
    return any(
        (one.kind == SCHEDULE and one.id == schedule_id) or (one.kind == LAST_RESORT and is_last_resort) for one in first.targets
    )


def following(walk: Walk, plan: Plan) -> Walk:
    """The place after this one. The last resort follows itself for ever: nobody who is paged is forgotten."""
    last = len(plan.steps) - 1
    if walk.step >= last:
        return Walk(walk.cycle + 1, last)
    if walk.step + 1 == last and walk.cycle < plan.repeats:
        return Walk(walk.cycle + 1, 0)
    return Walk(walk.cycle, walk.step + 1)


def following_people(walk: Walk, plan: Plan) -> Walk:
    """The next place that asks somebody; webhooks between are called on the way there."""
    place = following(walk, plan)
    while not plan.steps[place.step].asks_somebody and place.step < len(plan.steps) - 1:
        place = following(place, plan)
    return place


def wait_after(walk: Walk, plan: Plan, urgency: str) -> dt.timedelta:
    """How long the people of this place have to answer; nothing where it only calls webhooks."""
    last = len(plan.steps) - 1
    if walk.step < last:
        step = plan.steps[walk.step]
        return dt.timedelta(minutes=step.wait_minutes if step.asks_somebody else 0)
    waits = LAST_RESORT_WAITS[urgency]
    return dt.timedelta(minutes=waits[min(_calls_of_last_resort(walk, plan), len(waits) - 1)])


def _calls_of_last_resort(walk: Walk, plan: Plan) -> int:
    return walk.cycle - (plan.repeats if len(plan.steps) > 1 else 0)


def step(
    walk: Walk,
    plan: Plan,
    found: Sequence[tuple[Target, Sequence[str]]],
    *,
    urgency: str,
    now: dt.datetime,
    unwilling: frozenset[str] = frozenset(),
    just_paged: frozenset[str] = frozenset(),
) -> Outcome:
    """Take the place `walk`, whose targets were `found` to be these people; always exactly one step, however late it is.

    Time counts from `now`, not from when the step was due: after a clock that jumped ahead, or an hour without a server,
    nobody is overrun by all the steps that were missed. A step that reaches nobody lets the next one follow at once, whatever
    webhooks it calls. Who passed the page on is `unwilling` and left out, except at the last resort.
    """
    at_the_end = walk.step >= len(plan.steps) - 1
    called: dict[str, Called] = {}
    webhooks = tuple(target for target, _ in found if target.kind == WEBHOOK)
    gaps = []
    for target, people in found:
        if target.kind == WEBHOOK:
            continue
        willing = [person for person in people if at_the_end or person not in unwilling]
        if not willing:
            gaps.append(target)
        for person in willing:
            called.setdefault(person, Called(person, target, person in just_paged))
    wait = wait_after(walk, plan, urgency) if called else NOBODY_AT_ALL if at_the_end else dt.timedelta(0)
    exhausted = at_the_end and _calls_of_last_resort(walk, plan) == 1
    return Outcome(following(walk, plan), now + wait, tuple(called.values()), tuple(gaps), exhausted, webhooks)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows a failed message: when it is tried again (None: not at all), and whether other ways are tried at once."""

    retry_at: dt.datetime | None
    other_way: bool
    undelivered: bool


def after_failure(
    *,
    permanent: bool,
    tries: int,
    urgency: str,
    page_age: dt.timedelta,
    now: dt.datetime,
    draw: float,
    give_up_after: dt.timedelta = GIVE_UP_AFTER,
) -> Verdict:
    """What to do after the `tries`-th try of a message failed. `draw` in [0, 1) spreads the retries of many."""
    if permanent or page_age >= give_up_after:
        return Verdict(None, True, False)
    pause = min(_FIRST_RETRY * 2 ** min(tries - 1, 10), _LONGEST_RETRY[urgency])
    retry_at = now + pause * (0.8 + 0.4 * draw)
    return Verdict(retry_at, urgency == HIGH, page_age >= UNDELIVERED_AFTER)


def token_expiry(created_at: dt.datetime, resolved_at: dt.datetime | None) -> dt.datetime:
    """Until when the link of a page works: 72 hours, but no longer than 24 hours after its subject is resolved."""
    end = created_at + TOKEN_LIFETIME
    return end if resolved_at is None else min(end, resolved_at + TOKEN_AFTER_RESOLVE)
