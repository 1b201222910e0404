"""Speaking in the room: messages, files, verbs, marks on messages, corrections, and being there."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.collab import permissions as room_permissions
from tocsin.collab import queries as rooms
from tocsin.collab.models import Message
from tocsin.collab.rules import MESSAGE_LIMIT, REACTIONS
from tocsin.core.errors import NotFound, Refused, Stale
from tocsin.core.eventlog import events
from tocsin.incidents import commands, verbs
from tocsin.incidents import permissions as access
from tocsin.incidents import queries as incidents
from tocsin.incidents.models import Incident
from tocsin.web import files
from tocsin.web.forms.request import Request, by_script
from tocsin.web.forms.typed import Typed, clean, whole
from tocsin.web.gate.policy import SIGNED_IN, allow
from tocsin.web.pages.incidents import incident_head
from tocsin.web.pages.incidents.addresses import at_incident
from tocsin.web.pages.room import log, room


@allow(SIGNED_IN)
@require_POST
def say(request: Request, key: str) -> HttpResponse:
    """A message with files, or a verb that begins with a slash: the same verbs as the buttons."""
    incident = incidents.by_key(request.actor, key)
    form, tab = Typed(request.POST), _tab(request)
    given = request.FILES.getlist("files")
    required = "" if given else "Write something first."
    text = form.text("text", required=required, longest=MESSAGE_LIMIT, lines=True)
    form.text("reply_to", longest=40)
    if form.ok:
        try:
            path = _do(request, incident, text, given)
            return _gone_well(request, path or _back(incident, tab))
        except Refused as refused:
            again = " Choose the files again." if given else ""
            form.errors["text"] = refused.detail + again
    if by_script(request):
        return JsonResponse({"detail": form.errors["text"]}, status=422)
    return room.page(request, incident, tab, form, status=422)


def _do(request: Request, incident: Incident, text: str, given: Sequence[UploadedFile]) -> str:
    """Carry out what was typed; where to go next, or nothing for back to the room."""
    access.require_speaker(request.actor, incident)
    named = files.kept(given, request)
    client_key = clean(request.POST.get("client_key", ""))[:64] or None
    if verbs.is_verb(text):
        return verbs.perform(request.actor, incident, text, files=named, client_key=client_key, now=request.now).path
    wanted = request.POST.get("reply_to", "")
    answered = rooms.message(incident.id, wanted) if wanted else None
    words = verbs.plain(text)
    commands.say(request.actor, incident, words, reply_to=answered, files=named, client_key=client_key, now=request.now)
    return ""


@allow(SIGNED_IN)
@require_POST
def mark(request: Request, key: str) -> HttpResponse:
    """`do` is a mark, on or off, and the message: `star on msg_…`, `seen off msg_…`."""
    incident = incidents.by_key(request.actor, key)
    what, on, message = [*clean(request.POST.get("do", "")).split(" "), "", "", ""][:3]
    if what == "star":
        commands.star(request.actor, incident, message, on=on == "on", now=request.now)
    else:
        commands.react(request.actor, incident, message, what, on=on == "on", now=request.now)
    return _gone_well(request, f"{_back(incident, _tab(request))}#{message}")


@allow(SIGNED_IN)
@require_POST
def here(request: Request, key: str) -> HttpResponse:
    """The page is being looked at, and shows everything up to a position of the event log."""
    incident = incidents.by_key(request.actor, key)
    commands.be_here(request.actor, incident, read=whole(request.POST.get("read", "")) or 0, now=request.now)
    return HttpResponse(status=204) if by_script(request) else redirect(_back(incident, _tab(request)))


@allow(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def message(request: Request, key: str, message_id: str) -> HttpResponse:
    """One message: its earlier words, correcting it, removing it."""
    incident = incidents.by_key(request.actor, key)
    found = rooms.message(incident.id, message_id)
    if found is None:
        raise NotFound("There is no such message in this room.")
    form = Typed(request.POST, initial={"text": found.text, "version": str(found.version)})
    if request.method == "POST":
        try:
            _change(request, incident, found, form)
            if form.ok:
                return redirect(f"/{incident.key}#{found.id}")
        except Stale as stale:
            found = stale.current or found
            form.errors["text"] = f"{stale.detail} It says now: “{found.text[:200]}”. Save again what should stand."
            form.values["version"] = str(found.version)
        except Refused as refused:
            form.refuse(refused)
    said = rooms.said([found.id], request.actor.id)[found.id]
    context = {
        "here": "incidents",
        "incident": incident,
        "head": incident_head.of(request, incident),
        "message": found,
        "form": form,
        "versions": [event for event in reversed(events.about(found.id)) if event.name.startswith("message.")],
        "shows_words": found.removed_at is None or room_permissions.may_remove(request.actor, found),
        "said": said,
        "reactions": [
            (word, label, any(one.mine for one in said.reactions if one.word == word)) for word, label in REACTIONS.items()
        ],
        "may_edit": room_permissions.may_edit(request.actor, found) and found.removed_at is None,
        "may_remove": room_permissions.may_remove(request.actor, found) and found.removed_at is None,
    }
    return render(request, "incident/message.html", context, status=200 if form.ok else 422)


def _change(request: Request, incident: Incident, found: Message, form: Typed) -> None:
    if request.POST.get("do") == "remove":
        commands.remove(request.actor, incident, found.id, now=request.now)
        return
    text = form.text("text", longest=MESSAGE_LIMIT, lines=True)
    version = form.number("version", least=1)
    if form.ok:
        commands.edit(request.actor, incident, found.id, text, version=version, now=request.now)


@allow(SIGNED_IN)
@require_GET
def verbs_page(request: Request, key: str) -> HttpResponse:
    """Every verb that the reader may type here."""
    incident = incidents.by_key(request.actor, key)
    context = {"here": "incidents", "incident": incident, "verbs": verbs.listed(request.actor, incident)}
    return render(request, "incident/verbs.html", context)


def _gone_well(request: Request, path: str) -> HttpResponse:
    return JsonResponse({"path": path}) if by_script(request) else redirect(path)


def _tab(request: Request) -> str:
    tab = request.POST.get("tab", "")
    return tab if tab in dict(log.TABS) else "everything"


def _back(incident: Incident, tab: str) -> str:
    return f"/{incident.key}" if tab == "everything" else f"/{incident.key}/{tab}"


urlpatterns = [
    at_incident("/say", say),
    at_incident("/mark", mark),
    at_incident("/here", here),
    at_incident("/messages/<str:message_id>", message),
    at_incident("/verbs", verbs_page),
]
