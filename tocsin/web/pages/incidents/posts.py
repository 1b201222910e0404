"""Public posts about an incident: linked by hand or chosen from the feed of mentions, and counted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tocsin.core.errors import Refused
from tocsin.incidents import queries as incidents
from tocsin.incidents.attention import queries
from tocsin.incidents.commands import attending
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow
from tocsin.web.pages.incidents import incident_head
from tocsin.web.pages.incidents.addresses import at_incident


@allow(SIGNED_IN)
@require_GET
def listing(request: Request, key: str) -> HttpResponse:
    return _page(request, key, Typed())


def _page(request: Request, key: str, form: Typed) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    context = {
        "here": "incidents",
        "incident": incident,
        "head": incident_head.of(request, incident),
        "posts": list(queries.posts(request.actor, incident)),
        "mentions": queries.mentions(request.actor, incident),
        "feed": queries.feed(),
        "form": form,
    }
    return render(request, "incident/posts.html", context, status=200 if form.ok else 422)


@allow(SIGNED_IN)
@require_POST
def add(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    form = Typed(request.POST)
    url, text, author = (form.text(name, longest=600) for name in ("url", "text", "author"))
    said_at = form.when("said_at", zone=request.actor.zone, now=request.now, past=True)
    if form.ok:
        try:
            attending.add_post(request.actor, incident, url, text=text, author=author, said_at=said_at or None, now=request.now)
            return redirect(f"/{incident.key}/posts")
        except Refused as refused:
            form.refuse(refused)
    return _page(request, key, form)


@allow(RESPONDER)
@require_POST
def count(request: Request, key: str, mention_id: str) -> HttpResponse:
    """What the feed lists is about this incident."""
    incident = incidents.by_key(request.actor, key)
    mention = queries.mention(request.actor, incident, mention_id)
    attending.count_mention(request.actor, incident, mention, now=request.now)
    return redirect(f"/{incident.key}/posts")


@allow(RESPONDER)
@require_POST
def remove(request: Request, key: str, post_id: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    attending.remove_post(request.actor, queries.post(request.actor, incident, post_id), now=request.now)
    messages.success(request, "Not counted any more.")
    return redirect(f"/{incident.key}/posts")


urlpatterns = [
    at_incident("/posts", listing),
    at_incident("/posts/add", add),
    at_incident("/posts/mentions/<str:mention_id>", count),
    at_incident("/posts/<str:post_id>/remove", remove),
]
