"""Escalation policies, and which policy and roster answer for a service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.directory import permissions as people_permissions
from tocsin.directory.models import Person, Service, Team
from tocsin.oncall import events, meanwhile, wording
from tocsin.oncall.commands import _checks, _said
from tocsin.oncall.models import Policy, PolicyStep, Schedule, ServiceCover, StepTarget, Webhook

NO_POLICY = (
    "A step pages schedules, people and teams and calls webhooks; a policy cannot call a policy, because policies that name each "
    "other could go round in a circle and never reach the last resort. Copy the steps instead."
)
_URGENCIES = ("", "high", "low")
_MOST_STEPS, _MOST_TARGETS, _MOST_REPEATS, _LONGEST_WAIT = 20, 20, 9, 24 * 60


@transaction.atomic
def create_policy(
    actor: Actor,
    *,
    team: Team,
    name: str,
    steps: Sequence[Mapping[str, Any]],
    repeats: int = 1,
    slug: str = "",
    now: dt.datetime,
) -> Policy:
    """Steps `{"wait_minutes": 5, "targets": [Schedule | Person | Team | Webhook, …]}`, walked `repeats` times more; then the last
    resort, whatever the steps are.

    A step may be for one `urgency` only, and for some hours only: `windows` in `zone`, as of a rotation. A step of webhooks alone
    waits for nobody: its `wait_minutes` do not count.

    A policy cannot name a policy, so it cannot call itself.
    """
    people_permissions.require_manager(actor, team)
    _check(steps, repeats)
    name = _checks.name(name)
    policy = Policy.objects.create(
        team=team, name=name, slug=_checks.slug(slug, name, Policy), repeats=repeats, created_at=now, updated_at=now
    )
    _write_steps(policy, steps)
    data = {"name": name, "team": team.id, "repeats": repeats, "steps": [_kept(step) for step in steps]}
    data["changes"] = wording.of_new_policy(_said.policy(policy))
    record(actor, events.POLICY_CREATED, policy.id, now=now, data=data)
    return policy


@transaction.atomic
def change_policy(
    actor: Actor,
    policy: Policy,
    *,
    name: str,
    steps: Sequence[Mapping[str, Any]],
    repeats: int,
    read: str = "",
    now: dt.datetime,
) -> Policy:
    """Replace name, steps and repeats. Escalations that run keep the policy as it was when they began.

    Raises Stale when it is not the version that was `read`, as `meanwhile.version_of` names it; empty: whatever it is.
    """
    people_permissions.require_manager(actor, policy.team)
    _check(steps, repeats)
    policy = db.lock(Policy.objects.filter(pk=policy.pk)).get()
    before = _said.policy(policy)
    meanwhile.require_current(policy, read, wording.policy(before))
    policy.name, policy.repeats, policy.updated_at = _checks.name(name), repeats, now
    policy.save(update_fields=["name", "repeats", "updated_at"])
    policy.steps.all().delete()
    _write_steps(policy, steps)
    data = {"name": policy.name, "repeats": repeats, "steps": [_kept(step) for step in steps]}
    data["changes"] = wording.of_policy(before, _said.policy(policy))
    record(actor, events.POLICY_CHANGED, policy.id, now=now, data=data)
    return policy


def _write_steps(policy: Policy, steps: Sequence[Mapping[str, Any]]) -> None:
    for position, step in enumerate(steps):
        row = PolicyStep.objects.create(policy=policy, position=position, **_fields(step))
        StepTarget.objects.bulk_create(_target(row, target) for target in step["targets"])


def _check(steps: Sequence[Mapping[str, Any]], repeats: int) -> None:
    _check_steps(steps)
    if not _is_between(repeats, 0, _MOST_REPEATS):
        raise Invalid(f"Repeats are 0 to {_MOST_REPEATS}.", field="repeats")


def _check_steps(steps: Sequence[Mapping[str, Any]]) -> None:
    if not steps:
        raise Invalid("A policy needs at least one step.", field="steps")
    if len(steps) > _MOST_STEPS:
        raise Invalid(f"A policy has at most {_MOST_STEPS} steps.", field="steps")
    for number, step in enumerate(steps):
        if not _is_between(step.get("wait_minutes", 5), 1, _LONGEST_WAIT):
            raise Invalid("A step waits 1 minute to 24 hours.", field=f"steps.{number}.wait_minutes")
        if step.get("urgency", "") not in _URGENCIES:
            raise Invalid("A step is for high or low urgency, or for both when it says nothing.", field=f"steps.{number}.urgency")
        _check_targets(step.get("targets") or [], f"steps.{number}.targets")
        _fields(step)


def _check_targets(targets: Sequence[Any], field: str) -> None:
    if not targets:
        raise Invalid("A step needs somebody to page.", field=field)
    if len(targets) > _MOST_TARGETS:
        raise Invalid(f"A step pages at most {_MOST_TARGETS} targets.", field=field)
    for target in targets:
        if isinstance(target, Person):
            _checks.on_call_person(target, field)
        elif not isinstance(target, Schedule | Team | Webhook):
            raise Invalid(NO_POLICY, field=field)
    if len({target.pk for target in targets}) < len(targets):
        raise Invalid("A step names the same target twice.", field=field)


def _is_between(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _fields(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step as it is stored. Raises Invalid that names the field."""
    return {
        "wait_minutes": step.get("wait_minutes", 5),
        "urgency": step.get("urgency", ""),
        "windows": _checks.windows(step.get("windows") or []),
        "zone": _checks.zone(step.get("zone") or "UTC"),
    }


def _target(step: PolicyStep, target: Schedule | Person | Team | Webhook) -> StepTarget:
    kinds = ((Schedule, "schedule"), (Person, "person"), (Team, "team"), (Webhook, "webhook"))
    kind = next(name for model, name in kinds if isinstance(target, model))
    return StepTarget(step=step, **{kind: target})


def _kept(step: Mapping[str, Any]) -> dict[str, Any]:
    return {**_fields(step), "targets": [target.pk for target in step["targets"]]}


@transaction.atomic
def cover_service(
    actor: Actor, service: Service, *, policy: Policy | None = None, roster: Schedule | None = None, now: dt.datetime
) -> ServiceCover:
    """Which policy answers for a service, and which roster its incident managers come from. None: the last resort."""
    people_permissions.require_manager(actor, service.team)
    before = ServiceCover.objects.select_related("policy", "roster").filter(service=service).first()
    cover, _ = ServiceCover.objects.update_or_create(service=service, defaults={"policy": policy, "roster": roster})
    data: dict[str, Any] = {"policy": policy.id if policy else "", "roster": roster.id if roster else ""}
    was = (before.policy, before.roster) if before else (None, None)
    links = zip(("policy", "roster"), was, (policy, roster), strict=True)
    data["changes"] = [*filter(None, (wording.of_link(what, str(old or ""), str(new or "")) for what, old, new in links))]
    record(actor, events.SERVICE_COVERED, service.id, now=now, data=data)
    return cover
