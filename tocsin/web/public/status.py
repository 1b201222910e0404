"""The status pages. What the external one is made of is kept ready by the bare door in `web/kept`; these views are behind it,
for the moment in which nothing is ready yet. Screens 17 and 18.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from tocsin.core.errors import NotFound
from tocsin.statuspages import queries
from tocsin.statuspages.account import accounts
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import PUBLIC, SIGNED_IN, allow
from tocsin.web.gate.security import allow_framing
from tocsin.web.public import documents


@allow(PUBLIC)
@require_safe
def external(request: Request, **below: str) -> HttpResponse:
    """What customers read, and programs for them: no script, no cookie, no third party."""
    found = documents.render(request.now).get(request.path)
    if found is None:
        raise NotFound("Nothing on the status page has this address.")
    if "X-Frame-Options" not in dict(found.headers):
        allow_framing(request, ("*",))
    return HttpResponse(found.body, content_type=found.kind, headers=dict(found.headers))


@allow(SIGNED_IN)
@require_safe
def internal(request: Request) -> HttpResponse:
    """What colleagues read: the same with keys, incident managers and links."""
    page = queries.internal_page(request.actor, request.now)
    told = accounts([*page.open, *page.past])
    context = {
        "page": page,
        "open": told[: len(page.open)],
        "past": told[len(page.open) :],
        "here": "status",
        "base_url": settings.TOCSIN.base_url,
    }
    return render(request, "status/internal.html", context)


_API = (
    "summary",
    "status",
    "components",
    "incidents",
    "incidents/unresolved",
    "scheduled-maintenances",
    "scheduled-maintenances/upcoming",
    "scheduled-maintenances/active",
)

_DOCUMENTS = ("history", "history.atom", "history.rss", "calendar.ics", "history.ics", "badge.svg", "widget")

urlpatterns = [
    path("status", external, name="status"),
    path("status/internal", internal),
    *(path(f"status/{name}", external) for name in _DOCUMENTS),
    *(path(f"{prefix}api/v2/{name}.json", external) for prefix in ("status/", "") for name in _API),
    path("status/incidents/<str:public_entry>", external),
]
