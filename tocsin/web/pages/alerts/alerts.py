"""Alerts: the list with its filters in the address, acknowledging several at once, and one alert. Screens 3 and 4."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from tocsin.alerts import commands
from tocsin.alerts import queries as alerts
from tocsin.alerts.models import Alert
from tocsin.core.errors import Invalid
from tocsin.directory import queries as directory
from tocsin.paging import commands as paging
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import whole
from tocsin.web.frame import words
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.alerts import alert_rows

PAGE = 50
MOST = 200
VIEWS = (
    ("open", "Open"),
    ("triggered", "Triggered"),
    ("acknowledged", "Acknowledged"),
    ("resolved", "Resolved"),
    ("suppressed", "Recorded only"),
    ("all", "All"),
)


@allow(SIGNED_IN)
@require_GET
def listing(request: Request) -> HttpResponse:
    """`?status=&service=&q=&before=`, newest first, fifty a page."""
    status = request.GET.get("status", "open")
    service, q = request.GET.get("service", ""), request.GET.get("q", "")
    found = alerts.alerts(request.actor, status=None if status == "all" else status, service=service or None, q=q)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(number__lt=int(before))
    rows = alert_rows.rows(request.actor, list(found[: PAGE + 1]))
    context = {
        "rows": rows[:PAGE],
        "tickable": "responder" in request.actor.roles and any(row.alert.status == Alert.TRIGGERED for row in rows[:PAGE]),
        "older": rows[PAGE - 1].alert.number if len(rows) > PAGE else None,
        "counts": alerts.counts(request.actor),
        "services": directory.service_names(),
        "views": VIEWS,
        "status": status,
        "service": service,
        "q": q,
        "filtered": bool(service or q),
    }
    return render(request, "alerts.html", context)


@allow(RESPONDER)
@require_POST
def acknowledge_chosen(request: Request) -> HttpResponse:
    """Acknowledge the alerts ticked in the list; those that somebody has already are counted as theirs."""
    numbers = [number for text in request.POST.getlist("alert") if (number := whole(text)) is not None]
    if not numbers:
        raise Invalid("Tick at least one alert.", field="alert")
    if len(numbers) > MOST:
        raise Invalid(f"At most {MOST} alerts at once.", field="alert")
    mine = 0
    for number in numbers:
        alert = alerts.alert_by_number(request.actor, number)
        was = alert.status
        mine += commands.acknowledge(request.actor, alert, now=request.now).status != was
    messages.success(request, _said(mine, len(numbers) - mine))
    return redirect(back(request, "/alerts"))


def _said(mine: int, others: int) -> str:
    yours = f"You have {words.plural(mine, 'alert')} now." if mine else ""
    theirs = f"{words.plural(others, 'alert was', 'alerts were')} not waiting any more." if others else ""
    return f"{yours} {theirs}".strip()


@allow(SIGNED_IN)
@require_GET
def detail(request: Request, number: int) -> HttpResponse:
    """Everything known about one alert: what the source said, the way it took, who was told."""
    alert = alerts.alert_by_number(request.actor, number)
    return render(request, "alert.html", alert_rows.whole(request.actor, alert))


@allow(RESPONDER)
@require_POST
def acknowledge(request: Request, number: int) -> HttpResponse:
    alert = commands.acknowledge(request.actor, alerts.alert_by_number(request.actor, number), now=request.now)
    by = alert.acknowledged_by
    if by is not None and by.id != request.actor.id:
        messages.warning(request, f"{by.name} has it already.")
    elif alert.status == Alert.ACKNOWLEDGED:
        messages.success(request, f"You have #{alert.number} now. Nobody else is called for it.")
    return redirect(back(request, f"/a/{number}"))


@allow(RESPONDER)
@require_POST
def escalate(request: Request, number: int) -> HttpResponse:
    """Call the next step now."""
    alert = alerts.alert_by_number(request.actor, number)
    paging.escalate_now(request.actor, alert.id, now=request.now)
    messages.success(request, "The next step is called now.")
    return redirect(f"/a/{number}")


@allow(RESPONDER)
@require_POST
def resolve(request: Request, number: int) -> HttpResponse:
    alert = commands.resolve(request.actor, alerts.alert_by_number(request.actor, number), now=request.now)
    messages.success(request, f"#{alert.number} is resolved. If its source fires again, a new alert opens.")
    return redirect(f"/a/{number}")


def back(request: Request, otherwise: str) -> str:
    """Where a form wants its person to land: an address of ours, or `otherwise`."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/") else otherwise


urlpatterns = [
    path("alerts", listing, name="alerts"),
    path("alerts/acknowledge", acknowledge_chosen, name="alerts_acknowledge"),
    path("a/<int:number>", detail, name="alert"),
    path("a/<int:number>/acknowledge", acknowledge, name="alert_acknowledge"),
    path("a/<int:number>/escalate", escalate, name="alert_escalate"),
    path("a/<int:number>/resolve", resolve, name="alert_resolve"),
]
