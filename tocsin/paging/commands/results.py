"""What came of a message: the ledger, the next try, the other way, and the next step when nothing gets through.

Locks are taken in the order escalation, page, attempt, as everywhere in this room.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Sequence

from django.db import transaction

from tocsin.core.actor import SYSTEM
from tocsin.core.eventlog.events import in_one_insert, record
from tocsin.core.models import DueRow
from tocsin.core.ports import Delivery
from tocsin.core.store import db
from tocsin.core.work import hints, leases, outbox
from tocsin.directory import commands as directory_commands
from tocsin.directory import queries as directory
from tocsin.directory.models import ContactMethod, Person
from tocsin.paging import events, queries, rules
from tocsin.paging.commands.escalations import hurry
from tocsin.paging.commands.steps import add_attempts
from tocsin.paging.models import Attempt, Escalation, Page
from tocsin.paging.ports import Result

_BROKEN_MAIL = """Pages can no longer be sent to {address}: the provider refused for good.

It said: {answer}

Until you verify this address again, or add another, pages reach you only in the ways that are left.
"""

_FAULT_MAIL = """Pages through {name} fail for everybody until its set-up is changed.

It said: {answer}

People are paged in their other ways meanwhile. Look at Administration, Gateways.
"""


@transaction.atomic
def sent(results: Sequence[Result[Attempt]]) -> list[Attempt]:
    """Claimed messages got through; all is kept in one commit. Returns those that another process took over: its result counts."""
    rows = Page.objects.select_related("person").filter(pk__in={one.attempt.page_id for one in results}).order_by("pk")
    pages = {page.pk: page for page in db.lock(rows)}
    lost, changed = [], []
    with in_one_insert():
        for one in results:
            page, now = pages[one.attempt.page_id], one.ended_at
            if not _finish(one, Attempt.DONE, sent_at=now, last_error=""):
                lost.append(one.attempt)
                continue
            if page.status in (Page.WAITING, Page.UNDELIVERED, Page.FAILED):
                page.status, page.sent_at, page.updated_at = Page.SENT, now, now
                changed.append(page)
            data = {"person": page.person_id, "name": page.person.name, "attempt": one.attempt.id, "channel": one.attempt.channel}
            record(SYSTEM, events.PAGE_SENT, page.id, context=page.subject, now=now, data=data)
    Page.objects.bulk_update(changed, ["status", "sent_at", "updated_at"])
    return lost


def _finish(one: Result[Attempt], state: str, **fields: object) -> bool:
    return leases.finish(one.attempt, state, started_at=one.started_at, provider_answer=one.delivery.answer, **fields)


@transaction.atomic
def withdrawn(attempt: Attempt, reason: str, *, now: dt.datetime) -> bool:
    """A claimed message is not sent: its page is closed, or its contact method or its person is gone."""
    escalation, page = _locked(attempt)
    if not leases.finish(attempt, Attempt.CANCELLED, last_error=reason):
        return False
    if page.status in Page.OPEN:
        _other_way(escalation, page, now)
    return True


@transaction.atomic
def failed(result: Result[Attempt]) -> bool:
    """A claimed message did not get through: try again later, another way at once, or call the next step.

    False when another process took the message over. Three faults of ours are enough.
    """
    attempt, delivery, now = result.attempt, result.delivery, result.ended_at
    escalation, page = _locked(attempt)
    if page.status not in Page.OPEN:
        return _finish(result, Attempt.CANCELLED)
    verdict = rules.after_failure(
        permanent=delivery.permanent or (result.fault and attempt.tries >= rules.TRIES_OF_A_FAULT),
        tries=attempt.tries,
        urgency=escalation.urgency,
        page_age=now - page.created_at,
        now=now,
        draw=random.random(),  # noqa: S311
    )
    state = Attempt.FAILED if verdict.retry_at is None else Attempt.DUE
    if not _finish(result, state, due_at=verdict.retry_at or attempt.due_at, last_error=delivery.answer):
        return False
    _tell(attempt, page, delivery, final=verdict.retry_at is None, now=now)
    if verdict.other_way:
        _other_way(escalation, page, now)
    if verdict.undelivered and page.status == Page.WAITING:
        _not_through(escalation, page, Page.UNDELIVERED, events.PAGE_UNDELIVERED, now)
    return True


def shelve(attempt: DueRow, error: str, *, sent: bool, now: dt.datetime) -> bool:
    """Put a claimed row away that could not be finished in the proper way, so that it is not sent over and over."""
    return leases.finish(attempt, DueRow.DONE if sent else DueRow.FAILED, sent_at=now if sent else None, last_error=error[:2000])


def _locked(attempt: Attempt) -> tuple[Escalation, Page]:
    escalation = db.lock(Escalation.objects.filter(pages__pk=attempt.page_id)).get()
    return escalation, db.lock(Page.objects.select_related("person").filter(pk=attempt.page_id)).get()


def _tell(attempt: Attempt, page: Page, delivery: Delivery, *, final: bool, now: dt.datetime) -> None:
    """The event log tells the first failure and the last; the tries between are in the ledger."""
    if final or attempt.tries == 1:
        data = {
            "person": page.person_id,
            "name": page.person.name,
            "attempt": attempt.id,
            "channel": attempt.channel,
            "answer": delivery.answer[:200],
            "permanent": delivery.permanent,
        }
        record(SYSTEM, events.PAGE_ATTEMPT_FAILED, page.id, context=page.subject, now=now, data=data)
    if delivery.provider_fault:
        _tell_administrators(attempt, delivery, now)
    elif delivery.permanent and attempt.method is not None:
        _mark_broken(attempt.method, page, delivery, now)


def _mark_broken(method: ContactMethod, page: Page, delivery: Delivery, now: dt.datetime) -> None:
    """The method is not used again until it is verified anew; its owner is told by mail, if mail is another way."""
    if method.broken_at is not None:
        return
    directory_commands.mark_broken(method, delivery.answer, now=now)
    if method.address.lower() != page.person.email.lower():
        body = _BROKEN_MAIL.format(address=method.address, answer=delivery.answer)
        key = f"broken:{method.id}:{int(now.timestamp())}"
        outbox.enqueue(page.person.email, f"Pages cannot reach {method.address}", body, now=now, key=key)


def _tell_administrators(attempt: Attempt, delivery: Delivery, now: dt.datetime) -> None:
    """Once an hour for each gateway: every page through it fails, and only its set-up can mend that."""
    name = attempt.method.gateway.name if attempt.method and attempt.method.gateway else attempt.channel
    hour = int(now.timestamp()) // 3600
    for person in Person.objects.filter(role=Person.ADMINISTRATOR, is_active=True):
        body = _FAULT_MAIL.format(name=name, answer=delivery.answer)
        key = f"provider:{name}:{person.id}:{hour}"
        outbox.enqueue(person.email, f"Pages through {name} fail", body, now=now, key=hashlib.sha256(key.encode()).hexdigest()[:32])


def _other_way(escalation: Escalation, page: Page, now: dt.datetime) -> None:
    """Bring the person's next message forward; without one use a method that the plan left out; without any, give up."""
    if page.status == Page.SENT:
        return
    open_ = list(page.attempts.filter(work_state__in=(Attempt.DUE, Attempt.LEASED)).order_by("due_at", "id"))
    later = [attempt for attempt in open_ if attempt.work_state == Attempt.DUE and attempt.tries == 0]
    if later:
        if later[0].due_at > now:
            Attempt.objects.filter(pk=later[0].pk, work_state=Attempt.DUE).update(due_at=now)
            hints.wake_after_commit(later[0].lane)
    elif page.person.is_active and (unused := _unused(page)):
        add_attempts(page, escalation.urgency, unused[:1], now, made_before=page.attempts.count())
    elif not open_:
        _not_through(escalation, page, Page.FAILED, events.PAGE_FAILED, now)


def _unused(page: Page) -> list[directory.PlanStep]:
    """Verified methods that no message of this page used yet, then the sign-in address."""
    tried = {(attempt.channel, attempt.to.lower()) for attempt in page.attempts.all()}
    proven = page.person.contact_methods.filter(verified_at__isnull=False, broken_at__isnull=True)
    ways = [directory.PlanStep(method, 0, method.kind, method.address) for method in proven]
    ways.append(directory.PlanStep(None, 0, ContactMethod.EMAIL, page.person.email))
    return [way for way in ways if (way.kind, way.address.lower()) not in tried]


def _not_through(escalation: Escalation, page: Page, status: str, event: str, now: dt.datetime) -> None:
    page.status, page.updated_at = status, now
    page.save(update_fields=["status", "updated_at"])
    last = page.attempts.exclude(last_error="").order_by("-started_at").values_list("last_error", flat=True).first()
    data = {"person": page.person_id, "name": page.person.name, "error": (last or "")[:200]}
    record(SYSTEM, event, page.id, context=page.subject, now=now, data=data)
    hurry_past(escalation, page, now=now)


def reassign(escalation: Escalation, page: Page, *, now: dt.datetime) -> None:
    """The person of this page is gone: whoever its step means now is called at once, else the next step follows."""
    plan = rules.plan_of(escalation.snapshot)
    here = plan.steps[min(page.step, len(plan.steps) - 1)]
    called = set(escalation.pages.filter(cycle=page.cycle, step=page.step).values_list("person_id", flat=True))
    stand_in = {person.id for person in queries.people_of(here.targets, now)} - called if here.counts_at(now) else set()
    if stand_in and _is_newest(escalation, page):
        hurry(SYSTEM, escalation, "somebody else is on call now", now=now, at=rules.Walk(page.cycle, page.step))
    else:
        hurry_past(escalation, page, now=now)


def _is_newest(escalation: Escalation, page: Page) -> bool:
    newest = escalation.pages.order_by("-created_at", "-cycle", "-step").first()
    return newest is not None and (newest.cycle, newest.step) == (page.cycle, page.step)


def hurry_past(escalation: Escalation, page: Page, *, now: dt.datetime) -> None:
    """Take the next step at once when this page was of the newest one and nobody else of that step is or may be reached."""
    if not _is_newest(escalation, page):
        return
    beside = escalation.pages.filter(cycle=page.cycle, step=page.step, status__in=(Page.WAITING, Page.SENT)).exclude(pk=page.pk)
    at_the_end = page.step >= len(escalation.snapshot["steps"]) - 1
    if not beside.exists() and not at_the_end:
        hurry(SYSTEM, escalation, "nobody of this step can be reached", now=now)
