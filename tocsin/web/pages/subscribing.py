"""What subscribers of the public page do there: ask, confirm, choose, leave. No script, no cookie, no sign-in.

These forms carry no token against forgery, and need none: asking leads to a question in the mail of the address and to nothing
else, and everything else is authorised by the secret in its path. GET changes nothing: scanners open links.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tocsin.core import clock
from tocsin.core.errors import Refused
from tocsin.statuspages import queries as pages
from tocsin.statuspages import rules
from tocsin.statuspages.subscribers import commands, queries, tokens
from tocsin.statuspages.subscribers.commands import asking
from tocsin.statuspages.subscribers.models import MAIL, Subscriber
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame.sheet import render_inlined
from tocsin.web.gate.asking import SECONDS
from tocsin.web.gate.asking import asking as patience
from tocsin.web.gate.policy import PUBLIC, TOKEN, allow

_TOO_MANY = "Too many tries from here. Wait ten minutes, then try again."


@allow(PUBLIC)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: Request) -> HttpResponse:
    """Whatever is asked for whomever, the answer is the same: what comes of it is told to the address alone."""
    if request.method != "POST":
        return _page(request, "status/subscribe.html", {"form": Typed(initial={"channel": MAIL})})
    form = Typed(request.POST)
    if not patience.may(request.META.get("REMOTE_ADDR", ""), clock.monotonic()):
        form.errors["form"] = _TOO_MANY
        answer = _page(request, "status/subscribe.html", {"form": form}, status=429)
        answer["Retry-After"] = str(int(SECONDS))
        return answer
    channel, address, parts = form.text("channel", longest=16) or MAIL, form.text("address", longest=500), form.many("parts")
    try:
        if form.ok:
            asking.ask(channel, address, parts, now=request.now)
            return _page(request, "status/asked.html", {"by_mail": channel == MAIL})
    except Refused as refused:
        form.refuse(refused)
    return _page(request, "status/subscribe.html", {"form": form}, status=422)


@allow(TOKEN)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscription(request: Request, token: str) -> HttpResponse:
    """Confirm, choose, or with `do=leave` leave; by the link in every mail."""
    found = queries.holder(token)
    if found is None:
        return _page(request, "status/left.html", {"left": True})
    form = Typed(initial={"parts": [part.pk for part in found.parts.all()]})
    if request.method != "POST":
        return _own(request, found, form, "")
    form = Typed(request.POST)
    if request.POST.get("do") == "leave" or request.POST.get("List-Unsubscribe"):
        commands.leave(token, now=request.now)
        return _page(request, "status/left.html", {"left": True})
    chosen, was = form.many("parts"), found.confirmed_at
    try:
        found = commands.confirm(token, chosen if form.has("chooses") else None, now=request.now)
    except Refused as refused:
        form.refuse(refused)
        return _own(request, found, form, "")
    form.values["parts"] = [part.pk for part in found.parts.all()]
    return _own(request, found, form, "Saved." if was else "Confirmed. You are told from now on.")


@allow(TOKEN)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: Request, token: str) -> HttpResponse:
    """The address in the head of each mail (RFC 8058): mail programs post it for their reader; who opens it finds a button."""
    found = queries.holder(token)
    if request.method == "POST":
        commands.leave(token, now=request.now)
        found = None
    return _page(request, "status/left.html", {"left": found is None, "token": token})


def _own(request: Request, found: Subscriber, form: Typed, said: str) -> HttpResponse:
    context = {
        "subscriber": found,
        "name": queries.own_name(found),
        "secret": tokens.signing_secret(found.pk) if found.channel == "webhook" else "",
        "form": form,
        "said": said,
    }
    return _page(request, "status/subscription.html", context, status=200 if form.ok else 422)


def _page(request: Request, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    common = {"page": pages.page(rules.EXTERNAL), "parts": list(queries.parts()), "channels": queries.channels(), "root": "/status"}
    return render_inlined(request, template, common | context, status=status)


urlpatterns = [
    path("status/subscribe", subscribe, name="subscribe"),
    path("status/subscription/<str:token>", subscription, name="subscription"),
    path("status/unsubscribe/<str:token>", unsubscribe, name="unsubscribe"),
]
