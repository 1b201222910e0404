"""The only writers of this room: escalations begin, step and stop; pages are answered; attempts get their results."""

from __future__ import annotations

from tocsin.paging.commands.answers import acknowledge, acknowledge_subject, pass_on, resolve
from tocsin.paging.commands.ending import stop
from tocsin.paging.commands.escalations import escalate_now, page_person, page_schedule, send_test, start_escalation
from tocsin.paging.commands.hold import release_hold
from tocsin.paging.commands.webhooks import send_again, tell, try_webhook

__all__ = (
    "acknowledge",
    "acknowledge_subject",
    "escalate_now",
    "page_person",
    "page_schedule",
    "pass_on",
    "release_hold",
    "resolve",
    "send_again",
    "send_test",
    "start_escalation",
    "stop",
    "tell",
    "try_webhook",
)
