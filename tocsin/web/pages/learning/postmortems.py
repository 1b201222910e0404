"""Postmortems: read, write field by field, move from draft to published; the library. Screens 20 and 21."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.errors import NotFound, Refused, Stale
from tocsin.directory import permissions as access
from tocsin.directory import queries as directory
from tocsin.directory.models import Person
from tocsin.incidents import queries as incidents
from tocsin.incidents.attention import queries as attention
from tocsin.incidents.linking import queries as linking
from tocsin.incidents.models import Incident
from tocsin.postmortems import commands, queries, rules
from tocsin.postmortems.models import Postmortem
from tocsin.statuspages import queries as statuspages
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed, page_number
from tocsin.web.frame import words
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents.addresses import at_incident
from tocsin.web.pages.learning import actions

PAGE = 50
TITLES = dict(rules.FIELDS) | {"mitigation": "Mitigation"}
HINTS = {
    "title": "The key and one line.",
    "summary": "Severity, when and how long, who noticed, what changed, how many customers. A few sentences.",
    "impact": "What customers and colleagues saw, in numbers. Support cases.",
    "mitigation": "What was tried and what ended it, in order.",
    "causes": "The chain of whys down to what must change to stop this class of incident. Unknown is an answer.",
    "timeline": "One line each: lead-up, start, detection, escalations, decisions, changes, end. Name the zone.",
    "references": "Alerts, graphs, changes, tickets.",
}
BEFORE_APPROVAL = (Postmortem.DRAFT, Postmortem.IN_APPROVAL)
MOVES = {
    Postmortem.DRAFT: (("request_approval", "Request approval", True),),
    Postmortem.IN_APPROVAL: (("back_to_draft", "Back to draft", False), ("approve", "Approve", True)),
    Postmortem.APPROVED: (("back_to_draft", "Back to draft", False), ("publish", "Publish", True)),
    Postmortem.PUBLISHED: (),
}
_VERBS = {verb for moves in MOVES.values() for verb, _, _ in moves}


@dataclass(frozen=True, slots=True)
class Field:
    """One part of the text: its name in the model, its title, what belongs there, what it says."""

    name: str
    title: str
    hint: str
    text: str


@dataclass(frozen=True, slots=True)
class Lint:
    """Something to settle: what, why, and where it is mended."""

    what: str
    why: str
    fix: str = ""
    path: str = ""
    stops: bool = False


@allow(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def show(request: Request, key: str) -> HttpResponse:
    """The postmortem of an incident; POST starts one where none is."""
    incident = incidents.by_key(request.actor, key)
    postmortem = queries.by_incident(request.actor, incident)
    if postmortem is not None:
        return _show(request, incident, postmortem) if request.method == "GET" else redirect(request.path)
    people = _people(request)
    problem = ""
    if request.method == "POST":
        owner = next((person for person in people if person.id == request.POST.get("owner")), None)
        try:
            commands.start(request.actor, incident, owner=owner, now=request.now)
            return redirect(f"/{incident.key}/postmortem")
        except Refused as refused:
            problem = refused.detail
    context = {"here": "postmortems", "incident": incident, "people": people, "problem": problem, "may_edit": _may(request)}
    return render(request, "postmortem/missing.html", context, status=422 if problem else 200)


def _show(request: Request, incident: Incident, postmortem: Postmortem) -> HttpResponse:
    rows = actions.rows(queries.actions(request.actor, incident=incident), request.now)
    lints = _lints(incident, postmortem, rows)
    first = statuspages.updates_of(incident).last()
    context = {
        "here": "postmortems",
        "incident": incident,
        "postmortem": postmortem,
        "linked": linking.keys_linking_to(request.actor, [postmortem.id]).get(postmortem.id, []),
        "state_word": rules.STATES[postmortem.state].lower(),
        "states": rules.STATES.items(),
        "fields": [_field(postmortem, name) for name in rules.FIELDS if name != "title"],
        "moves": MOVES[postmortem.state],
        "may_edit": _may(request),
        "editable": postmortem.state != Postmortem.PUBLISHED,
        "posts": attention.posts(request.actor, incident).count(),
        "ttd": incidents.ttd(incident),
        "ttr": incidents.ttr(incident),
        "first_words": first.at - incident.created_at if first else None,
        "actions": rows,
        "actions_said": _actions_said(rows),
        "lints": lints,
        "lints_said": words.plural(len(lints), "hint") if lints else "",
        "people": _people(request),
        "approver": queries.suggested_approver(postmortem) if postmortem.state in BEFORE_APPROVAL else None,
    }
    return render(request, "postmortem/show.html", context)


def _field(postmortem: Postmortem, name: str) -> Field:
    return Field(name, TITLES[name], HINTS[name], getattr(postmortem, name))


def _actions_said(rows: list[actions.Row]) -> str:
    preventing = sum(row.category in {"mitigate_future", "prevent_future"} for row in rows)
    return f"{len(rows)}, of which {preventing} for the next time" if rows else ""


def _lints(incident: Incident, postmortem: Postmortem, rows: list[actions.Row]) -> list[Lint]:
    at = f"/{incident.key}/postmortem"
    found = []
    if not postmortem.causes or "currently unknown" in postmortem.causes:
        found.append(
            Lint("The root cause is unknown.", "Say what must change to stop this class of incident.", "Write it", f"{at}/causes")
        )
    if not any(row.category in {"mitigate_future", "prevent_future"} for row in rows):
        found.append(
            Lint("No action is for the next time.", "One should mitigate or prevent it.", "Add one", f"/{incident.key}/actions/new")
        )
    found += [
        Lint(f"{rules.FIELDS[name]} is empty.", "Unknown is fine, blank is not.", "Write it", f"{at}/{name}")
        for name in ("summary", "impact", "mitigation")
        if not getattr(postmortem, name)
    ]
    found += [
        Lint(f"The {title} is unknown.", "It counts in the reports.", "Set it", f"/{incident.key}/times")
        for name, title in (("impact_started_at", "start of impact"), ("impact_ended_at", "end of impact"))
        if getattr(incident, name) is None
    ]
    return found


def _may(request: Request) -> bool:
    return access.is_responder(request.actor)


def _people(request: Request) -> list[Person]:
    return list(directory.people(request.actor, active=True).exclude(role=Person.STAKEHOLDER))


def _of(request: Request, key: str) -> tuple[Incident, Postmortem]:
    incident = incidents.by_key(request.actor, key)
    postmortem = queries.by_incident(request.actor, incident)
    if postmortem is None:
        raise NotFound(f"There is no postmortem of {incident.key} yet.")
    return incident, postmortem


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def edit(request: Request, key: str, field: str) -> HttpResponse:
    """One field as a form. Saving over somebody else's change of the same field shows both texts."""
    incident, postmortem = _of(request, key)
    if field not in rules.FIELDS:
        raise NotFound("A postmortem has no such part.")
    if request.method == "GET":
        return _edit(request, incident, postmortem, field, Typed(initial={"text": getattr(postmortem, field)}))
    form = Typed(request.POST)
    text = form.text("text", lines=field != "title", longest=100_000)
    version = form.number("version", least=1)
    if version != postmortem.version and request.POST.get("began") == _mark(getattr(postmortem, field)):
        version = postmortem.version
    if not form.ok:
        return _edit(request, incident, postmortem, field, form, status=422)
    try:
        commands.change(request.actor, postmortem, version=version, now=request.now, **{field: text})
    except Stale as stale:
        fresh = stale.current or postmortem
        return _edit(request, incident, fresh, field, form, theirs=getattr(fresh, field), status=409)
    except Refused as refused:
        form.errors["text"] = refused.detail
        return _edit(request, incident, postmortem, field, form, status=refused.status)
    return redirect(f"/{incident.key}/postmortem")


def _mark(text: str) -> str:
    """What the field said when the form was drawn, short: other fields may change meanwhile without a conflict."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _edit(request: Request, incident: Incident, postmortem: Postmortem, field: str, form: Typed, **more: Any) -> HttpResponse:
    context = {
        "here": "postmortems",
        "incident": incident,
        "field": _field(postmortem, field),
        "form": form,
        "version": postmortem.version,
        "began": _mark(getattr(postmortem, field)),
        "theirs": more.get("theirs"),
    }
    return render(request, "postmortem/edit.html", context, status=more.get("status", 200))


@allow(RESPONDER)
@require_POST
def move(request: Request, key: str) -> HttpResponse:
    """Request approval, approve, publish, or back to draft."""
    incident, postmortem = _of(request, key)
    verb = request.POST.get("do", "")
    if verb in _VERBS:
        try:
            getattr(commands, verb)(request.actor, postmortem, now=request.now)
        except Refused as refused:
            messages.warning(request, refused.detail)
    return redirect(f"/{incident.key}/postmortem")


@allow(RESPONDER)
@require_POST
def owner(request: Request, key: str) -> HttpResponse:
    incident, postmortem = _of(request, key)
    chosen = next((person for person in _people(request) if person.id == request.POST.get("owner")), None)
    try:
        commands.set_owner(request.actor, postmortem, chosen, now=request.now)
    except Refused as refused:
        messages.warning(request, refused.detail)
    return redirect(f"/{incident.key}/postmortem")


@allow(SIGNED_IN)
@require_GET
def export(request: Request, key: str) -> HttpResponse:
    incident, postmortem = _of(request, key)
    response = HttpResponse(queries.export(postmortem), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{incident.key}-postmortem.md"'
    return response


@allow(SIGNED_IN)
@require_GET
def library(request: Request) -> HttpResponse:
    asked = request.GET
    state = asked.get("state", "") if asked.get("state", "") in rules.STATES else ""
    page = page_number(asked.get("page", ""))
    found = list(
        queries.postmortems(request.actor, state=state or None, q=asked.get("q", "")[:200])[(page - 1) * PAGE : page * PAGE + 1]
    )
    missing = list(queries.missing(request.actor)[:20]) if page == 1 and not asked.get("q") else []
    owed = f"{words.plural(len(missing), 'major incident has', 'major incidents have')} no postmortem yet"
    context = {
        "rows": found[:PAGE],
        "next_page": page + 1 if len(found) > PAGE else None,
        "missing": missing,
        "q": asked.get("q", ""),
        "state": state,
        "states": rules.STATES.items(),
        "headline": owed if missing else "What we learnt",
        "context": "By service, cause or words. Mandatory for Sev 1 and 2.",
    }
    return render(request, "postmortem/library.html", context)


urlpatterns = [
    path("postmortems", library),
    at_incident("/postmortem", show),
    at_incident("/postmortem/state", move),
    at_incident("/postmortem/owner", owner),
    at_incident("/postmortem/export.md", export),
    at_incident("/postmortem/<slug:field>", edit),
]
