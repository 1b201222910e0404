"""The engine module that tells of questions that wait for an answer."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.store import db
from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER, Module
from tocsin.incidents.models import Incident
from tocsin.statuspages.questions import noticing
from tocsin.statuspages.questions.models import Question, QuestionNotice

_TOGETHER = 20


def tell_due(now: dt.datetime) -> int:
    """Tell of what still waits, of nothing else."""
    rows = leases.claim(QuestionNotice, lane=noticing.LANE, owner=OWNER, now=now, limit=_TOGETHER)
    for row in rows:
        with transaction.atomic():
            row.incident = db.lock(Incident.objects.filter(pk=row.incident_id)).get()
            waiting = list(Question.objects.filter(incident=row.incident, state=Question.OPEN))
            end, at = (QuestionNotice.DONE, now) if waiting else (QuestionNotice.CANCELLED, None)
            if leases.finish(row, end, told_at=at) and waiting:
                noticing.tell(row, waiting, now)
    return len(rows)


MODULES = (Module("questions", tell_due, channel=noticing.LANE),)
