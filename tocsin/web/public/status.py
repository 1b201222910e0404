"""The status pages. The external one is rendered at most every two seconds and kept: when the store fails, the last good one
is served with the time it was made. Screens 17 and 18.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from tocsin.statuspages import queries, rules
from tocsin.web.forms.request import Request
from tocsin.web.frame import reader
from tocsin.web.frame.sheet import render_inlined
from tocsin.web.gate.policy import PUBLIC, SIGNED_IN, allow

FRESH = dt.timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Kept:
    """A rendered page: its bytes, the hashes its policy must allow, when it was made."""

    body: bytes
    hashes: tuple[str, ...]
    at: dt.datetime


_kept: Kept | None = None
_rendering = threading.Lock()


@allow(PUBLIC)
@require_safe
def external(request: Request) -> HttpResponseBase:
    """What customers read: no script, no cookie, no third party, one round trip."""
    kept = _current(request)
    response = HttpResponse(kept.body, content_type="text/html; charset=utf-8")
    request.style_hashes = kept.hashes
    response["Cache-Control"] = "public, max-age=5"
    return response


def _current(request: Request) -> Kept:
    """The page, made anew when it is old; while somebody makes it, the others take the last one and wait for no store."""
    global _kept
    kept = _kept
    if kept is None:
        with _rendering:
            kept = _kept = _kept or _render(request)
    elif not dt.timedelta(0) <= request.now - kept.at < FRESH and _rendering.acquire(blocking=False):
        try:
            kept = _kept = _render(request)
        except DatabaseError:
            return kept
        finally:
            _rendering.release()
    return kept


def forget() -> None:
    """Render anew at the next request: a test's own need."""
    global _kept
    _kept = None


def _render(request: Request) -> Kept:
    """The page as everybody gets it: in UTC, whoever asks first."""
    reader.arrive(request.now)
    page = queries.external_page(request.now)
    worst = rules.worst(one.component.state for one in page.components)
    tone = "bad" if worst in {"partial_outage", "major_outage"} else "soon" if page.open or worst != rules.OPERATIONAL else ""
    rendered = render_inlined(request, "status/external.html", {"page": page, "tone": tone})
    return Kept(rendered.content, getattr(request, "style_hashes", ()), request.now)


@allow(SIGNED_IN)
@require_safe
def internal(request: Request) -> HttpResponse:
    """What colleagues read: the same with keys, incident managers and links."""
    page = queries.internal_page(request.actor, request.now)
    return render(request, "status/internal.html", {"page": page, "here": "status", "base_url": settings.TOCSIN.base_url})


urlpatterns = [path("status", external), path("status/internal", internal)]
