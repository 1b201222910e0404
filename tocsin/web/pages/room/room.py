"""The war room: one home per incident, its tabs real addresses. Screen 7."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tocsin.alerts import queries as alerts
from tocsin.collab import queries as collab
from tocsin.collab.documents import queries as documents
from tocsin.collab.rules import REACTIONS
from tocsin.core.errors import Refused
from tocsin.incidents import commands, ports, rules
from tocsin.incidents import queries as incidents
from tocsin.incidents.iterating import queries
from tocsin.incidents.linking import queries as linking
from tocsin.incidents.models import Incident
from tocsin.incidents.queries import TimelineLine
from tocsin.incidents.template import queries as prepared
from tocsin.insights.follow_up import follow_up
from tocsin.statuspages.held import queries as held
from tocsin.statuspages.lists import queries as mailing
from tocsin.statuspages.mirrors import queries as mirrors
from tocsin.statuspages.questions import queries as questions
from tocsin.statuspages.second_reading import queries as second_reading
from tocsin.statuspages.second_reading.models import SecondReading
from tocsin.web import uploads
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed, whole
from tocsin.web.frame.sheet import render_with_sheet
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.alerts import told
from tocsin.web.pages.incidents import incident_head
from tocsin.web.pages.incidents.addresses import at_incident
from tocsin.web.pages.room import log


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
    given = {"reply_to": request.GET.get("reply", ""), "text": request.GET.get("say", "")[:2_000]}
    return page(request, incident, tab, Typed(initial=given))


def page(request: Request, incident: Incident, tab: str, form: Typed, *, status: int = 200) -> HttpResponse:
    """The room with one tab open; `form` holds what was typed and why it was not taken."""
    lines = incidents.timeline(request.actor, incident)
    room = collab.room(incident.id)
    visitors = collab.visitors(room, request.now)
    ledger = told.of(incident.id, request.now)
    head = incident_head.of(request, incident, paged_at=ledger.first_at)
    plan = prepared.plan(request.actor, incident)
    told_by_mail = prepared.followers(request.actor, incident)
    shown, older = log.of_tab(lines, tab, request.GET.get("before", ""))
    context: dict[str, Any] = {
        "here": "incidents",
        "incident": incident,
        "head": head,
        "stage": head.stage,
        "roles": head.roles,
        "may_respond": head.may_respond,
        "postmortem": head.postmortem,
        "tab": tab,
        "tabs": _tabs(incident, lines, incidents.linked_count(incident)),
        "older": older,
        "lines_arrive": tab == "everything" and not request.GET.get("before"),
        "alerts": incidents.linked_alerts(request.actor, incident) if tab == "alerts" else [],
        "state": documents.state(incident.id),
        "loop": queries.loop(request.actor, incident, visitors, request.now),
        "paged": ledger.people,
        "called": ledger.webhooks,
        "upcoming": ledger.next,
        "ttd": incidents.ttd(incident),
        "ttr": incidents.ttr(incident),
        "source": rules.SOURCES.get(incident.source, incident.source),
        "after": follow_up(request.actor, incident) if incident.state == Incident.RESOLVED else None,
        "held": held.waiting(incident),
        "drafts": _drafts(incident, lines),
        "behind": incidents.vendor_reports(request.actor, incident, request.now),
        "plan": plan,
        "links": linking.made(request.actor, incident),
        "topic": room.topic if room else "",
        "followers": told_by_mail,
        "follower_ids": [one.id for one in told_by_mail],
        "form": form,
        "visitors": visitors,
        "asked": questions.waiting(incident),
        "told_lists": mailing.told_lists(incident),
        "mirrored": mirrors.told(incident) if head.facts.last_status else [],
        **_talk(request, incident, shown, next((one.place for one in visitors if one.id == request.actor.id), None), form),
    }
    return render_with_sheet(request, "incident/room.html", context, status=status)


def _talk(request: Request, incident: Incident, shown: list[TimelineLine], place: int | None, form: Typed) -> dict[str, Any]:
    """What the log and the form under it need; `place` is up to where the reader has read."""
    answered = collab.message(incident.id, str(form["reply_to"]))
    return {
        "rows": log.rows(shown, request.actor.id, place),
        "reply": collab.quoted(answered) if answered else None,
        "client_key": secrets.token_urlsafe(12),
        "file_limit": uploads.file_limit(),
        "reactions": REACTIONS.items(),
    }


def _drafts(incident: Incident, lines: list[TimelineLine]) -> list[SecondReading]:
    """What waits for a second reader. The log, which is here already, says whether anybody was ever asked."""
    asked = any(line.event_name == "reading.asked" for line in lines)
    return second_reading.under_way(incident) if asked else []


def _tabs(incident: Incident, lines: list[TimelineLine], alerts_linked: int) -> list[Tab]:
    counts = {
        "everything": None,
        "key-events": sum(log.is_key(line) for line in lines),
        "talk": sum(log.is_talk(line) for line in lines),
        "alerts": alerts_linked,
    }
    at = f"/{incident.key}"
    return [Tab(name, text, at if name == "everything" else f"{at}/{name}", counts[name]) for name, text in log.TABS]


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
    return page(request, incident, "alerts", form, status=422)


@allow(SIGNED_IN)
def alerts_tab(request: Request, key: str) -> HttpResponse:
    """One address: reading the tab, and linking an alert to it."""
    return link_alert(request, key) if request.method == "POST" else show(request, key, "alerts")


@allow(SIGNED_IN)
@require_GET
def video(request: Request, key: str) -> HttpResponse:
    """Into the video call. What lets a person in is made here and now, and is in no page, mail or log."""
    incident = incidents.by_key(request.actor, key)
    address = ports.video_entrance(incident, {"id": request.actor.id, "name": request.actor.name}, request.now)
    if not address:
        messages.warning(request, "There is no address of a video call here.")
        return redirect(f"/{incident.key}")
    response = redirect(address)
    response["Cache-Control"], response["Referrer-Policy"] = "no-store", "no-referrer"
    return response


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
    summary = incidents.catch_up(request.actor, incident, now=request.now)
    room = collab.room(incident.id)
    context = {
        "here": "incidents",
        "incident": incident,
        "summary": summary,
        "since": log.rows(summary.since, request.actor.id),
        "missed": log.rows(summary.missed, request.actor.id),
        "head": incident_head.of(request, incident),
        "visitors": collab.visitors(room, request.now),
        "room": room,
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
        "summary": incidents.catch_up(request.actor, incident, now=request.now),
        "head": incident_head.of(request, incident),
        "lines": incidents.timeline(request.actor, incident, limit=40),
        "site": request.build_absolute_uri(f"/{incident.key}"),
    }
    return render(request, "incident/text.txt", context, content_type="text/plain; charset=utf-8")


urlpatterns = [
    at_incident("", show),
    at_incident("/alerts", alerts_tab),
    *[at_incident(f"/{name}", show, tab=name) for name in ("key-events", "talk")],
    at_incident("/video", video),
    at_incident("/history", history),
    at_incident("/catch-up", catch_up),
    at_incident("/text", text),
]
