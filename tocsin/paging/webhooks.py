"""What a call of a webhook says, worked out at each try from what the step knew. Reads only."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from tocsin.core import clock
from tocsin.core.ids import is_id
from tocsin.oncall import webhooks as oncall
from tocsin.oncall.models import Webhook
from tocsin.paging import rules, wording
from tocsin.paging.models import Escalation, WebhookCall
from tocsin.paging.ports import WebhookMessage, webhooks

_KINDS = {"alt": "alert", "inc": "incident"}


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """A claimed call and its message; without one, the reason why it must not be made."""

    call: WebhookCall
    message: WebhookMessage | None
    reason: str = ""


def prepare(claimed: Sequence[WebhookCall], now: dt.datetime) -> list[OutgoingCall]:
    """What to do with calls that were just claimed. One query, and one for each subject."""
    rows = WebhookCall.objects.select_related("webhook", "escalation").in_bulk([call.pk for call in claimed])
    return [_outgoing(call, rows[call.pk], now) for call in claimed if call.pk in rows]


def _outgoing(claimed: WebhookCall, fresh: WebhookCall, now: dt.datetime) -> OutgoingCall:
    fresh.fence, fresh.tries, fresh.work_state = claimed.fence, claimed.tries, claimed.work_state
    if fresh.webhook is None:
        return OutgoingCall(fresh, None, "the webhook was removed")
    if fresh.escalation is not None and fresh.escalation.state != Escalation.RUNNING:
        return OutgoingCall(fresh, None, "somebody answered before")
    if fresh.was_heard and not fresh.webhook.tells_private and webhooks.is_private(fresh.subject):
        return OutgoingCall(fresh, None, "it became private")
    body = json.dumps(body_of(fresh), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return OutgoingCall(fresh, WebhookMessage(fresh.idempotency_key, fresh.webhook.address, body, _secrets(fresh.webhook, now)))


def _secrets(webhook: Webhook, now: dt.datetime) -> tuple[str, ...]:
    """None when they were encrypted with another key: the call then fails and says so."""
    try:
        return oncall.secrets_of(webhook, now)
    except ValueError:
        return ()


def body_of(call: WebhookCall) -> dict[str, Any]:
    """The document of a call: `type`, `timestamp` (when the step was taken, or what is told happened) and `data`.

    A step tells key, severity and link of a private incident: whoever opens the link has to be let in.
    """
    return {"type": call.kind, "timestamp": clock.rfc3339(call.created_at), "data": _data(call)}


def _data(call: WebhookCall) -> dict[str, Any]:
    escalation = call.escalation
    if call.was_heard:
        return dict(call.said)
    if escalation is None:
        return {"webhook": call.name, "message": "Somebody tries this webhook. Nothing is wrong."}
    private = webhooks.is_private(escalation.subject)
    return {"escalation": _escalation(escalation, call, private), "subject": _subject(escalation, private)}


def _escalation(escalation: Escalation, call: WebhookCall, private: bool) -> dict[str, Any]:
    said = call.said
    return {
        "id": escalation.id,
        "policy": str(escalation.snapshot.get("policy", "")),
        "urgency": escalation.urgency,
        "step": said.get("step"),
        "steps": said.get("steps"),
        "round": said.get("round"),
        "paged": [] if private else said.get("paged", []),
    }


def _subject(escalation: Escalation, private: bool) -> dict[str, Any]:
    card = escalation.card if isinstance(escalation.card, dict) else {}
    path = str(card.get("path") or "/")
    kind = next((name for prefix, name in _KINDS.items() if is_id(escalation.subject, prefix)), "")
    return {
        "id": escalation.subject,
        "kind": kind,
        "key": wording.one_line(card.get("key") or "", 30),
        "severity": wording.severity_word(card, escalation.urgency),
        "title": "Private incident" if private else wording.one_line(card.get("title") or "no title", 400),
        "service": None if private else wording.one_line(card.get("service") or "", 120) or None,
        "private": private,
        "started_at": card.get("started_at") or None,
        "url": settings.TOCSIN.base_url.rstrip("/") + (path if path.startswith("/") else "/"),
    }


def key_of(escalation: str, walk: rules.Walk, webhook: str) -> str:
    """The same however often this place is taken or the call is tried; another in the next round."""
    return hashlib.sha256(f"{escalation}:{walk.cycle}:{walk.step}:{webhook}".encode()).hexdigest()[:32]


def page_of(webhook: Webhook) -> str:
    """The address of its page."""
    return f"{settings.TOCSIN.base_url.rstrip('/')}/webhooks/{webhook.slug}"
