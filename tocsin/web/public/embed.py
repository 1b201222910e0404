"""A list of incidents in progress for a wiki page: a secret address instead of signing in, framed only where its makers said."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from tocsin.core import clock
from tocsin.incidents import commands
from tocsin.incidents.boards import queries
from tocsin.incidents.boards.queries import Board
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import TOKEN, allow
from tocsin.web.gate.security import allow_framing


@allow(TOKEN)
@require_safe
def page(request: Request, token: str) -> HttpResponse:
    """Authorised by the token in the path alone. No cookie is read or set: in a frame of another house there is none."""
    found = queries.embed_by_token(token)
    commands.note_embed_use(found, now=request.now)
    allow_framing(request, found.origins)
    board = queries.outside(found.dashboard)
    context = {"board": board, "base": settings.TOCSIN.base_url.rstrip("/"), "now": request.now}
    return _unreferred(render(request, "dashboards/embed.html", context))


@allow(TOKEN)
@require_safe
def document(request: Request, token: str) -> HttpResponse:
    """The same as JSON."""
    found = queries.embed_by_token(token)
    commands.note_embed_use(found, now=request.now)
    return _unreferred(JsonResponse(_said(queries.outside(found.dashboard)) | {"as_of": clock.rfc3339(request.now)}))


def _said(board: Board) -> dict[str, object]:
    base = settings.TOCSIN.base_url.rstrip("/")
    rows = [
        {
            "key": one.key,
            "severity": one.severity,
            "summary": one.summary,
            "state": one.state,
            "since": clock.rfc3339(one.created_at),
            "url": f"{base}/{one.key}",
        }
        for one in board.incidents
    ]
    return {"name": board.dashboard.name, "incidents": rows, "elsewhere": board.elsewhere}


def _unreferred(response: HttpResponse) -> HttpResponse:
    """The token is in the address, so no page that is opened from here may hear it."""
    response["Referrer-Policy"] = "no-referrer"
    return response


urlpatterns = [path("embed/<str:token>.json", document, name="embed_json"), path("embed/<str:token>", page, name="embed")]
