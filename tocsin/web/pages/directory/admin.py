"""Administration: health, the message log, the audit log, every token, the settings in force. Screen 26."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from tocsin.alerts.models import IntakeEvent
from tocsin.core.errors import NotFound
from tocsin.core.eventlog import events, sealing
from tocsin.core.eventlog.search import search
from tocsin.core.models import DueRow, EngineLease, OutboxMail
from tocsin.core.settings import Settings
from tocsin.core.store import db
from tocsin.core.work import leases
from tocsin.directory import commands, queries
from tocsin.paging import queries as paging
from tocsin.paging.models import Attempt, Escalation, WebhookCall
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import ADMINISTRATOR, allow
from tocsin.web.pages.directory import missing

PAGE = 100
_SECRET = ("secret_key", "smtp_url", "database_url")
_QUEUES: tuple[tuple[str, type[DueRow]], ...] = (
    ("Alerts to understand", IntakeEvent),
    ("Escalations to step", Escalation),
    ("Pages to send", Attempt),
    ("Webhooks to call", WebhookCall),
    ("Other mails", OutboxMail),
)


@dataclass(frozen=True, slots=True)
class Queue:
    """Work that waits. `late` is how far the oldest is past its time, None when nothing is late."""

    name: str
    late: dt.timedelta | None

    @property
    def is_red(self) -> bool:
        return self.late is not None and self.late > dt.timedelta(seconds=5)


@allow(ADMINISTRATOR)
@require_GET
def health(request: Request) -> HttpResponse:
    points = missing.points(request.user, request.now)
    context = {
        "proof": paging.proof(request.now),
        "queues": [Queue(name, leases.oldest_due(model, request.now)) for name, model in _QUEUES],
        "modules": list(EngineLease.objects.filter(last_run_at__isnull=False).order_by("name")),
        "unsealed": sealing.oldest_unsealed(request.now),
        "position": events.last_position(),
        "store": db.server_words(),
        "missing": [point for point in points if not point.done],
        "broken": list(queries.broken_methods()),
    }
    return render(request, "admin/health.html", context)


@allow(ADMINISTRATOR)
@require_GET
def message_log(request: Request) -> HttpResponse:
    """`?failed=1&before=<att_…>`: every message of a page, and the latest other mails."""
    failed = bool(request.GET.get("failed"))
    rows = paging.attempts(request.actor, failed=failed)
    if request.GET.get("before"):
        rows = rows.filter(id__lt=request.GET["before"][:32])
    attempts = list(rows[: PAGE + 1])
    mails = OutboxMail.objects.order_by("-created_at")
    if failed:
        mails = mails.filter(work_state=OutboxMail.FAILED)
    context = {
        "attempts": attempts[:PAGE],
        "older": attempts[PAGE - 1].id if len(attempts) > PAGE else "",
        "mails": list(mails[:20]),
        "failed": failed,
    }
    return render(request, "admin/messages.html", context)


@allow(ADMINISTRATOR)
@require_GET
def audit(request: Request) -> HttpResponse:
    """`?q=&before=<position>`: who changed what, newest first."""
    q, before = request.GET.get("q", ""), request.GET.get("before", "")
    limit = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    rows = list(search(q, before=limit)[: PAGE + 1])
    context = {"events": rows[:PAGE], "older": rows[PAGE - 1].position if len(rows) > PAGE else None, "q": q}
    return render(request, "admin/audit.html", context)


@allow(ADMINISTRATOR)
@require_GET
def tokens(request: Request) -> HttpResponse:
    return render(request, "admin/tokens.html", {"tokens": list(queries.all_tokens(request.actor)[:500])})


@allow(ADMINISTRATOR)
@require_POST
def revoke_token(request: Request, token_id: str) -> HttpResponse:
    token = queries.all_tokens(request.actor).filter(pk=token_id).first()
    if token is None:
        raise NotFound("There is no such token.")
    commands.revoke_token(request.actor, token, now=request.now)
    messages.success(request, f"{token.name} of {token.person.name} is revoked.")
    return redirect("admin_tokens")


@allow(ADMINISTRATOR)
@require_GET
def shown_settings(request: Request) -> HttpResponse:
    rows = [_setting(name, field) for name, field in Settings.model_fields.items()]
    return render(request, "admin/settings.html", {"rows": rows, "mails": queries.mails()})


def _setting(name: str, field: Any) -> dict[str, str]:
    """One setting as it is in force; whatever may hold a password says only whether it is set."""
    value = getattr(settings.TOCSIN, name)
    shown = ("set" if value else "not set") if name in _SECRET else "" if value is None else str(value)
    return {"name": f"TOCSIN_{name.upper()}", "value": shown, "description": field.description or ""}


urlpatterns = [
    path("admin", health, name="admin"),
    path("admin/messages", message_log, name="admin_messages"),
    path("admin/audit", audit, name="admin_audit"),
    path("admin/tokens", tokens, name="admin_tokens"),
    path("admin/tokens/<str:token_id>/revoke", revoke_token, name="admin_token_revoke"),
    path("admin/settings", shown_settings, name="admin_settings"),
]
