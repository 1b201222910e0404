"""Engine module: prove that nobody is forgotten, and keep the result for the banner, readyz and the metrics."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.alerts.models import IntakeEvent
from tocsin.core import clock
from tocsin.core.models import DueRow, OutboxMail
from tocsin.core.observe import metrics
from tocsin.core.store import facts
from tocsin.core.work import leases
from tocsin.paging import auditing
from tocsin.paging.models import Attempt, Escalation, WebhookCall

LANES: tuple[tuple[type[DueRow], str], ...] = (
    (IntakeEvent, "intake"),
    (Escalation, "escalation"),
    (Attempt, "page-high"),
    (Attempt, "page-low"),
    (WebhookCall, "webhook"),
    (OutboxMail, "mail"),
)
KEEP_FOR = dt.timedelta(seconds=10)


def tick(now: dt.datetime) -> int:
    """Run the proof; the stored one is written anew when it says something else, or is ten seconds old."""
    problems = auditing.problems(now)
    metrics.UNPROVEN.set(len(problems))
    for model, lane in LANES:
        late = leases.oldest_due(model, now, lane=lane)
        metrics.OLDEST_DUE.labels(lane).set(late.total_seconds() if late else 0)
    before = facts.get(auditing.FACT)
    if before is None or before["problems"] != problems or abs(now - clock.parse(before["at"])) >= KEEP_FOR:
        with transaction.atomic():
            facts.put(auditing.FACT, {"at": clock.rfc3339(now), "problems": problems})
    return 0
