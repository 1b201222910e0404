"""From a policy in the tables to the plan that the pager walks."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.oncall import compiling
from tocsin.oncall.models import Policy, Schedule, StepTarget
from tocsin.paging import rules

_KINDS = (rules.SCHEDULE, rules.PERSON, rules.TEAM, rules.WEBHOOK)


def steps_of(policy: Policy | None, urgency: str) -> dict[int, rules.Step]:
    """The steps that are for this urgency, by position. One query for plain values: this runs for every alert."""
    if policy is None:
        return {}
    rows = StepTarget.objects.filter(step__policy=policy, step__urgency__in=("", urgency)).order_by("step__position", "id")
    steps = ("step__position", "step__wait_minutes", "step__windows", "step__zone")
    targets = [f"{kind}{part}" for kind in _KINDS for part in ("_id", "__name")]
    found: dict[int, rules.Step] = {}
    for position, wait, windows, zone, *named in rows.values_list(*steps, *targets):
        before = found[position].targets if position in found else ()
        found[position] = rules.Step(wait, (*before, _target(named)), compiling.windows(windows), zone)
    return found


def _target(named: Sequence[str | None]) -> rules.Target:
    """Id and name of each kind in turn; those of the one that is meant are there."""
    pairs = zip(_KINDS, named[::2], named[1::2], strict=True)
    return next(rules.Target(kind, one, name or "") for kind, one, name in pairs if one)


def last_resort_name() -> str:
    """What the last step of every plan is called."""
    name = Schedule.objects.filter(is_last_resort=True).values_list("name", flat=True).first()
    return name or "Administrators"
