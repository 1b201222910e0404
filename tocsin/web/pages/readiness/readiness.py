"""Are we prepared, and what to take along when this house is down; bringing in what was run elsewhere meanwhile."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from tocsin.core.errors import Invalid, Refused
from tocsin.core.text import strict_json
from tocsin.directory import permissions as access
from tocsin.incidents import commands as incidents
from tocsin.readiness import checks, commands, packing, queries
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import RESPONDER, SIGNED_IN, allow

LARGEST = 2 * 1024 * 1024
EXAMPLE = {
    "reference": "BCK-12",
    "summary": "Card payments fail",
    "severity": 1,
    "reported_at": "2026-11-19T01:44:00Z",
    "url": "https://backup.example.com/BCK-12",
    "description": "",
    "service": "checkout",
    "products": ["tickets"],
    "source": "monitoring",
    "detected_at": "2026-11-19T01:41:00Z",
    "impact_started_at": "2026-11-19T01:38:00Z",
    "fixing_at": "2026-11-19T01:49:00Z",
    "manager": "ana@example.com",
    "impact_ended_at": "2026-11-19T03:10:00Z",
    "resolved_at": "2026-11-19T03:25:00Z",
    "support_cases": 14,
    "private": False,
    "timeline": [{"at": "2026-11-19T02:05:00Z", "kind": "decision", "text": "We go back to release 411.", "who": "Ana"}],
}


@allow(SIGNED_IN)
@require_GET
def readiness(request: Request) -> HttpResponse:
    pillars = checks.pillars(request.actor, request.now)
    return render(request, "readiness.html", {"pillars": pillars, "missing": sum(pillar.missing for pillar in pillars)})


@allow(RESPONDER)
@require_GET
def kit(request: Request) -> HttpResponse:
    made_at = queries.latest()
    size = len(queries.newest(request.actor).files[packing.PAGE].encode()) if made_at else 0
    stale = made_at is not None and request.now - made_at > queries.STALE
    return render(request, "kit_page.html", {"made_at": made_at, "bytes": size, "stale": stale})


@allow(RESPONDER)
@require_POST
def make(request: Request) -> HttpResponse:
    commands.make_kit(request.actor, now=request.now)
    messages.success(request, "A fresh kit is ready.")
    return redirect("kit")


@allow(RESPONDER)
@require_safe
def page(request: Request) -> HttpResponse:
    """The one page, to be kept: it is not shown here, its own policy is for when nobody serves it."""
    text = queries.newest(request.actor).files[packing.PAGE]
    return _file(text.encode(), "text/html; charset=utf-8", packing.PAGE)


@allow(RESPONDER)
@require_safe
def archive(request: Request) -> HttpResponse:
    return _file(packing.zipped(queries.newest(request.actor).files), "application/zip", commands.ARCHIVE)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@allow(RESPONDER)
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: Request) -> HttpResponse:
    """An incident from a file, or from its text."""
    form = Typed(request.POST)
    if request.method == "POST":
        try:
            incident = incidents.import_incident(request.actor, _document(request, form), now=request.now)
            messages.success(request, f"{incident.key} is here, with the times it had.")
            return redirect(f"/{incident.key}")
        except Refused as refused:
            place = f"{refused.field}: " if refused.field not in ("", "file", "body") else ""
            form.errors["form"] = f"{place}{refused.detail}"
    context = {"here": "incidents", "form": form, "example": json.dumps(EXAMPLE, indent=2)}
    return render(request, "import.html", context, status=200 if form.ok else 422)


def _document(request: Request, form: Typed) -> object:
    given = request.FILES.get("file")
    text = form.text("text", lines=True, longest=LARGEST)
    raw = given.read(LARGEST + 1) if given else text.encode()
    if not raw:
        raise Invalid("Choose a file, or paste its text.", field="file")
    if len(raw) > LARGEST:
        raise Invalid("A file may have 2 MB.", field="file")
    access.require_responder(request.actor)
    return strict_json.parse(raw)


urlpatterns = [
    path("readiness", readiness, name="readiness"),
    path("kit", kit, name="kit"),
    path("kit/make", make, name="kit_make"),
    path("kit/tocsin-kit.html", page, name="kit_html"),
    path("kit/tocsin-kit.zip", archive, name="kit_zip"),
    path("incidents/import", bring_in, name="incident_import"),
]
