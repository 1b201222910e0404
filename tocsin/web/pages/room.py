"""The war room: one home per incident, its tabs real addresses. Screen 7."""

from __future__ import annotations

import dataclasses
import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tocsin.alerts import queries as alerts
from tocsin.collab import queries as collab
from tocsin.core.errors import Invalid, Refused
from tocsin.incidents import commands, rules
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.incidents.queries import TimelineLine
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed, clean, whole
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages import incident_head, told
from tocsin.web.pages.addresses import at_incident

SHOWN = 120
TABS = (("everything", "Everything"), ("key-events", "Key events"), ("talk", "Talk"), ("alerts", "Alerts"))
RUNS = {"document.section_saved": "{} times saved", "incident.item_ticked": "{} lines ticked"}
SLASHES = {
    "/observe": "observation",
    "/observation": "observation",
    "/change": "change",
    "/decision": "decision",
    "/decide": "decision",
    "/escalation": "escalation",
    "/communication": "communication",
    "/status": "status",
}


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    text: str
    path: str
    count: int | None


@allow(SIGNED_IN)
@require_GET
def show(request: Request, key: str, tab: str = "everything") -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    if request.path != request.path.replace(request.path.split("/")[1], incident.key, 1):
        return redirect(request.path.replace(request.path.split("/")[1], incident.key, 1))
    return _room(request, incident, tab, Typed())


def _room(request: Request, incident: Incident, tab: str, form: Typed, *, status: int = 200) -> HttpResponse:
    lines = incidents.timeline(request.actor, incident)
    linked = list(incidents.linked_alerts(request.actor, incident))
    ledger = told.of(incident.id, request.now)
    head = incident_head.of(request, incident, paged_at=ledger.first_at)
    shown, older = _shown(lines, tab, request.GET.get("before", ""))
    context: dict[str, Any] = {
        "here": "incidents",
        "incident": incident,
        "head": head,
        "stage": head.stage,
        "roles": head.roles,
        "may_respond": head.may_respond,
        "postmortem": head.postmortem,
        "tab": tab,
        "tabs": _tabs(incident, lines, len(linked)),
        "lines": shown,
        "older": older,
        "alerts": linked,
        "state": collab.state(incident.id),
        "paged": ledger.people,
        "called": ledger.webhooks,
        "upcoming": ledger.next,
        "ttd": incidents.ttd(incident),
        "ttr": incidents.ttr(incident),
        "source": rules.SOURCES.get(incident.source, incident.source),
        "client_key": secrets.token_urlsafe(12),
        "form": form,
    }
    return render(request, "incident/room.html", context, status=status)


def _shown(lines: list[TimelineLine], tab: str, before: str) -> tuple[list[TimelineLine], int | None]:
    """The lines of one tab, newest first, and from where older ones follow."""
    if tab == "key-events":
        lines = [line for line in lines if _is_key(line)]
    elif tab == "talk":
        lines = [line for line in lines if _is_talk(line)]
    else:
        lines = list(_merged(lines))
    start = 0
    if whole(before) is not None:
        start = next((place + 1 for place, line in enumerate(lines) if line.id == whole(before)), 0)
    page = lines[start : start + SHOWN]
    return page, page[-1].id if len(lines) > start + SHOWN else None


def _merged(lines: list[TimelineLine]) -> Iterator[TimelineLine]:
    """Sections saved, or lines ticked, one after the other are one line: the document and the checklist have them all."""
    for name, run in itertools.groupby(lines, key=lambda line: line.event_name):
        same = list(run)
        if name in RUNS and len(same) > 1:
            yield dataclasses.replace(same[0], text=RUNS[name].format(len(same)))
        else:
            yield from same


def _is_key(line: TimelineLine) -> bool:
    return line.group == "key" and not line.quiet


def _is_talk(line: TimelineLine) -> bool:
    return line.event_name == "message.posted"


def _tabs(incident: Incident, lines: list[TimelineLine], alerts_linked: int) -> list[Tab]:
    counts = {
        "everything": None,
        "key-events": sum(_is_key(line) for line in lines),
        "talk": sum(_is_talk(line) for line in lines),
        "alerts": alerts_linked,
    }
    at = f"/{incident.key}"
    return [Tab(name, text, at if name == "everything" else f"{at}/{name}", counts[name]) for name, text in TABS]


@allow(SIGNED_IN)
@require_POST
def say(request: Request, key: str) -> HttpResponse:
    """A message, or a verb that begins with a slash: the same verbs as the buttons."""
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST)
    tab = request.POST.get("tab", "")
    tab = tab if tab in dict(TABS) else "everything"
    text = form.text("text", required="Write something first.", longest=8_000, lines=True)
    if form.ok:
        try:
            return redirect(
                _do(request, incident, text) or (f"/{incident.key}" if tab == "everything" else f"/{incident.key}/{tab}")
            )
        except Refused as refused:
            form.errors["text"] = refused.detail
    return _room(request, incident, tab, form, status=422)


def _do(request: Request, incident: Incident, text: str) -> str:
    """Carry out what was typed; where to go next, or nothing for back to the room."""
    verb, _, rest = text.partition(" ")
    if not text.startswith("/") or text.startswith("//"):
        commands.say(
            request.actor, incident, text, client_key=clean(request.POST.get("client_key", ""))[:64] or None, now=request.now
        )
        return ""
    if verb in SLASHES:
        commands.note(request.actor, incident, kind=SLASHES[verb], text=rest, now=request.now)
        return ""
    if verb == "/sev":
        if rest.strip() not in {"1", "2", "3"}:
            raise Invalid("Write /sev 1, /sev 2 or /sev 3.", field="text")
        commands.set_severity(request.actor, incident, int(rest), now=request.now)
        return ""
    if verb in {"/page", "/update", "/resolve"}:
        return f"/{incident.key}{verb}"
    raise Invalid(f"There is no {verb[:20]}. Use /decision, /observe, /change, /sev, /page, /update or /resolve.", field="text")


@allow(RESPONDER)
@require_POST
def link_alert(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST)
    number = form.text("number", required="Write the number of the alert, such as 4821.", longest=20).lstrip("#")
    if form.ok and whole(number) is None:
        form.errors["number"] = "An alert number has digits only, such as 4821."
    if form.ok:
        try:
            commands.link_alert(request.actor, incident, alerts.alert_by_number(request.actor, int(number)), now=request.now)
            return redirect(f"/{incident.key}/alerts")
        except Refused as refused:
            form.errors["number"] = refused.detail
    return _room(request, incident, "alerts", form, status=422)


@allow(SIGNED_IN)
def alerts_tab(request: Request, key: str) -> HttpResponse:
    """One address: reading the tab, and linking an alert to it."""
    return link_alert(request, key) if request.method == "POST" else show(request, key, "alerts")


@allow(SIGNED_IN)
@require_GET
def history(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    lines = list(reversed(incidents.history(request.actor, incident)))
    return render(request, "incident/history.html", {"here": "incidents", "incident": incident, "lines": lines})


@allow(SIGNED_IN)
@require_GET
def catch_up(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    context = {
        "here": "incidents",
        "incident": incident,
        "summary": incidents.catch_up(request.actor, incident),
        "head": incident_head.of(request, incident),
        "room": collab.room(incident.id),
    }
    return render(request, "incident/catch_up.html", context)


@allow(SIGNED_IN)
@require_GET
def text(request: Request, key: str) -> HttpResponse:
    """Everything that matters, as plain text below 10 KB, for a train tunnel or a terminal."""
    incident = incidents.by_key(request.actor, key)
    context = {
        "here": "incidents",
        "incident": incident,
        "summary": incidents.catch_up(request.actor, incident),
        "head": incident_head.of(request, incident),
        "lines": incidents.timeline(request.actor, incident, limit=40),
        "site": request.build_absolute_uri(f"/{incident.key}"),
    }
    return render(request, "incident/text.txt", context, content_type="text/plain; charset=utf-8")


urlpatterns = [
    at_incident("", show),
    at_incident("/alerts", alerts_tab),
    *[at_incident(f"/{name}", show, tab=name) for name in ("key-events", "talk")],
    at_incident("/say", say),
    at_incident("/history", history),
    at_incident("/catch-up", catch_up),
    at_incident("/text", text),
]
