"""Escalations begin, and are hurried on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from tocsin.alerts.models import Alert
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.ids import is_id, new_id
from tocsin.core.store import db
from tocsin.core.work import hints
from tocsin.directory import permissions as directory_permissions
from tocsin.directory.models import Person
from tocsin.directory.rules import RESPOND
from tocsin.oncall.models import Policy, Schedule
from tocsin.paging import events, permissions, planning, rules
from tocsin.paging.models import Escalation

LANE = "escalation"
POLICY, REQUEST, TEST = "policy", "request", "test"
_REQUEST_WAIT = 5


@transaction.atomic
def start_escalation(
    actor: Actor,
    subject: str,
    card: Mapping[str, Any],
    *,
    policy: Policy | None,
    roster: Schedule | None = None,
    urgency: str = rules.HIGH,
    now: dt.datetime,
) -> Escalation:
    """Walk a policy for a subject, beginning at once; `roster` is paged together with the first step. Both None: the last resort.

    While a walk of the same policy runs for this subject it is returned and nothing new begins, so that nobody is paged twice.
    """
    _check(subject, urgency)
    policy_id = policy.id if policy else ""
    for running in _running(subject):
        if _walks(running, policy_id):
            return running
    name = policy.name if policy else roster.name if roster else "Last resort"
    plan = rules.with_last_resort(
        _with_roster(list(planning.steps_of(policy, urgency).values()), roster),
        policy.repeats if policy else 0,
        planning.last_resort_name(),
    )
    return _begin(actor, subject, card, plan, purpose=POLICY, name=name, urgency=urgency, now=now, policy_id=policy_id)


@transaction.atomic
def page_schedule(
    actor: Actor, subject: str, card: Mapping[str, Any], target: Schedule, *, urgency: str = rules.HIGH, now: dt.datetime
) -> Escalation:
    """Ask whoever is on call in a schedule, besides what else runs for the subject; unanswered it ends at the last resort."""
    return _request(actor, subject, card, rules.Target(rules.SCHEDULE, target.id, target.name), urgency, now)


@transaction.atomic
def page_person(
    actor: Actor, subject: str, card: Mapping[str, Any], target: Person, *, urgency: str = rules.HIGH, now: dt.datetime
) -> Escalation:
    """Ask one person by name, which is the exception: rosters come first. Unanswered it ends at the last resort."""
    if not target.is_active:
        raise Invalid(f"{target.name} is deactivated and cannot be paged.", field="person")
    return _request(actor, subject, card, rules.Target(rules.PERSON, target.id, target.name), urgency, now)


@transaction.atomic
def send_test(actor: Actor, person: Person, *, now: dt.datetime) -> Escalation:
    """A page to try how somebody is reached, asked for by themselves or an administrator. It goes on to nobody else and ends by
    itself after a quarter of an hour; one that is on its way is returned.
    """
    if actor.id != person.id:
        directory_permissions.require_administrator(actor)
    directory_permissions.require_scope(actor, RESPOND)
    if not person.is_active:
        raise Invalid(f"{person.name} is deactivated and cannot be paged.", field="person")
    for running in Escalation.objects.filter(state=Escalation.RUNNING, snapshot__purpose=TEST):
        if running.card.get("person") == person.id:
            return running
    plan = rules.Plan((rules.Step(30, (rules.Target(rules.PERSON, person.id, person.name),)),))
    card = {"key": "", "severity": "Test", "title": "Test page: press Acknowledge", "path": "/me", "person": person.id}
    return _begin(actor, new_id("tst"), card, plan, purpose=TEST, name=person.name, urgency=rules.HIGH, now=now)


def _request(
    actor: Actor, subject: str, card: Mapping[str, Any], target: rules.Target, urgency: str, now: dt.datetime
) -> Escalation:
    permissions.require_steer(actor)
    _check(subject, urgency)
    plan = rules.with_last_resort([rules.Step(_REQUEST_WAIT, (target,))], 1, planning.last_resort_name())
    return _begin(actor, subject, card, plan, purpose=REQUEST, name=target.name, urgency=urgency, now=now)


@transaction.atomic
def escalate_now(actor: Actor, subject: str, *, now: dt.datetime) -> Escalation:
    """Take the next step at once. When the walk was stopped, by an acknowledgement say, it goes on where it was.

    Raises Conflict when there never was one, or the alert is resolved.
    """
    permissions.require_steer(actor)
    if is_id(subject, "alt") and Alert.objects.filter(pk=subject, status=Alert.RESOLVED).exists():
        raise Conflict("This alert is resolved; there is nothing to escalate.")
    running = _running(subject).order_by("due_at").first()
    if running is not None:
        hurry(actor, running, "asked for", now=now)
        return running
    before = Escalation.objects.filter(subject=subject).order_by("-created_at").first()
    if before is None:
        raise Conflict("Nobody was paged for this, so there is nothing to escalate. Page a team instead.")
    plan, snapshot = rules.plan_of(before.snapshot), before.snapshot
    walk = rules.Walk(before.cycle, before.step)
    return _begin(
        actor,
        subject,
        before.card,
        plan,
        purpose=snapshot["purpose"],
        name=snapshot["policy"],
        urgency=before.urgency,
        now=now,
        walk=walk,
        policy_id=snapshot.get("policy_id", ""),
    )


def hurry(actor: Actor, escalation: Escalation, reason: str, *, now: dt.datetime, at: rules.Walk | None = None) -> None:
    """Make the next step due, or the one `at` a place again, inside a transaction. One that is being taken is left alone."""
    rows = Escalation.objects.filter(pk=escalation.pk, state=Escalation.RUNNING, work_state=Escalation.DUE, due_at__gt=now)
    place = {} if at is None else {"cycle": at.cycle, "step": at.step}
    if rows.update(due_at=now, updated_at=now, **place):
        data = {"reason": reason}
        record(actor, events.ESCALATION_HURRIED, escalation.id, context=escalation.subject, now=now, data=data)
        hints.wake_after_commit(LANE)


def _begin(
    actor: Actor,
    subject: str,
    card: Mapping[str, Any],
    plan: rules.Plan,
    *,
    purpose: str,
    name: str,
    urgency: str,
    now: dt.datetime,
    walk: rules.Walk = rules.Walk(),
    policy_id: str = "",
) -> Escalation:
    escalation = Escalation.objects.create(
        subject=subject,
        card=dict(card),
        snapshot=rules.snapshot_of(purpose, name, plan, policy_id=policy_id),
        urgency=urgency,
        step=walk.step,
        cycle=walk.cycle,
        lane=LANE,
        priority=1 if urgency == rules.HIGH else 5,
        due_at=now,
        created_at=now,
        updated_at=now,
    )
    data = {"policy": name, "urgency": urgency, "steps": len(plan.steps)}
    record(actor, events.ESCALATION_STARTED, escalation.id, context=subject, now=now, data=data)
    hints.wake_after_commit(LANE)
    return escalation


def _running(subject: str) -> Any:
    return db.lock(Escalation.objects.filter(subject=subject, state=Escalation.RUNNING))


def _walks(escalation: Escalation, policy_id: str) -> bool:
    """A damaged snapshot walks nothing; the step that finds it goes to the last resort."""
    kept = escalation.snapshot
    return isinstance(kept, dict) and kept.get("purpose") == POLICY and kept.get("policy_id") == policy_id


def _check(subject: str, urgency: str) -> None:
    if "_" not in subject:
        raise ValueError(f"{subject} is not a typed id")
    if urgency not in {rules.HIGH, rules.LOW}:
        raise Invalid("Urgency is high or low.", field="urgency")


def _with_roster(steps: list[rules.Step], roster: Schedule | None) -> list[rules.Step]:
    if roster is None:
        return steps
    target = rules.Target(rules.SCHEDULE, roster.id, roster.name)
    if not steps:
        return [rules.Step(_REQUEST_WAIT, (target,))]
    first = steps[0]
    if first.windows:
        return [rules.Step(0, (target,)), *steps]
    targets = first.targets if target in first.targets else (*first.targets, target)
    return [replace(first, targets=targets), *steps[1:]]
