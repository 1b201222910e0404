"""Calls of webhooks: queued by a step, tried by hand, and what came of them. A call never moves an escalation."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Sequence

from django.db import transaction

from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.eventlog.events import record
from tocsin.core.ids import new_id
from tocsin.core.work import hints, leases, outbox
from tocsin.directory import permissions as people_permissions
from tocsin.directory.models import Person
from tocsin.oncall.models import Webhook
from tocsin.paging import events, rules, webhooks
from tocsin.paging.models import Escalation, WebhookCall
from tocsin.paging.ports import Result

LANE = "webhook"

_FAILED_MAIL = """The webhook {name} of {team} could not be called, and is not tried again for this step.

The other side said: {answer}

People are paged all the same. Its page shows every call: {link}
"""


def calls_for(
    escalation: Escalation, walk: rules.Walk, called: Sequence[Webhook], paged: Sequence[str], now: dt.datetime
) -> list[WebhookCall]:
    """Unsaved rows, due at once. The last resort is no step of the policy, so it is not counted."""
    steps = len(escalation.snapshot["steps"]) - 1
    said = {"step": walk.step + 1, "steps": steps, "round": walk.cycle + 1, "paged": list(paged)}
    return [
        WebhookCall(
            webhook=webhook,
            escalation=escalation,
            subject=escalation.subject,
            name=webhook.name,
            host=webhook.host,
            said=said,
            idempotency_key=webhooks.key_of(escalation.id, walk, webhook.id),
            lane=LANE,
            priority=1 if escalation.urgency == rules.HIGH else 5,
            due_at=now,
            created_at=now,
        )
        for webhook in called
    ]


@transaction.atomic
def try_webhook(actor: Actor, webhook: Webhook, *, now: dt.datetime) -> WebhookCall:
    """A call of the type `test`, asked for by a manager of its team; what came of it is on the webhook's page."""
    people_permissions.require_manager(actor, webhook.team)
    subject = new_id("tst")
    call = WebhookCall.objects.create(
        webhook=webhook,
        subject=subject,
        name=webhook.name,
        host=webhook.host,
        idempotency_key=hashlib.sha256(subject.encode()).hexdigest()[:32],
        lane=LANE,
        due_at=now,
        created_at=now,
    )
    record(actor, events.WEBHOOK_TRIED, webhook.id, now=now, data={"name": webhook.name})
    hints.wake_after_commit(LANE)
    return call


@transaction.atomic
def called(results: Sequence[Result[WebhookCall]]) -> list[WebhookCall]:
    """The other side took claimed calls. Returns those that another process took over: its result counts."""
    lost = []
    for one in results:
        call, now = one.attempt, one.ended_at
        if not _finish(one, WebhookCall.DONE, sent_at=now, last_error=""):
            lost.append(call)
            continue
        data = {"webhook": call.webhook_id or "", "name": call.name, "tries": call.tries}
        record(SYSTEM, events.WEBHOOK_CALLED, call.id, context=call.subject, now=now, data=data)
    return lost


@transaction.atomic
def call_failed(result: Result[WebhookCall]) -> bool:
    """Try again later, or give up by the rules of pages. False when another process took the row over.

    A call that somebody tries by hand is made once: they look at the answer.
    """
    call, delivery, now = result.attempt, result.delivery, result.ended_at
    if call.escalation is not None and call.escalation.state != Escalation.RUNNING:
        return _finish(result, WebhookCall.CANCELLED, last_error=delivery.answer)
    verdict = rules.after_failure(
        permanent=delivery.permanent or call.escalation is None or (result.fault and call.tries >= rules.TRIES_OF_A_FAULT),
        tries=call.tries,
        urgency=call.escalation.urgency if call.escalation else rules.HIGH,
        page_age=now - call.created_at,
        now=now,
        draw=random.random(),  # noqa: S311
    )
    final = verdict.retry_at is None
    state = WebhookCall.FAILED if final else WebhookCall.DUE
    if not _finish(result, state, due_at=verdict.retry_at or call.due_at, last_error=delivery.answer):
        return False
    if final or call.tries == 1:
        data = {"webhook": call.webhook_id or "", "name": call.name, "answer": delivery.answer[:200], "final": final}
        record(SYSTEM, events.WEBHOOK_CALL_FAILED, call.id, context=call.subject, now=now, data=data)
    if final and call.escalation is not None and call.webhook is not None:
        _tell_managers(call.webhook, delivery.answer, now)
    return True


def call_withdrawn(call: WebhookCall, reason: str) -> bool:
    """A claimed call is not made: somebody answered, or the webhook is gone."""
    return leases.finish(call, WebhookCall.CANCELLED, last_error=reason[:2000])


def _finish(result: Result[WebhookCall], state: str, **fields: object) -> bool:
    return leases.finish(result.attempt, state, started_at=result.started_at, provider_answer=result.delivery.answer, **fields)


def _tell_managers(webhook: Webhook, answer: str, now: dt.datetime) -> None:
    """Once an hour for each webhook; a team without managers leaves it to the administrators."""
    people = list(Person.objects.filter(memberships__team=webhook.team_id, memberships__is_manager=True, is_active=True))
    hour = int(now.timestamp()) // 3600
    for person in people or Person.objects.filter(role=Person.ADMINISTRATOR, is_active=True):
        body = _FAILED_MAIL.format(name=webhook.name, team=webhook.team, answer=answer, link=webhooks.page_of(webhook))
        key = hashlib.sha256(f"webhook:{webhook.id}:{person.id}:{hour}".encode()).hexdigest()[:32]
        outbox.enqueue(person.email, f"The webhook {webhook.name} fails", body, now=now, key=key)
