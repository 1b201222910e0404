"""Engine module: tidy what no command reaches: messages of closed pages, and due times after a clock that was set back."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import transaction
from django.db.models import F

from tocsin.alerts.models import IntakeEvent
from tocsin.core.models import UNDONE, Event, OutboxMail
from tocsin.paging.commands.ending import stop
from tocsin.paging.commands.escalations import TEST
from tocsin.paging.models import Attempt, Escalation, Page, WebhookCall

log = structlog.get_logger(__name__)
TEST_ENDS = dt.timedelta(minutes=15)
SET_BACK = dt.timedelta(seconds=60)
_LATEST = 50


class _Seen:
    """The latest `now` of this process, before its first turn that of the event log."""

    last: dt.datetime | None = None


def tick(now: dt.datetime) -> int:
    """Every ten seconds; what is tidied does not need to be told again."""
    closed = Attempt.objects.filter(UNDONE, work_state=Attempt.DUE).exclude(page__status__in=Page.OPEN)
    if closed.exists():
        with transaction.atomic():
            Attempt.objects.filter(pk__in=list(closed.values_list("pk", flat=True)[:500])).update(work_state=Attempt.CANCELLED)
    _end_tests(now)
    if _Seen.last is None:
        _Seen.last = max(Event.objects.order_by("-id").values_list("at", flat=True)[:_LATEST], default=None)
    if _Seen.last is not None and _Seen.last - now > SET_BACK:
        bring_forward(_Seen.last - now)
    _Seen.last = now
    return 0


def _end_tests(now: dt.datetime) -> None:
    """A test page that nobody answers wakes nobody else."""
    running = Escalation.objects.filter(state=Escalation.RUNNING, snapshot__purpose=TEST, created_at__lte=now - TEST_ENDS)
    for subject in set(running.values_list("subject", flat=True)):
        stop(subject, "not answered", now=now)


@transaction.atomic
def bring_forward(distance: dt.timedelta) -> None:
    """The clock was set back this far: without this everything that is due would wait that much longer."""
    log.warning("the clock was set back; due times follow it", seconds=distance.total_seconds())
    for model, rows in (
        (Escalation, Escalation.objects.filter(state=Escalation.RUNNING)),
        (Attempt, Attempt.objects.filter(UNDONE)),
        (WebhookCall, WebhookCall.objects.filter(UNDONE)),
        (IntakeEvent, IntakeEvent.objects.filter(UNDONE)),
        (OutboxMail, OutboxMail.objects.filter(UNDONE)),
    ):
        rows.update(due_at=F("due_at") - distance)
        model.objects.filter(UNDONE, work_state="leased").update(lease_until=F("lease_until") - distance)
