"""The state document of an incident: all of it to write in together, each section as a form, its versions. Screen 7."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.collab.documents import commands
from tocsin.collab.documents import queries as texts
from tocsin.collab.documents.models import Section
from tocsin.core.errors import NotFound, Refused, Stale
from tocsin.directory import permissions as access
from tocsin.incidents import permissions
from tocsin.incidents import queries as incidents
from tocsin.incidents.iterating import queries as work
from tocsin.incidents.models import Incident
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents.addresses import at_incident

EDITOR = "editor.js"


def state_of(incident: Incident) -> texts.State:
    """The document with everything in it. Raises NotFound."""
    state = texts.state(incident.id)
    if state is None:
        raise NotFound(f"{incident.key} has no state document yet. Open the incident to set it up.")
    return state


@allow(SIGNED_IN)
@require_GET
def whole(request: Request, key: str) -> HttpResponse:
    """Every section as a form. Where the editor is built, it takes their place and several people type at once.

    Whoever only reads is led to the sections in the room: links to this page stand in topics and mails that everybody sees.
    """
    incident = incidents.by_key(request.actor, key)
    if not access.is_responder(request.actor):
        return redirect(f"/{incident.key}#doc")
    state = state_of(incident)
    changes = list(work.changes(request.actor, incident))
    context = {
        "here": "incidents",
        "incident": incident,
        "state": state,
        "changes": changes,
        "asked": len(work.unreverted(changes)),
        "streams": list(work.streams(request.actor, incident)),
        "sections": [(section, state.hints.get(section.slug, "")) for section in state.sections],
        "editor": EDITOR if finders.find(EDITOR) else "",
    }
    return render(request, "incident/doc.html", context)


@allow(RESPONDER)
@require_http_methods(["GET", "POST"])
def section(request: Request, key: str, slug: str) -> HttpResponse:
    incident, found = _section_of(request, key, slug)
    if request.method == "GET":
        return _section(request, incident, found, Typed(initial={"text": found.text}))
    form = Typed(request.POST)
    text = form.text("text", lines=True, longest=60_000)
    version = form.number("version", least=1)
    seen = form.number("seen", most=10**12) if "seen" in request.POST else None
    if form.ok:
        try:
            commands.save_section(request.actor, found, text, version=version, seen=seen, now=request.now)
        except Stale as stale:
            form.refuse(stale)
            return _section(request, incident, stale.current, form, theirs=stale.current, status=409)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/{incident.key}/doc#s-{slug}" if request.POST.get("back") == "doc" else f"/{incident.key}")
    return _section(request, incident, found, form, status=422)


@allow(RESPONDER)
@require_POST
def restore(request: Request, key: str, slug: str) -> HttpResponse:
    """Let a section say again what it said; what it says now stays a version too."""
    incident, found = _section_of(request, key, slug)
    version = Typed(request.POST).number("version", least=1)
    saved = commands.restore(request.actor, found, version, now=request.now)
    messages.success(request, f"“{saved.heading}” says again what version {version} said. This is version {saved.version}.")
    return redirect(f"/{incident.key}/doc/{slug}")


def _section_of(request: Request, key: str, slug: str) -> tuple[Incident, Section]:
    incident = incidents.by_key(request.actor, key)
    permissions.require_responder(request.actor, incident)
    found = texts.section(incident.id, slug)
    if found is None:
        raise NotFound(f"{incident.key} has no such section. Open the incident to see its state document.")
    return incident, found


def _section(
    request: Request, incident: Incident, found: Section, form: Typed, *, theirs: Section | None = None, status: int = 200
) -> HttpResponse:
    state = state_of(incident)
    revisions = list(texts.revisions(found)[:50])
    context = {
        "here": "incidents",
        "incident": incident,
        "section": found,
        "seen": state.document.number,
        "form": form,
        "theirs": theirs,
        "hint": state.hints.get(found.slug, ""),
        "revisions": revisions,
        "unsaved": bool(found.text) and (not revisions or revisions[0].text != found.text),
    }
    return render(request, "incident/doc_edit.html", context, status=status)


urlpatterns = [
    at_incident("/doc", whole),
    at_incident("/doc/<slug:slug>", section),
    at_incident("/doc/<slug:slug>/restore", restore),
]
