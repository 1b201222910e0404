"""How one more event changes an alert that exists. Changes the object only; the caller saves and announces."""

from __future__ import annotations

from django.db.models import Min

from tocsin.alerts import events as names
from tocsin.alerts import rules
from tocsin.alerts.models import Alert
from tocsin.alerts.ports import FIRING, ParsedEvent


def merge(alert: Alert, move: rules.Move, event: ParsedEvent, heard: rules.Heard) -> str:
    """Apply the move; returns the name of the event to announce, or nothing."""
    alert.event_count += 1
    alert.last_event_at = max(alert.last_event_at, heard.received_at)
    if move == "refire":
        return _refire(alert, event, heard)
    if move == "late":
        _late(alert, event, heard)
        return ""
    was_open = alert.status != Alert.RESOLVED
    if move == "resolve" and heard.at < alert.fired_at:
        heard = rules.untold(heard)
    clear(alert, heard)
    if move == "turn_over":
        _turn_over(alert, heard)
        return ""
    end(alert, heard)
    return names.ALERT_RESOLVED if was_open else ""


def describe(alert: Alert, event: ParsedEvent) -> None:
    """Take over what the event says; what it leaves out stays. A resolving event often brings no annotations."""
    alert.title = rules.line(event.title, 400) or alert.title
    alert.description = rules.paragraph(event.description) or alert.description
    alert.url = rules.link(event.url) or alert.url
    alert.labels = rules.labels(event.labels) or alert.labels
    alert.severity_label = rules.line(event.severity, 60) or alert.severity_label


def clear(alert: Alert, heard: rules.Heard) -> None:
    """Remember an end, and what it covers: itself when the source told it, else the starts known so far."""
    alert.cleared_heard_at = max(alert.cleared_heard_at or heard.received_at, heard.received_at)
    if not heard.told:
        return
    alert.cleared_at = max(alert.cleared_at or heard.at, heard.at)


def end(alert: Alert, heard: rules.Heard) -> None:
    """The open period is over, or its end is told again: the latest end told counts, of ends only heard the first.

    Whoever resolved by hand keeps the time.
    """
    alert.status = Alert.RESOLVED
    alert.cleared_at = max(alert.cleared_at or alert.fired_at, alert.fired_at)
    if alert.resolved_by_id or (heard.told and heard.at < alert.cleared_at):
        return
    at = rules.shown(heard.at, heard.received_at)
    if alert.resolved_at is None or heard.told:
        alert.resolved_at = at
    else:
        alert.resolved_at = min(alert.resolved_at, at)


def _refire(alert: Alert, event: ParsedEvent, heard: rules.Heard) -> str:
    if heard.at >= alert.fired_at:
        describe(alert, event)
    alert.fired_at = max(alert.fired_at, heard.at)
    alert.started_at = min(alert.started_at, rules.shown(heard.at, heard.received_at))
    return _raise(alert, event)


def _raise(alert: Alert, event: ParsedEvent) -> str:
    before = alert.urgency
    alert.urgency = rules.louder(before, rules.urgency(event.severity))
    if alert.urgency == before:
        return ""
    if alert.status == Alert.SUPPRESSED:
        alert.status = Alert.TRIGGERED
        return names.ALERT_TRIGGERED
    return names.ALERT_RAISED


def _late(alert: Alert, event: ParsedEvent, heard: rules.Heard) -> None:
    """A trigger that its resolve overtook tells what it was about; one of an earlier period tells nothing."""
    if alert.status != Alert.RESOLVED or heard.at < alert.fired_at:
        return
    describe(alert, event)
    alert.urgency = rules.louder(alert.urgency, rules.urgency(event.severity))
    alert.fired_at = heard.at
    alert.started_at = min(alert.started_at, rules.shown(heard.at, heard.received_at))


def _turn_over(alert: Alert, heard: rules.Heard) -> None:
    """The end belongs to an earlier period: the open one began with the first trigger after it."""
    first = alert.events.filter(status=FIRING, source_at__gt=heard.at).aggregate(first=Min("source_at"))["first"]
    if first is not None and alert.started_at <= heard.at:
        alert.started_at = first
