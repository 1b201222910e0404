"""What a signed call says: the document that webhooks of hosted status pages send, so that what reads those reads ours."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tocsin.core import clock
from tocsin.statuspages.mirrors.ports import Message, Part, Said, Words
from tocsin.statuspages.outside.rules import DESCRIPTIONS, code, impact, indicator
from tocsin.statuspages.rules import RESOLVED


def document(message: Message, now: dt.datetime) -> dict[str, Any]:
    """`meta` and `page`, and `incident`, or `component` for a part that was set by hand, or neither in a test."""
    words = message.words
    states = [part.state for part in message.parts]
    goes_on = words is not None and words.planned is None and words.last.status != RESOLVED
    at_work = words is not None and words.last.status in ("in_progress", "verifying")
    worst = indicator([impact(states)] if goes_on else [], states, at_work=at_work)
    made: dict[str, Any] = {
        "meta": {"generated_at": clock.rfc3339(now), "test": words is None and not message.parts},
        "page": {"id": message.target.page or "tocsin", "status_indicator": worst, "status_description": DESCRIPTIONS[worst]},
    }
    if words is not None:
        made["incident"] = _incident(words, message.parts)
    elif message.parts:
        made["component"] = _component(message.parts[0])
    return made


def _incident(words: Words, parts: tuple[Part, ...]) -> dict[str, Any]:
    first, last = words.updates[0], words.last
    ended = last.status in (RESOLVED, "completed")
    made = {
        "id": code(words.entry),
        "name": words.title,
        "status": last.status,
        "impact": "maintenance" if words.planned else impact(part.state for part in parts),
        "shortlink": words.address,
        "started_at": clock.rfc3339(words.started_at),
        "created_at": clock.rfc3339(first.at),
        "updated_at": clock.rfc3339(last.at),
        "monitoring_at": next((clock.rfc3339(one.at) for one in words.updates if one.status == "monitoring"), None),
        "resolved_at": clock.rfc3339(last.at) if ended else None,
        "incident_updates": [_update(one, words.entry) for one in reversed(words.updates)],
        "components": [_component(part) for part in parts],
    }
    if words.planned is not None:
        made["scheduled_for"] = clock.rfc3339(words.planned.starts_at)
        made["scheduled_until"] = clock.rfc3339(words.planned.ends_at)
    return made


def _update(said: Said, entry: str) -> dict[str, Any]:
    at = clock.rfc3339(said.at)
    return {
        "id": code(said.id),
        "incident_id": code(entry),
        "status": said.status,
        "body": said.body,
        "created_at": at,
        "updated_at": at,
        "display_at": at,
    }


def _component(part: Part) -> dict[str, Any]:
    """Under the name that it has over there."""
    return {"id": code(part.id), "name": part.there, "status": part.state}
