"""Calls of webhooks: queued by a step or by news, tried by hand, and what came of them. A call never moves an escalation."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from tocsin.core import clock
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.errors import Conflict
from tocsin.core.eventlog.events import record
from tocsin.core.ids import new_id
from tocsin.core.store import db
from tocsin.core.work import hints, leases, outbox
from tocsin.directory import permissions as people_permissions
from tocsin.directory.models import Person
from tocsin.oncall import commands as oncall
from tocsin.oncall import webhooks as reading
from tocsin.oncall.models import Webhook
from tocsin.paging import events, rules, webhooks
from tocsin.paging.models import Escalation, WebhookCall
from tocsin.paging.ports import Result

LANE = "webhook"
TELL_FOR = dt.timedelta(hours=24)
"""For how long it is tried to tell a webhook what it hears."""
KEPT = dt.timedelta(days=90)
"""For how long a call that a webhook heard stays in its log. Calls of steps belong to the alert and stay with it."""
_BATCH = 1000
_LATEST = 10
PAUSED = "the webhook is paused"

_FAILED_MAIL = """The webhook {name} of {team} could not be called, and is not tried again for this {what}.

The other side said: {answer}

{rest} Its page shows every call: {link}
"""
_PAUSED_MAIL = """The webhook {name} of {team} has taken nothing for days. It is paused: what it hears is written down, not sent.

The other side said last: {answer}

When it works again, press Resume on its page; what was not sent is listed there and can be sent again: {link}
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


def tell(subject: str, kind: str, data: Mapping[str, Any], *, private: bool, now: dt.datetime) -> int:
    """A call for each webhook that hears of this kind, in the transaction of what is told; how many. `data` is JSON as things
    stand now. What a paused webhook hears is written down and not sent. A private subject is told only to those made for it.
    """
    heard = [one for one in reading.hearing(kind) if one.tells_private or not private]
    for webhook in heard:
        new, paused = new_id("whc"), webhook.paused_at is not None
        WebhookCall.objects.create(
            id=new,
            kind=kind,
            webhook=webhook,
            subject=subject,
            name=webhook.name,
            host=webhook.host,
            said=dict(data),
            idempotency_key=hashlib.sha256(new.encode()).hexdigest()[:32],
            lane=LANE,
            due_at=now,
            created_at=now,
            work_state=WebhookCall.CANCELLED if paused else WebhookCall.DUE,
            last_error=PAUSED if paused else "",
        )
    if heard:
        hints.wake_after_commit(LANE)
    return len(heard)


@transaction.atomic
def send_again(actor: Actor, call: WebhookCall, *, now: dt.datetime) -> WebhookCall:
    """Send what was heard once more, with the same words under the same id, also to a paused webhook.

    Raises Conflict for a step or a test, for a call that is on its way, and when the webhook was removed.
    """
    call = db.lock(WebhookCall.objects.filter(pk=call.pk)).get()
    if call.webhook is None:
        raise Conflict("The webhook was removed.")
    people_permissions.require_manager(actor, call.webhook.team)
    if not call.was_heard:
        raise Conflict("Only what the webhook hears can be sent again. For a test there is the test call.")
    if call.work_state in {WebhookCall.DUE, WebhookCall.LEASED}:
        raise Conflict("This call is on its way already.")
    call.work_state, call.due_at, call.tries, call.last_error = WebhookCall.DUE, now, 0, ""
    call.save(update_fields=["work_state", "due_at", "tries", "last_error"])
    record(actor, events.WEBHOOK_SENT_AGAIN, call.id, context=call.webhook.id, now=now, data={"name": call.name, "kind": call.kind})
    hints.wake_after_commit(LANE)
    return call


@transaction.atomic
def try_webhook(actor: Actor, webhook: Webhook, *, now: dt.datetime) -> WebhookCall:
    """A call of the type `test`, asked for by a manager of its team; what came of it is on the webhook's page."""
    people_permissions.require_manager(actor, webhook.team)
    subject = new_id("tst")
    call = WebhookCall.objects.create(
        webhook=webhook,
        kind=WebhookCall.TEST,
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
        if call.was_heard:
            continue
        data = {"webhook": call.webhook_id or "", "name": call.name, "tries": call.tries}
        record(SYSTEM, events.WEBHOOK_CALLED, call.id, context=call.subject, now=now, data=data)
    oncall.webhooks_took(one.attempt.webhook_id for one in results if one.attempt.webhook_id and one.attempt not in lost)
    return lost


@transaction.atomic
def call_failed(result: Result[WebhookCall]) -> bool:
    """Try again later, or give up by the rules of pages. False when another process took the row over.

    A call that somebody tries by hand is made once: they look at the answer. What it hears is tried for a day; the log of the
    webhook tells of it, not the story of the incident.
    """
    call, delivery, now = result.attempt, result.delivery, result.ended_at
    if call.escalation is not None and call.escalation.state != Escalation.RUNNING:
        return _finish(result, WebhookCall.CANCELLED, last_error=delivery.answer)
    verdict = rules.after_failure(
        permanent=delivery.permanent or call.kind == WebhookCall.TEST or (result.fault and call.tries >= rules.TRIES_OF_A_FAULT),
        tries=call.tries,
        urgency=call.escalation.urgency if call.escalation else rules.LOW,
        give_up_after=TELL_FOR if call.was_heard else rules.GIVE_UP_AFTER,
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
        context = call.webhook_id or "" if call.was_heard else call.subject
        record(SYSTEM, events.WEBHOOK_CALL_FAILED, call.id, context=context, now=now, data=data)
    if call.webhook is not None and call.kind != WebhookCall.TEST:
        _follow_up(call, call.webhook, delivery.answer, final, now)
    return True


def _follow_up(call: WebhookCall, webhook: Webhook, answer: str, final: bool, now: dt.datetime) -> None:
    """Managers hear of what was given up, and of a webhook that is paused; then its other calls need not be tried."""
    if call.was_heard and oncall.webhook_failed(webhook, now=now):
        waiting = webhook.calls.filter(work_state=WebhookCall.DUE).exclude(kind__in=(WebhookCall.STEP, WebhookCall.TEST))
        waiting.update(work_state=WebhookCall.CANCELLED, last_error=PAUSED)
        _tell_managers(webhook, f"The webhook {webhook.name} is paused", _PAUSED_MAIL, answer, now)
    elif final and call.was_heard:
        rest = "The log keeps what was not taken; it can be sent again by hand."
        _tell_managers(webhook, f"The webhook {webhook.name} fails", _FAILED_MAIL, answer, now, what="news", rest=rest)
    elif final:
        rest = "People are paged all the same."
        _tell_managers(webhook, f"The webhook {webhook.name} fails", _FAILED_MAIL, answer, now, what="step", rest=rest)


def call_withdrawn(call: WebhookCall, reason: str) -> bool:
    """A claimed call is not made: somebody answered, or the webhook is gone."""
    return leases.finish(call, WebhookCall.CANCELLED, last_error=reason[:2000])


def _finish(result: Result[WebhookCall], state: str, **fields: object) -> bool:
    call, answer = result.attempt, result.delivery.answer
    took = round((result.ended_at - result.started_at).total_seconds() * 1000)
    tried = {"at": clock.rfc3339(result.started_at), "answer": answer[:200], "ok": result.delivery.ok, "ms": took}
    attempts = [*call.attempts, tried][-_LATEST:]
    return leases.finish(call, state, started_at=result.started_at, provider_answer=answer, attempts=attempts, **fields)


def _tell_managers(webhook: Webhook, title: str, words: str, answer: str, now: dt.datetime, **more: str) -> None:
    """Once an hour for each webhook; a team without managers leaves it to the administrators."""
    people = list(Person.objects.filter(memberships__team=webhook.team_id, memberships__is_manager=True, is_active=True))
    hour = int(now.timestamp()) // 3600
    for person in people or Person.objects.filter(role=Person.ADMINISTRATOR, is_active=True):
        body = words.format(name=webhook.name, team=webhook.team, answer=answer, link=webhooks.page_of(webhook), **more)
        key = hashlib.sha256(f"{title}:{webhook.id}:{person.id}:{hour}".encode()).hexdigest()[:32]
        outbox.enqueue(person.email, title, body, now=now, key=key)


def forget(now: dt.datetime) -> int:
    """Drop what was heard or tried more than `KEPT` ago and is over; returns how many calls."""
    old = WebhookCall.objects.filter(escalation=None, created_at__lt=now - KEPT)
    over = old.exclude(work_state__in=(WebhookCall.DUE, WebhookCall.LEASED)).order_by("pk").values_list("pk", flat=True)
    return WebhookCall.objects.filter(pk__in=list(over[:_BATCH])).delete()[0]
