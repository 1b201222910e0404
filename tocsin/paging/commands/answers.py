"""What people answer to a page. The first one wins; whoever comes second is told how it stands."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db import transaction

from tocsin.alerts import commands as alerts
from tocsin.alerts.models import Alert
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.core.ids import is_id
from tocsin.core.store import db
from tocsin.oncall.models import Schedule
from tocsin.paging import permissions, rules
from tocsin.paging.commands import ending
from tocsin.paging.commands.escalations import hurry
from tocsin.paging.models import Escalation, Page


@transaction.atomic
def acknowledge(actor: Actor | None, page: Page, *, via: str, now: dt.datetime) -> Page:
    """Somebody has it: the alert is acknowledged, everything that escalates is stopped. Without an actor: the page's person.

    For an incident only the walks that paged the same person end: a responder who answers does not silence the page of the
    incident manager. When somebody was first, nothing changes: `status` is then `cancelled`, and the subject tells who.
    """
    who = permissions.answering(actor, page, via)
    _acknowledge(who, page.subject, {page.escalation_id}, None, now)
    return _fresh(page)


@transaction.atomic
def acknowledge_subject(
    actor: Actor, subject: str, *, via: str = "", roster: Schedule | None = None, now: dt.datetime
) -> list[Escalation]:
    """As `acknowledge`, for whoever answers at the subject itself. Returns the escalations that this stopped.

    For an incident these are the walks that paged the actor, and those that began by asking `roster`, whose part the actor takes.
    """
    permissions.require_steer(actor)
    return _acknowledge(dataclasses.replace(actor, via=via or actor.via), subject, set(), roster, now)


def _acknowledge(actor: Actor, subject: str, walks: set[str], roster: Schedule | None, now: dt.datetime) -> list[Escalation]:
    """The alert's row is taken before the escalation's, as everywhere; its event has stopped most already."""
    if is_id(subject, "inc"):
        mine = Page.objects.filter(subject=subject, person=actor.id).exclude(status__in=(Page.ACKNOWLEDGED, Page.CANCELLED))
        walks = walks | set(mine.values_list("escalation_id", flat=True))
        return ending.end(actor, subject, ending.ACKNOWLEDGED, now=now, only=lambda one: one.id in walks or _asks(one, roster))
    running = list(Escalation.objects.filter(subject=subject, state=Escalation.RUNNING))
    alert = Alert.objects.filter(pk=subject).first() if is_id(subject, "alt") else None
    if alert is not None:
        alerts.acknowledge(actor, alert, now=now)
    ending.end(actor, subject, ending.ACKNOWLEDGED, now=now)
    return running


def _asks(escalation: Escalation, roster: Schedule | None) -> bool:
    if roster is None:
        return False
    return rules.asks_first(rules.plan_of(escalation.snapshot), roster.id, is_last_resort=roster.is_last_resort)


@transaction.atomic
def resolve(actor: Actor | None, page: Page, *, via: str, now: dt.datetime) -> Page:
    """The problem is over. Raises Conflict for the page of an incident: that is resolved in its room, with its times."""
    who = permissions.answering(actor, page, via)
    alert = Alert.objects.filter(pk=page.subject).first() if is_id(page.subject, "alt") else None
    if alert is None:
        raise Conflict("Only an alert is resolved from its page. Resolve the incident itself.")
    _acknowledge(who, page.subject, set(), None, now)
    alerts.resolve(who, alert, now=now)
    return _fresh(page)


@transaction.atomic
def pass_on(page: Page, *, via: str, actor: Actor | None = None, now: dt.datetime) -> Page:
    """“I can’t”: the page is closed and the next step is taken at once. Raises Conflict when it is no longer open."""
    who = permissions.answering(actor, page, via)
    escalation = db.lock(Escalation.objects.filter(pk=page.escalation_id)).get()
    page = db.lock(Page.objects.filter(pk=page.pk)).get()
    if page.status not in Page.OPEN or escalation.state != Escalation.RUNNING:
        raise Conflict("This page is no longer open.", current=page)
    ending.cancel_page(who, page, ending.PASSED_ON, now)
    hurry(who, escalation, f"{who.name} passed on", now=now)
    return _fresh(page)


def _fresh(page: Page) -> Page:
    return Page.objects.select_related("person", "escalation").get(pk=page.pk)
