"""What this room does when it hears an event. Each runs inside the announcing transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.alerts.models import Alert
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.models import Event
from tocsin.core.store import db
from tocsin.oncall import queries as oncall
from tocsin.paging.commands import ending, results
from tocsin.paging.commands.escalations import start_escalation
from tocsin.paging.models import Escalation, Page


def alert_triggered(event: Event, actor: Actor) -> None:
    """Walk the service's policy, at high or low urgency; an alert that is only recorded wakes nobody."""
    if event.data["status"] != Alert.TRIGGERED or event.data["urgency"] == Alert.NONE:
        return
    policy = oncall.policy_for(event.data["service"])
    start_escalation(actor, event.subject, _card(event.data), policy=policy, urgency=event.data["urgency"], now=event.at)


def alert_raised(event: Event, actor: Actor) -> None:
    """A low alert became a high one: its walk begins again, now at high urgency. An acknowledged one is in somebody's hands."""
    if event.data["status"] != Alert.TRIGGERED:
        return
    ending.end(SYSTEM, event.subject, "raised", now=event.at)
    alert_triggered(event, actor)


def alert_acknowledged(event: Event, actor: Actor) -> None:
    ending.end(actor, event.subject, ending.ACKNOWLEDGED, now=event.at)


def alert_resolved(event: Event, actor: Actor) -> None:
    ending.end(actor, event.subject, ending.RESOLVED, now=event.at)
    ending.shorten_links(event.subject, resolved_at=event.at)


def person_deactivated(event: Event, actor: Actor) -> None:
    """Whoever leaves is not waited for: their open pages are closed, and whoever has their place now, or the next step, follows."""
    mine = Page.objects.filter(person=event.subject, status__in=Page.OPEN)
    for escalation in db.lock(Escalation.objects.filter(pk__in=mine.values("escalation"), state=Escalation.RUNNING)).order_by("id"):
        for page in db.lock(Page.objects.filter(person=event.subject, status__in=Page.OPEN, escalation=escalation)):
            ending.cancel_page(actor, page, ending.DEACTIVATED, event.at)
            results.reassign(escalation, page, now=event.at)


def _card(alert: Mapping[str, Any]) -> dict[str, object]:
    """What a page says of an alert."""
    said = {name: alert[name] for name in ("severity", "title", "path", "started_at")}
    return {**said, "key": f"#{alert['number']}", "service": alert["service_name"]}
