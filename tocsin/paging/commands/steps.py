"""Taking one step of an escalation: pages for the people it reaches, attempts for their contact methods, calls of webhooks."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from tocsin.core.actor import SYSTEM
from tocsin.core.eventlog.events import in_one_insert, record
from tocsin.core.ids import new_id
from tocsin.core.work import hints, leases
from tocsin.directory import queries as directory
from tocsin.directory.models import ContactMethod, Person
from tocsin.oncall.models import Webhook
from tocsin.paging import events, queries, rules, tokens
from tocsin.paging.commands import ending, webhooks
from tocsin.paging.commands.ending import PASSED_ON
from tocsin.paging.commands.escalations import LANE, TEST
from tocsin.paging.models import Attempt, Escalation, Page, WebhookCall


class LostLease(Exception):
    """Another process took the row over, or it was stopped meanwhile; nothing of ours may be kept."""


@dataclass
class Memory:
    """Steps that are taken at the same instant ask once who is on call, how a person is reached and who was paged, and write
    their pages and calls together.
    """

    now: dt.datetime
    people: dict[rules.Target, list[Person]] = field(default_factory=dict)
    plans: dict[tuple[str, str], list[directory.PlanStep]] = field(default_factory=dict)
    paged: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """Subject → escalation and person of each page of the last minute that is open."""
    pages: list[Page] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    webhooks: dict[str, Webhook | None] = field(default_factory=dict)
    calls: list[WebhookCall] = field(default_factory=list)

    @classmethod
    def of(cls, escalations: Sequence[Escalation], now: dt.datetime) -> Memory:
        memory = cls(now)
        rows = Page.objects.filter(
            subject__in={one.subject for one in escalations}, status__in=Page.OPEN, created_at__gt=now - rules.JUST_PAGED
        )
        for subject, escalation, person in rows.values_list("subject", "escalation_id", "person_id"):
            memory.paged[subject].append((escalation, person))
        return memory

    def people_of(self, target: rules.Target) -> list[Person]:
        if target not in self.people:
            self.people[target] = queries.people_of_target(target, self.now)
        return self.people[target]

    def webhook_of(self, target: rules.Target) -> Webhook | None:
        """None for one that was removed since the escalation began."""
        if target.id not in self.webhooks:
            self.webhooks[target.id] = Webhook.objects.filter(pk=target.id).first()
        return self.webhooks[target.id]

    def plan_of(self, person: Person, urgency: str) -> list[directory.PlanStep]:
        if (person.id, urgency) not in self.plans:
            self.plans[person.id, urgency] = directory.notify_plan(person, urgency)
        return self.plans[person.id, urgency]

    def paged_by_others(self, escalation: Escalation) -> frozenset[str]:
        return frozenset(person for walk, person in self.paged[escalation.subject] if walk != escalation.id)

    def write(self) -> None:
        Page.objects.bulk_create(self.pages)
        Attempt.objects.bulk_create(self.attempts)
        WebhookCall.objects.bulk_create(self.calls)
        for lane in {row.lane for row in (*self.attempts, *self.calls)}:
            hints.wake_after_commit(lane)


@transaction.atomic
def take_steps(escalations: Sequence[Escalation], *, now: dt.datetime) -> list[Page]:
    """Take the place where each claimed escalation stands, all in one commit; returns the pages made.

    When one fails none is taken, and each is to be tried alone. Raises LostLease when one is no longer ours.
    """
    memory = Memory.of(escalations, now)
    with in_one_insert():
        for escalation in sorted(escalations, key=lambda one: one.id):
            _take(escalation, memory)
    memory.write()
    return memory.pages


def _take(escalation: Escalation, memory: Memory) -> None:
    now = memory.now
    plan = rules.plan_of(escalation.snapshot)
    if escalation.snapshot.get("purpose") == TEST and escalation.cycle > 0:
        ending.end(SYSTEM, escalation.subject, "not answered", now=now)
        return
    walk = rules.Walk(escalation.cycle, min(escalation.step, len(plan.steps) - 1))
    here = plan.steps[walk.step]
    found = [(target, memory.people_of(target)) for target in here.targets] if here.counts_at(now) else []
    outcome = rules.step(
        walk,
        plan,
        [(target, [person.id for person in people]) for target, people in found],
        urgency=escalation.urgency,
        now=now,
        unwilling=_unwilling(escalation, walk),
        just_paged=memory.paged_by_others(escalation),
    )
    _move_on(escalation, outcome, now)
    people = {person.id: person for _, found_people in found for person in found_people}
    calls = _calls(escalation, walk, outcome, [people[one.person].name for one in outcome.called], memory)
    data = {"cycle": walk.cycle, "step": walk.step, "people": [one.person for one in outcome.called]}
    data |= {"gaps": [target.name for target in outcome.gaps], "webhooks": [call.name for call in calls]}
    record(SYSTEM, events.ESCALATION_STEPPED, escalation.id, context=escalation.subject, now=now, data=data)
    if outcome.exhausted:
        record(SYSTEM, events.ESCALATION_EXHAUSTED, escalation.id, context=escalation.subject, now=now)
    for one in outcome.called:
        _page(escalation, walk, people[one.person], one, memory)


def _calls(escalation: Escalation, walk: rules.Walk, outcome: rules.Outcome, paged: list[str], memory: Memory) -> list[WebhookCall]:
    """The calls that this place makes. Taken again, because somebody left or the result was lost, it makes none a second time."""
    wanted = [found for target in outcome.webhooks if (found := memory.webhook_of(target))]
    if not wanted:
        return []
    calls = webhooks.calls_for(escalation, walk, wanted, paged, memory.now)
    keys = [call.idempotency_key for call in calls]
    made = set(WebhookCall.objects.filter(idempotency_key__in=keys).values_list("idempotency_key", flat=True))
    fresh = [call for call in calls if call.idempotency_key not in made]
    memory.calls += fresh
    return fresh


def _move_on(escalation: Escalation, outcome: rules.Outcome, now: dt.datetime) -> None:
    """The fence is checked before anything else is written: a process that comes back from the dead changes nothing."""
    kept = leases.finish(
        escalation,
        Escalation.DUE,
        due_at=outcome.due_at,
        cycle=outcome.walk.cycle,
        step=outcome.walk.step,
        tries=0,
        last_error="",
        updated_at=now,
    )
    if not kept:
        raise LostLease(escalation.id)


def _unwilling(escalation: Escalation, walk: rules.Walk) -> frozenset[str]:
    """Who passed the page on, and who was called at this place before: it is taken again only when somebody left."""
    if escalation.fence <= 1:  # claimed for the first time: nobody was called yet
        return frozenset()
    passed, here = Q(closed_reason=PASSED_ON), Q(cycle=walk.cycle, step=walk.step)
    return frozenset(escalation.pages.filter(passed | here).values_list("person_id", flat=True))


def _reason(target: rules.Target) -> str:
    if target.kind == rules.LAST_RESORT:
        return "You are the last resort: nobody else answered or could be reached."
    if target.kind == rules.PERSON:
        return "You are named in this step."
    if target.kind == rules.TEAM:
        return f"This step pages everybody of {target.name}."
    return f"You are on call in {target.name}."


def _page(escalation: Escalation, walk: rules.Walk, person: Person, called: rules.Called, memory: Memory) -> None:
    """One row for a person and a step. A silent one rests on the message that another escalation has just sent."""
    page_id, now = new_id("pag"), memory.now
    page = Page(
        id=page_id,
        escalation=escalation,
        subject=escalation.subject,
        person=person,
        step=walk.step,
        cycle=walk.cycle,
        status=Page.SENT if called.silent else Page.WAITING,
        reason=("Already paged a moment ago." if called.silent else _reason(called.target))[:200],
        token_digest=tokens.digest_of(page_id),
        token_expires_at=rules.token_expiry(now, None),
        created_at=now,
        updated_at=now,
    )
    plan = [] if called.silent else memory.plan_of(person, escalation.urgency)
    attempts = _attempts(page, escalation.urgency, plan, now)
    memory.pages.append(page)
    memory.attempts += attempts
    memory.paged[page.subject].append((escalation.id, person.id))
    data = {
        "person": person.id,
        "name": person.name,
        "escalation": escalation.id,
        "reason": page.reason,
        "methods": [attempt.channel for attempt in attempts],
    }
    record(SYSTEM, events.PAGE_CREATED, page.id, context=page.subject, now=now, data=data)


def add_attempts(page: Page, urgency: str, plan: Sequence[directory.PlanStep], now: dt.datetime, *, made_before: int) -> None:
    """More due rows for a page that has some. Inside a transaction."""
    Attempt.objects.bulk_create(_attempts(page, urgency, plan, now, made_before=made_before))
    hints.wake_after_commit(lane_of(urgency))


def _attempts(
    page: Page, urgency: str, plan: Sequence[directory.PlanStep], now: dt.datetime, *, made_before: int = 0
) -> list[Attempt]:
    """One unsaved due row for each of a person's contact methods, due after its delay."""
    lane = lane_of(urgency)
    return [
        Attempt(
            page=page,
            method=step.method,
            channel=step.kind,
            to=step.address,
            idempotency_key=_key(page, step, place),
            lane=lane,
            priority=1 if urgency == rules.HIGH else 5,
            due_at=now + dt.timedelta(minutes=step.delay_minutes),
            created_at=now,
        )
        for place, step in enumerate(plan, start=made_before)
    ]


def _key(page: Page, step: directory.PlanStep, place: int) -> str:
    """The same at every try of this message, another for every other message."""
    seed = f"{page.id}:{step.method.id if step.method else ContactMethod.EMAIL}:{place}"
    return hashlib.sha256(seed.encode()).hexdigest()[:32]


def lane_of(urgency: str) -> str:
    """The lane of due rows that carries pages of this urgency; none waits for another."""
    return "page-high" if urgency == rules.HIGH else "page-low"


@transaction.atomic
def quarantine(escalation: Escalation, error: str, *, now: dt.datetime) -> None:
    """A claimed escalation that failed several times goes straight to the last resort, with what is known of it."""
    plan = rules.with_last_resort((), 0, "Last resort")
    kept = leases.finish(
        escalation,
        Escalation.DUE,
        due_at=now,
        snapshot=rules.snapshot_of("quarantined", "Last resort", plan),
        card=escalation.card if isinstance(escalation.card, dict) else {"title": escalation.subject},
        cycle=0,
        step=0,
        tries=0,
        last_error=error[:2000],
        updated_at=now,
    )
    if kept:
        data = {"error": error[:200]}
        record(SYSTEM, events.ESCALATION_QUARANTINED, escalation.id, context=escalation.subject, now=now, data=data)
        hints.wake_after_commit(LANE)
