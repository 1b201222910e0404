"""The acknowledge page: reached from a page by its token alone, one round trip, no script, no session. Screen 1.

GET shows and changes nothing, because mail scanners follow links. POST acts as the person that was paged, for this subject only.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tocsin.core.errors import Conflict, Invalid, NotFound
from tocsin.paging import commands, permissions
from tocsin.paging import queries as paging
from tocsin.paging.models import Page
from tocsin.web.forms.request import Request
from tocsin.web.frame import reader
from tocsin.web.frame.sheet import render_inlined
from tocsin.web.gate.policy import TOKEN, allow
from tocsin.web.pages.alerts import standing

LABELS = 6
_SAID = {
    "escalated": "The next step is called now.",
    "passed": "Passed on. The next in line is called now.",
    "closed": "This page was closed already. Nothing was changed.",
}


@allow(TOKEN)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ack(request: Request, token: str) -> HttpResponse:
    """Authorised by the token in the path alone; the session plays no part."""
    page = paging.page_of_any_token(token)
    if page is None:
        raise NotFound("This link belongs to no page. It may be cut off: copy it whole, or sign in.")
    reader.present().zone = reader.known_zone(page.person.zone)
    expired = page.token_expires_at <= request.now
    if request.method != "POST":
        return _show(request, page, expired)
    if expired:
        raise Conflict("This link is over, so nothing was done. Sign in to act.")
    return redirect(f"/ack/{token}{_act(request, page)}")


def _act(request: Request, page: Page) -> str:
    """Do what the button says; an empty form is the one big button. Returns what the address shall remember."""
    wanted = request.POST.get("do", "acknowledge")
    if wanted == "acknowledge":
        commands.acknowledge(None, page, via="link", now=request.now)
        return ""
    try:
        if wanted == "escalate":
            commands.escalate_now(permissions.answering(None, page, "link"), page.subject, now=request.now)
            return "?did=escalated"
        if wanted == "pass":
            commands.pass_on(page, via="link", now=request.now)
            return "?did=passed"
    except Conflict:
        return "?did=closed"
    raise Invalid("A page can be acknowledged, escalated or passed on.", field="do")


def _show(request: Request, page: Page, expired: bool) -> HttpResponse:
    pages = paging.pages_about(page.subject)
    how = standing.of(page.subject, pages)
    asked = not how.over and (page.status in Page.OPEN or how.open)
    context = {
        "page": page,
        "card": page.escalation.card,
        "urgency": page.escalation.urgency,
        "standing": how,
        "mine": page.status == Page.ACKNOWLEDGED,
        "asked": asked,
        "expired": expired,
        "did": _SAID.get(request.GET.get("did", ""), ""),
        "labels": list(how.alert.labels.items())[:LABELS] if how.alert else [],
        "told": standing.told(pages, paging.attempts_about(page.subject), paging.calls_of(page.subject)),
        "coming": standing.coming(page.subject) if asked else [],
    }
    return render_inlined(request, "ack.html", context)


urlpatterns = [path("ack/<str:token>", ack, name="ack")]
