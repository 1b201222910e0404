"""The status pages. What those for customers are made of is kept ready by the bare door in `web/kept`; these views are behind it,
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
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.pages import queries as several
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import PUBLIC, SIGNED_IN, TOKEN, allow
from tocsin.web.gate.security import allow_framing
from tocsin.web.public import documents


@allow(PUBLIC)
@require_safe
def external(request: Request, **below: str) -> HttpResponse:
    """What customers read, and programs for them: no script, no cookie, no third party."""
    return _told(request, several.first(StatusPage.EXTERNAL))


@allow(PUBLIC)
@require_safe
def further(request: Request, page_slug: str, **below: str) -> HttpResponse:
    """The same of another page."""
    return _told(request, several.by_slug(page_slug))


@allow(TOKEN)
@require_safe
def secret(request: Request, address: str, **below: str) -> HttpResponse:
    """The same of a page that those alone read who know its address."""
    return _told(request, several.by_secret(address))


def _told(request: Request, page: StatusPage) -> HttpResponse:
    found = documents.page_documents(page, request.now).get(request.path)
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
_BELOW = (
    *("history", "history.atom", "history.rss", "calendar.ics", "history.ics", "badge.svg", "widget"),
    *(f"api/v2/{name}.json" for name in _API),
    "incidents/<str:public_entry>",
)
_FURTHER, _SECRET = "status/p/<slug:page_slug>", "status/s/<slug:address>"

urlpatterns = [
    path("status", external, name="status"),
    path("status/internal", internal),
    *(path(f"status/{name}", external) for name in _BELOW),
    *(path(f"api/v2/{name}.json", external) for name in _API),
    path(_FURTHER, further, name="status_further"),
    *(path(f"{_FURTHER}/{name}", further) for name in _BELOW),
    path(_SECRET, secret, name="status_secret"),
    *(path(f"{_SECRET}/{name}", secret) for name in _BELOW),
]
