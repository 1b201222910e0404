"""The webhook of Alertmanager, version 4: one event for each alert of the group, told apart by fingerprint."""

from __future__ import annotations

import hashlib
from typing import Any

from tocsin.alerts.ports import FIRING, RESOLVED, ParsedEvent, Unreadable
from tocsin.integrations import plain


def parse(document: Any) -> list[ParsedEvent]:
    """The events of one notification. Raises Unreadable when it holds no alerts at all."""
    if not isinstance(document, dict):
        raise Unreadable("the body is not an object")
    group = document.get("alerts")
    if not isinstance(group, list):
        raise Unreadable("the body has no list of alerts")
    events = [_event(item, document) for item in group if isinstance(item, dict)]
    if not events and group:
        raise Unreadable("no entry of alerts is an object")
    return events


def _event(item: dict[str, Any], document: dict[str, Any]) -> ParsedEvent:
    labels = plain.mapping(item.get("labels")) or plain.mapping(document.get("commonLabels"))
    notes = plain.mapping(document.get("commonAnnotations")) | plain.mapping(item.get("annotations"))
    status = plain.text(item.get("status")) or plain.text(document.get("status"))
    resolved = status.strip().lower() == RESOLVED
    return ParsedEvent(
        dedup_key=plain.text(item.get("fingerprint")) or _fingerprint(labels) or plain.text(document.get("groupKey")),
        title=_title(labels, notes),
        status=RESOLVED if resolved else FIRING,
        severity=labels.get("severity", ""),
        description=notes.get("description") or notes.get("message", ""),
        url=plain.text(item.get("generatorURL")) or plain.text(document.get("externalURL")),
        labels=labels,
        started_at=plain.instant(item.get("startsAt")),
        ended_at=plain.instant(item.get("endsAt")) if resolved else None,
    )


def _title(labels: dict[str, str], notes: dict[str, str]) -> str:
    """The summary a person wrote, else the rule's name and where it fired."""
    written = notes.get("summary") or notes.get("title")
    if written:
        return written
    name = labels.get("alertname") or "Alert without a name"
    return f"{name} on {labels['instance']}" if labels.get("instance") else name


def _fingerprint(labels: dict[str, str]) -> str:
    """Our own name of a label set, for senders that leave the fingerprint out."""
    if not labels:
        return ""
    pairs = "\x00".join(f"{name}\x01{value}" for name, value in sorted(labels.items()))
    return "labels:" + hashlib.sha256(pairs.encode("utf-8", "replace")).hexdigest()[:32]
