"""What people answer to a page. The first one wins; whoever comes second is told how it stands."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.alerts import commands as alerts
from tocsin.alerts.models import Alert
from tocsin.core import db
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.core.ids import is_id
from tocsin.paging import permissions
from tocsin.paging.commands import ending
from tocsin.paging.commands.escalations import hurry
from tocsin.paging.models import Escalation, Page


@transaction.atomic
def acknowledge(actor: Actor | None, page: Page, *, via: str, now: dt.datetime) -> Page:
    """Somebody has it: the alert is acknowledged, everything that escalates is stopped. Without an actor: the page's person.

    When somebody was first, nothing changes: `status` is then `cancelled`, and the subject tells who.
    """
    who = permissions.answering(actor, page, via)
    _acknowledge(who, page.subject, now)
    return _fresh(page)


@transaction.atomic
def acknowledge_subject(actor: Actor, subject: str, *, via: str = "", now: dt.datetime) -> list[Escalation]:
    """As `acknowledge`, for whoever answers without a page of their own. Returns the escalations that this stopped."""
    permissions.require_steer(actor)
    return _acknowledge(actor, subject, now)


def _acknowledge(actor: Actor, subject: str, now: dt.datetime) -> list[Escalation]:
    """The alert's row is taken before the escalation's, as everywhere; its event has stopped most already."""
    running = list(Escalation.objects.filter(subject=subject, state=Escalation.RUNNING))
    alert = Alert.objects.filter(pk=subject).first() if is_id(subject, "alt") else None
    if alert is not None:
        alerts.acknowledge(actor, alert, now=now)
    ending.end(actor, subject, ending.ACKNOWLEDGED, now=now)
    return running


@transaction.atomic
def resolve(actor: Actor | None, page: Page, *, via: str, now: dt.datetime) -> Page:
    """The problem is over. Raises Conflict for the page of an incident: that is resolved in its room, with its times."""
    who = permissions.answering(actor, page, via)
    alert = Alert.objects.filter(pk=page.subject).first() if is_id(page.subject, "alt") else None
    if alert is None:
        raise Conflict("Only an alert is resolved from its page. Resolve the incident itself.")
    _acknowledge(who, page.subject, now)
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
