"""From a policy in the tables to the plan that the pager walks."""

from __future__ import annotations

from tocsin.oncall import compiling
from tocsin.oncall.models import Policy, Schedule, StepTarget
from tocsin.paging import rules


def steps_of(policy: Policy | None, urgency: str) -> dict[int, rules.Step]:
    """The steps that are for this urgency, by position. One query for plain values: this runs for every alert."""
    if policy is None:
        return {}
    rows = StepTarget.objects.filter(step__policy=policy, step__urgency__in=("", urgency)).order_by("step__position", "id")
    steps = ("step__position", "step__wait_minutes", "step__windows", "step__zone")
    targets = ("schedule_id", "schedule__name", "person_id", "person__name", "team_id", "team__name")
    found: dict[int, rules.Step] = {}
    for position, wait, windows, zone, *named in rows.values_list(*steps, *targets):
        before = found[position].targets if position in found else ()
        found[position] = rules.Step(wait, (*before, _target(*named)), compiling.windows(windows), zone)
    return found


def _target(schedule: str, schedule_name: str, person: str, person_name: str, team: str, team_name: str) -> rules.Target:
    if schedule:
        return rules.Target(rules.SCHEDULE, schedule, schedule_name)
    return rules.Target(rules.PERSON, person, person_name) if person else rules.Target(rules.TEAM, team, team_name)


def last_resort_name() -> str:
    """What the last step of every plan is called."""
    name = Schedule.objects.filter(is_last_resort=True).values_list("name", flat=True).first()
    return name or "Administrators"
