"""The proof: for every open alert and running escalation a next action exists, its time is not past, somebody can be reached.

It looks at the rows, not at the code that should have written them. Each problem is a sentence for people, without times that
change at every look, so that a problem that lasts reads the same.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from tocsin.alerts.models import Alert, IntakeEvent
from tocsin.core.eventlog import sealing
from tocsin.core.models import UNDONE, DueRow
from tocsin.core.store import facts
from tocsin.core.work import leases
from tocsin.directory.queries import reachable
from tocsin.oncall import queries as oncall
from tocsin.paging.models import Attempt, Escalation, Page

FACT = "proof"
LATE = dt.timedelta(seconds=5)
UNPAGED = dt.timedelta(seconds=30)
"""By then the first step of an escalation has paged somebody, whatever was tried again before."""
_NAMED = 5


def problems(now: dt.datetime) -> list[str]:
    """What cannot be proven, a sentence each; empty when all is well. A fixed number of queries."""
    if facts.on_hold():
        return ["On hold: nobody is paged until an administrator releases this installation."]
    found = [*_escalations(now), *_alerts(now), *_messages(now), *_reach(now), *_store(now)]
    return list(dict.fromkeys(found))


def _escalations(now: dt.datetime) -> list[str]:
    running = Escalation.objects.filter(state=Escalation.RUNNING)
    found = []
    for row in running.exclude(work_state__in=(DueRow.DUE, DueRow.LEASED))[:_NAMED]:
        found.append(f"{_name(row)}: the escalation runs but has no next step.")
    for row in _late(running, now)[:_NAMED]:
        found.append(f"{_name(row)}: the next step is late.")
    pages = Page.objects.filter(escalation=OuterRef("pk"))
    for row in running.filter(~Exists(pages), created_at__lt=now - UNPAGED)[:_NAMED]:
        found.append(f"{_name(row)}: the escalation runs, but nobody has been paged.")
    return found


def _name(row: Escalation) -> str:
    return str(row.card.get("key") or row.subject) if isinstance(row.card, dict) else row.subject


def _late(rows: QuerySet[Escalation], now: dt.datetime) -> QuerySet[Escalation]:
    return rows.filter(_is_late(now))


def _is_late(now: dt.datetime) -> Q:
    limit = now - LATE
    return UNDONE & (Q(work_state=DueRow.DUE, due_at__lt=limit) | Q(work_state=DueRow.LEASED, lease_until__lt=limit))


def _alerts(now: dt.datetime) -> list[str]:
    """Every triggered alert that should wake somebody has an escalation that runs."""
    walks = Escalation.objects.filter(subject=OuterRef("pk"), state=Escalation.RUNNING)
    rows = Alert.objects.filter(status=Alert.TRIGGERED, urgency__in=(Alert.HIGH, Alert.LOW), created_at__lt=now - LATE)
    forgotten = rows.filter(~Exists(walks)).order_by("number")[:_NAMED]
    return [f"#{alert.number}: the alert is open and nobody is going to be paged for it." for alert in forgotten]


def _messages(now: dt.datetime) -> list[str]:
    found = []
    if Attempt.objects.filter(_is_late(now), lane__in=("page-high", "page-low")).exists():
        found.append("Messages to people are late.")
    work = Attempt.objects.filter(page=OuterRef("pk"), work_state__in=(DueRow.DUE, DueRow.LEASED))
    idle = Page.objects.filter(~Exists(work), status=Page.WAITING, created_at__lt=now - LATE).select_related("person")
    found += [f"{page.person.name} is to be paged, but no message is on its way." for page in idle[:_NAMED]]
    return found


def _reach(now: dt.datetime) -> list[str]:
    """The last resort can be reached. Before one is chosen this matters as soon as anything escalates."""
    if oncall.last_resort() is None and not Escalation.objects.filter(state=Escalation.RUNNING).exists():
        return []
    people = oncall.last_resort_people(now)
    if any(reachable(person, "high") for person in people):
        return []
    return ["Nobody of the last resort has a verified way to be paged."]


def _store(now: dt.datetime) -> list[str]:
    found = []
    if sealing.late(now):
        found.append("Events wait too long to be sealed.")
    unread = leases.oldest_due(IntakeEvent, now)
    if unread is not None and unread > LATE:
        found.append("Accepted alert events wait too long to be understood.")
    return found
