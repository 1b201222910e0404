"""Telling those who answer that somebody asked by mail: one notice for a burst, written by the engine a little later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db.models import Max

from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.core.work import hints, outbox
from tocsin.directory.models import Person
from tocsin.incidents import rules as roles
from tocsin.incidents.models import Incident
from tocsin.statuspages.questions.models import Question, QuestionNotice

LANE = "asked"
GATHERED = dt.timedelta(minutes=2)
"""So long questions are gathered before somebody is told."""
QUIET = dt.timedelta(minutes=15)
"""Nobody is told more often about one incident."""
_SHOWN = 5


def expect(incident: Incident, now: dt.datetime) -> None:
    """Somebody will be told that a question waits. Inside the transaction of the question; a drill tells nobody."""
    db.lock(Incident.objects.filter(pk=incident.pk)).get()
    known = QuestionNotice.objects.filter(incident=incident)
    if incident.is_drill or known.filter(work_state__in=(QuestionNotice.DUE, QuestionNotice.LEASED)).exists():
        return
    last = known.aggregate(at=Max("told_at"))["at"]
    due = max(now + GATHERED, last + QUIET) if last else now + GATHERED
    QuestionNotice.objects.create(incident=incident, lane=LANE, due_at=due)
    hints.wake_after_commit(LANE)


def tell(row: QuestionNotice, waiting: Sequence[Question], now: dt.datetime) -> None:
    """One mail for each who answers. Inside a transaction; what was asked about a private incident is not written into it."""
    incident = row.incident
    count = "A question waits" if len(waiting) == 1 else f"{len(waiting)} questions wait"
    what = "a private incident" if incident.is_private else incident.summary
    shown = [] if incident.is_private else [f"{one.name}: {texts.shorten(' '.join(one.text.split()), 200)}" for one in waiting]
    more = [f"and {len(shown) - _SHOWN} more"] if len(shown) > _SHOWN else []
    where = f"{settings.TOCSIN.base_url.rstrip('/')}/{incident.key}/questions"
    lines = [f"{incident.key}: {what}", "", *shown[:_SHOWN], *more, *([""] if shown else []), f"Answer there: {where}", ""]
    for person in answerers(incident):
        key = f"asked.{row.pk}.{person.pk}"
        outbox.enqueue(person.email, f"[{incident.key}] {count} for an answer", "\n".join(lines), now=now, key=key)


def answerers(incident: Incident) -> list[Person]:
    """The incident manager and whoever speaks to the company; without either whoever reported it."""
    speaks = incident.roles.filter(role__in=(roles.COMMUNICATIONS, roles.INSIDE), until__isnull=True).select_related("person")
    found = [one for one in (incident.manager, *(row.person for row in speaks)) if one is not None]
    chosen = found or ([incident.reporter] if incident.reporter else [])
    return [one for one in {person.pk: person for person in chosen}.values() if one.is_active and one.email]
