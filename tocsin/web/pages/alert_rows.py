"""Alerts put together for their screens: the row with who has it, and the whole story of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tocsin.alerts.models import Alert
from tocsin.core.actor import Actor
from tocsin.incidents import queries as incidents
from tocsin.paging.models import Page


@dataclass(slots=True)
class Row:
    """An alert in the list: the incident it belongs to, as far as the reader may know, and who has been asked."""

    alert: Alert
    incident_key: str = ""
    told: list[str] = field(default_factory=list)


def rows(actor: Actor, alerts: Sequence[Alert]) -> list[Row]:
    """Two queries, however many alerts."""
    ids = [alert.id for alert in alerts]
    found = incidents.incidents(actor).filter(alert_links__alert__in=ids).prefetch_related(None).order_by()
    keys = dict(found.values_list("alert_links__alert", "key"))
    waiting = [alert.id for alert in alerts if alert.status == Alert.TRIGGERED]
    told = _told(waiting)
    return [Row(alert, keys.get(alert.id, ""), told[alert.id]) for alert in alerts]


def _told(subjects: Sequence[str]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = defaultdict(list)
    pages = Page.objects.filter(subject__in=subjects, status__in=(Page.WAITING, Page.SENT)).order_by("created_at")
    for subject, name in pages.values_list("subject", "person__name"):
        if name not in told[subject]:
            told[subject].append(name)
    return told
