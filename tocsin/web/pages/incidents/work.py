"""Streams of work and the change log of an incident: what runs side by side, what was changed and how it is taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.errors import Refused, Stale
from tocsin.directory import queries as directory
from tocsin.directory.models import Person
from tocsin.incidents import commands
from tocsin.incidents import queries as incidents
from tocsin.incidents.iterating import queries, rules
from tocsin.incidents.iterating.models import Stream
from tocsin.incidents.models import Incident
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents import incident_head
from tocsin.web.pages.incidents.addresses import at_incident

_HOW_BACK = "How is it taken back? Write it, or log the change without."
_TEXTS = ("step", "next_steps", "towards")


@allow(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def streams(request: Request, key: str) -> HttpResponse:
    """The streams of work, and a form for a new one."""
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST)
    if request.method == "POST":
        fields = _read(request, form)
        title = fields.pop("title")
        if form.ok:
            try:
                commands.open_stream(request.actor, incident, title, **fields, now=request.now)
                return redirect(f"/{incident.key}/streams")
            except Refused as refused:
                form.refuse(refused)
    rows = list(queries.streams(request.actor, incident))
    return _page(request, incident, "streams", form, streams=rows, people=_people(request))


def _read(request: Request, form: Typed) -> dict[str, Any]:
    wanted = form.text("lead", longest=40)
    lead = next((one for one in _people(request) if one.id == wanted), None)
    if wanted and lead is None:
        form.errors["lead"] = "Choose a person from the list."
    title = form.text("title", required="Give it a name.", longest=120)
    return {"title": title, "lead": lead, **{name: form.text(name, lines=True, longest=2_000) for name in _TEXTS}}


def _people(request: Request) -> list[Person]:
    return list(directory.people(request.actor, active=True).exclude(role=Person.STAKEHOLDER))


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def stream(request: Request, key: str, stream_number: int) -> HttpResponse:
    """One stream: its current step, what comes next, whether it is done."""
    incident = incidents.by_key(request.actor, key)
    found = queries.stream(request.actor, incident, stream_number)
    form = Typed(request.POST, initial=_as_typed(found))
    if request.method == "POST":
        fields = _read(request, form) | {"state": form.choice("state", rules.STREAM_STATES, wrong="Open or done.")}
        version = form.number("version", least=1)
        if form.ok:
            try:
                commands.change_stream(request.actor, found, version=version, **fields, now=request.now)
                return redirect(f"/{incident.key}/streams")
            except Stale as stale:
                found = stale.current or found
                form.errors["form"] = f"{stale.detail} It is now: {found.step or 'nothing'}. Save again what should stand."
                form.values["version"] = str(found.version)
            except Refused as refused:
                form.refuse(refused)
    return _page(request, incident, "stream", form, stream=found, people=_people(request), states=rules.STREAM_STATES.items())


def _as_typed(found: Stream) -> dict[str, Any]:
    plain = {name: getattr(found, name) for name in ("title", "state", *_TEXTS)}
    return {**plain, "lead": found.lead_id or "", "version": str(found.version)}


@allow(SIGNED_IN)
@require_GET
def changes(request: Request, key: str) -> HttpResponse:
    """The change log; what has no way back stands on top. `?what=` begins the form with what was typed into the room."""
    given = {name: request.GET.get(name, "")[:1_000] for name in ("what", "revert", "restarts")}
    form = Typed(initial=given)
    if given["what"] and not given["revert"]:
        form.errors["revert"] = _HOW_BACK
    if given["what"] and given["restarts"]:
        form.errors["evidence"] = "Is what shows the cause kept, or will it be lost?"
    return _changes(request, incidents.by_key(request.actor, key), form)


def _changes(request: Request, incident: Incident, form: Typed) -> HttpResponse:
    rows = list(queries.changes(request.actor, incident))
    asks = {"evidence": rules.EVIDENCE.items(), "evidence_prompt": rules.EVIDENCE_PROMPT}
    return _page(request, incident, "changes", form, changes=rows, asked=queries.unreverted(rows), **asks)


@allow(RESPONDER)
@require_POST
def log_change(request: Request, key: str) -> HttpResponse:
    """A change without a way back is asked for it once; `do=anyway` logs it, and it stays on the list of what is asked."""
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST)
    what = form.text("what", required="Say what was changed.", lines=True, longest=1_000)
    more: dict[str, Any] = {name: form.text(name, lines=True, longest=1_000) for name in ("why", "how", "revert")}
    who = form.text("who", longest=200)
    at = form.when("at", zone=request.actor.zone, now=request.now, past=True)
    if form.ok and not more["revert"] and request.POST.get("do") != "anyway":
        form.errors["revert"] = _HOW_BACK
    evidence: dict[str, Any] = {"restarts": form.ticked("restarts"), "evidence": form.text("evidence", longest=10)}
    if form.ok:
        try:
            commands.log_change(request.actor, incident, what, **more, **evidence, who=who, at=at, now=request.now)
            return redirect(f"/{incident.key}/changes")
        except Refused as refused:
            form.refuse(refused)
    return _changes(request, incident, form)


@allow(RESPONDER)
@require_POST
def revert(request: Request, key: str, change_number: int) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    found = queries.change(request.actor, incident, change_number)
    form = Typed()
    try:
        commands.state_revert(request.actor, found, request.POST.get("revert", ""), now=request.now)
        return redirect(f"/{incident.key}/changes")
    except Refused as refused:
        form.errors["form"] = refused.detail
    return _changes(request, incident, form)


def _page(request: Request, incident: Incident, name: str, form: Typed, **more: Any) -> HttpResponse:
    context = {"here": "incidents", "incident": incident, "head": incident_head.of(request, incident), "form": form, **more}
    return render(request, f"incident/{name}.html", context, status=200 if form.ok or request.method == "GET" else 422)


urlpatterns = [
    at_incident("/streams", streams),
    at_incident("/streams/<int:stream_number>", stream),
    at_incident("/changes", changes),
    at_incident("/changes/log", log_change),
    at_incident("/changes/<int:change_number>", revert),
]
