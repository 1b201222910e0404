"""Search or go to: a key or number leads straight to its thing, anything else is looked for everywhere."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET

from tocsin.alerts import queries as alerts
from tocsin.core.errors import NotFound
from tocsin.directory import finding
from tocsin.directory import queries as directory
from tocsin.incidents import queries as incidents
from tocsin.statuspages.blog import queries as blog
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import SIGNED_IN, allow
from tocsin.web.pages import palette

SHOWN = 10
_KEY = re.compile(r"^[A-Za-z]{2,10}-[0-9]{1,12}$")
_NUMBER = re.compile(r"^#?([0-9]{1,18})$")


@allow(SIGNED_IN)
@require_GET
def search(request: Request) -> HttpResponse:
    """`HOT-12` and `#4821` redirect when they exist; words list what holds them, ten of each kind."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    straight = _straight(request, q)
    if straight:
        return redirect(straight)
    found = _found(request, q) if q else {}
    total = sum(len(rows) for rows in found.values())
    context = {"q": q, "q_everywhere": q, "found": found, "total": total, "acts": palette.acts(request.actor, q), "here": "search"}
    return render(request, "search.html", context)


def _straight(request: Request, q: str) -> str:
    """Where a key or number leads, empty when it is neither or there is no such thing."""
    number = _NUMBER.match(q)
    try:
        if _KEY.match(q):
            return "/" + incidents.by_key(request.actor, q).key
        if number:
            return f"/a/{alerts.alert_by_number(request.actor, int(number.group(1))).number}"
    except NotFound:
        return ""
    return ""


def _found(request: Request, q: str) -> dict[str, list[object]]:
    return {
        "incidents": list(incidents.incidents(request.actor, q=q)[:SHOWN]),
        "alerts": list(alerts.alerts(request.actor, q=q)[:SHOWN]),
        "services": list(directory.services(request.actor).filter(name__icontains=q)[:SHOWN]),
        "people": list(finding.find(request.actor, request.now, q=q)[:SHOWN]),
        "posts": list(blog.posts(request.actor, q)[:SHOWN]),
    }


urlpatterns = [path("search", search, name="search")]
