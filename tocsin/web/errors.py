"""The pages for what went wrong before or beside a view: no such address, a form too old, a fault of ours."""

from __future__ import annotations

import structlog
from django.http import HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string

from tocsin.core import clock
from tocsin.core.errors import Invalid, NotAllowed, NotFound
from tocsin.web.forms.request import Request
from tocsin.web.frame import reader
from tocsin.web.gate import policy, refusals

log = structlog.get_logger(__name__)


@policy.allow(policy.PUBLIC)
def not_found(request: Request, exception: Exception | None = None) -> HttpResponse:
    """404: no such address."""
    _prepare(request)
    return refusals.page(request, NotFound("No page has this address. It may be mistyped, or the thing may not be for you to see."))


@policy.allow(policy.PUBLIC)
def forbidden(request: Request, exception: Exception | None = None) -> HttpResponse:
    """403 from the framework."""
    _prepare(request)
    return refusals.page(request, NotAllowed("This is not for you. Sign in as somebody else, or ask an administrator."))


@policy.allow(policy.PUBLIC)
def unreadable(request: Request, exception: Exception | None = None) -> HttpResponse:
    """400 from the framework: what was sent is not a request we can read."""
    _prepare(request)
    return refusals.page(request, Invalid("What was sent could not be read. Go back, reload the page and send it again."))


@policy.allow(policy.PUBLIC)
def stale_form(request: Request, reason: str = "") -> HttpResponse:
    """The form's proof of origin is missing or old: nothing was done."""
    _prepare(request)
    return refusals.page(request, NotAllowed("The form was too old; nothing was done. Go back, reload the page, send it again."))


@policy.allow(policy.PUBLIC)
def fault(request: Request) -> HttpResponse:
    """500: a fault of ours. Asks nothing of the database, which may be the fault."""
    try:
        return render(request, "500.html", status=500)
    except Exception as error:
        log.exception("the page for faults failed", error=type(error).__name__)
        return HttpResponse(_last_words(), status=500)


def _last_words() -> str:
    try:
        return render_to_string("500.html")
    except (TemplateDoesNotExist, ValueError):
        return "Tocsin had a fault. The pager works on its own. Go to / and try again."


def _prepare(request: Request) -> None:
    """Give the request what the gate would have given it, where the gate was never reached."""
    if not hasattr(request, "actor"):
        request.now = clock.now()
        reader.arrive(request.now)
        request.actor = None  # type: ignore[assignment]
    if request.actor is None and hasattr(request, "user"):
        request.actor = policy.identify(request)  # type: ignore[assignment]
