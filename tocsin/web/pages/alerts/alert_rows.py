"""Alerts put together for their screens: the row with who has it, and the whole story of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.alerts import queries as alerts
from tocsin.alerts.models import Alert
from tocsin.core.actor import Actor
from tocsin.core.eventlog import events
from tocsin.core.store.prepared import Prepared
from tocsin.incidents import queries as incidents
from tocsin.paging import queries as paging
from tocsin.paging.models import Page
from tocsin.web.pages.alerts import standing, way

LOG = 80
SOURCES = {"hand": "opened by hand", "alertmanager": "Alertmanager", "generic": "the generic door"}


@dataclass(slots=True)
class Row:
    """An alert in the list: the incident it belongs to, as far as the reader may know, and who has been asked."""

    alert: Alert
    incident_key: str = ""
    told: list[str] = field(default_factory=list)


def rows(actor: Actor, alerts: Sequence[Alert]) -> list[Row]:
    """Two queries, however many alerts."""
    keys = incidents.keys_of_alerts(actor, alerts)
    waiting = [alert.id for alert in alerts if alert.status == Alert.TRIGGERED]
    told = _told(waiting)
    return [Row(alert, keys.get(alert.id, ""), told[alert.id]) for alert in alerts]


def whole(actor: Actor, alert: Alert) -> dict[str, Any]:
    """One alert for its own screen: what the source said, the way it took, who was told, what comes next, older ones alike."""
    walks = paging.ledger(alert.id)
    pages = [page for walk in walks for page in walk.pages.all()]
    attempts = [attempt for page in pages for attempt in page.attempts.all()]
    told = standing.told(pages, attempts, [call for walk in walks for call in walk.calls.all()])
    return {
        "alert": alert,
        "incident": incidents.of_alert(actor, alert),
        "standing": standing.of(alert.id, pages),
        "events": alerts.event_history(alert),
        "walks": walks,
        "told": told,
        "deliveries": told,
        "way": way.steps(events.about(alert.id, limit=LOG), {page.person_id: page.person.name for page in pages}),
        "source": SOURCES.get(alert.source, alert.source),
        "lasted": alert.resolved_at - alert.started_at if alert.resolved_at else None,
        "coming": standing.coming(alert.id),
        "alike": alerts.alike(alert),
        "may_answer": "responder" in actor.roles,
    }


_waiting_for = Prepared(
    lambda subjects: (
        Page.objects.filter(subject__in=subjects, status__in=(Page.WAITING, Page.SENT))
        .order_by("created_at")
        .values_list("subject", "person__name")
    )
)


def _told(subjects: Sequence[str]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = defaultdict(list)
    for subject, name in _waiting_for(subjects):
        if name not in told[subject]:
            told[subject].append(name)
    return told
