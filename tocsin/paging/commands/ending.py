"""Escalations end: pages are acknowledged or cancelled, what waits is not sent. Locks go from escalation to page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from django.db import transaction

from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.directory import commands as directory
from tocsin.directory.models import ContactMethod
from tocsin.paging import events, rules
from tocsin.paging.models import Attempt, Escalation, Page, WebhookCall

ACKNOWLEDGED, RESOLVED, PASSED_ON, DEACTIVATED = "acknowledged", "resolved", "passed on", "deactivated"


@transaction.atomic
def stop(subject: str, reason: str, *, actor: Actor = SYSTEM, now: dt.datetime) -> list[Escalation]:
    """End every escalation of a subject; open pages are cancelled. Nothing is sent afterwards but what is on its way."""
    return end(actor, subject, reason, now=now)


def end(
    actor: Actor, subject: str, reason: str, *, now: dt.datetime, only: Callable[[Escalation], bool] = lambda one: True
) -> list[Escalation]:
    """As `stop`, inside a transaction, for the escalations that are wanted. With ACKNOWLEDGED the actor's pages are answered."""
    every = db.lock(Escalation.objects.filter(subject=subject, state=Escalation.RUNNING).order_by("id"))
    running = [escalation for escalation in every if only(escalation)]
    ids = [escalation.id for escalation in running]
    Escalation.objects.filter(id__in=ids).update(
        state=Escalation.STOPPED, stop_reason=reason[:40], work_state=Escalation.CANCELLED, lease_until=None, updated_at=now
    )
    for escalation in running:
        record(actor, events.ESCALATION_STOPPED, escalation.id, context=subject, now=now, data={"reason": reason})
    wanted = Page.objects.select_related("person").filter(escalation__in=ids)
    pages = list(db.lock(wanted.exclude(status__in=(Page.ACKNOWLEDGED, Page.CANCELLED)).order_by("id")))
    for page in pages:
        if reason == ACKNOWLEDGED and page.person_id == actor.id:
            _acknowledged(actor, page, now)
        elif page.status in Page.OPEN:
            cancel_page(actor, page, reason, now)
    _silence([page.id for page in pages])
    WebhookCall.objects.filter(escalation__in=ids, work_state=WebhookCall.DUE).update(
        work_state=WebhookCall.CANCELLED, last_error=f"over: {reason}"[:200]
    )
    return running


def _acknowledged(actor: Actor, page: Page, now: dt.datetime) -> None:
    page.status, page.acknowledged_at, page.acknowledged_via = Page.ACKNOWLEDGED, now, actor.via[:16]
    page.updated_at = now
    page.save(update_fields=["status", "acknowledged_at", "acknowledged_via", "updated_at"])
    data = {"person": page.person_id, "name": page.person.name, "via": actor.via}
    record(actor, events.PAGE_ACKNOWLEDGED, page.id, context=page.subject, now=now, data=data)
    if actor.via == "link":
        _proven(page, now)


def _proven(page: Page, now: dt.datetime) -> None:
    """An answered link proves the one method that carried it; with several nobody knows which."""
    methods = ContactMethod.objects.filter(attempts__page=page, attempts__sent_at__isnull=False).distinct()[:2]
    if len(methods) == 1:
        directory.mark_answered(methods[0], now=now)


def cancel_page(actor: Actor, page: Page, reason: str, now: dt.datetime) -> None:
    """Close one page that nobody needs to answer any more, inside a transaction that holds its lock."""
    page.status, page.closed_reason, page.updated_at = Page.CANCELLED, reason[:40], now
    page.save(update_fields=["status", "closed_reason", "updated_at"])
    _silence([page.id])
    data = {"person": page.person_id, "name": page.person.name, "reason": reason}
    record(actor, events.PAGE_CANCELLED, page.id, context=page.subject, now=now, data=data)


def _silence(pages: Sequence[str]) -> None:
    """Messages on their way are left to finish, so that the ledger tells what was sent."""
    Attempt.objects.filter(page__in=pages, work_state=Attempt.DUE).update(work_state=Attempt.CANCELLED)


def shorten_links(subject: str, *, resolved_at: dt.datetime) -> None:
    """After the subject is resolved the links of its pages work for a day more, at most."""
    end_at = resolved_at + rules.TOKEN_AFTER_RESOLVE
    Page.objects.filter(subject=subject, token_expires_at__gt=end_at).update(token_expires_at=end_at)
