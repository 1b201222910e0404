"""`/metrics`: the numbers of this process, for a scraper on this machine and for administrators."""

from __future__ import annotations

from django.http import HttpResponse

from tocsin.core.errors import NotAllowed, Refused
from tocsin.core.observe import metrics
from tocsin.core.settings import is_loopback
from tocsin.directory import permissions, rules
from tocsin.oncall import proving
from tocsin.web.api import door
from tocsin.web.forms.request import Request
from tocsin.web.gate import policy

_PASSED_ON = {b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via"}


@policy.allow(policy.BEARER)
def show(request: Request) -> HttpResponse:
    """Prometheus' text format; 401 or 403 for whoever is neither on this machine nor an administrator."""
    try:
        if not _is_here(request):
            _require_administrator(request)
    except Refused as refused:
        return door.problem(refused)
    proving.count(request.now)
    text, kind = metrics.exposition()
    return HttpResponse(text, content_type=kind)


def _is_here(request: Request) -> bool:
    """Asked from this machine itself, not through a proxy that happens to run on it."""
    scope = request.META.get("asgi.scope") or {}
    passed_on = any(name in _PASSED_ON for name, _ in scope.get("headers", ()))
    return is_loopback(request.META.get("REMOTE_ADDR", "")) and not passed_on


def _require_administrator(request: Request) -> None:
    actor = None if "Authorization" in request.headers else policy.identify(request)
    actor = actor or door.identify(request)
    permissions.require_scope(actor, rules.READ)
    if not actor.is_administrator:
        raise NotAllowed("The numbers are for administrators.")
