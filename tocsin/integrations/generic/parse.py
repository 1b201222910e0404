"""The generic door: `{"title", "dedup_key", "status", "severity", "description", "url"}`."""

from __future__ import annotations

from typing import Any

from tocsin.alerts.ports import FIRING, RESOLVED, ParsedEvent, Unreadable
from tocsin.integrations import plain


def parse(document: Any) -> list[ParsedEvent]:
    """One event. Raises Unreadable when neither a title nor a key says what it is about."""
    if not isinstance(document, dict):
        raise Unreadable("the body is not an object")
    title = plain.text(document.get("title")).strip()
    key = plain.text(document.get("dedup_key")).strip()
    if not title and not key:
        raise Unreadable("title is missing")
    resolved = plain.text(document.get("status")).strip().lower() == RESOLVED
    return [
        ParsedEvent(
            dedup_key=key,
            title=title or key,
            status=RESOLVED if resolved else FIRING,
            severity=plain.text(document.get("severity")),
            description=plain.text(document.get("description")),
            url=plain.text(document.get("url")),
            labels=plain.mapping(document.get("labels")),
        )
    ]
