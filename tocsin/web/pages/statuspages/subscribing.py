"""What subscribers of a page do there: ask, confirm, choose, leave. No script, no cookie, no sign-in.

These forms carry no token against forgery, and need none: asking leads to a question in the mail of the address and to nothing
else, and everything else is authorised by the secret in its path. GET changes nothing: scanners open links.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tocsin.core import clock
from tocsin.core.errors import NotFound, Refused
from tocsin.statuspages import words
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.pages import addresses
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.pages.rules import variables
from tocsin.statuspages.subscribers import commands, queries, tokens
from tocsin.statuspages.subscribers.commands import asking
from tocsin.statuspages.subscribers.models import MAIL, SMS, Subscriber
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame import reader
from tocsin.web.frame.sheet import render_inlined
from tocsin.web.gate.asking import SECONDS, Asking, texting
from tocsin.web.gate.asking import asking as patience
from tocsin.web.gate.policy import PUBLIC, TOKEN, allow


@allow(PUBLIC)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: Request) -> HttpResponse:
    """To the page whose host this is, else to the first one."""
    return _ask(request, _here(request))


@allow(PUBLIC)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe_further(request: Request, page_slug: str) -> HttpResponse:
    """To another page."""
    return _ask(request, several.by_slug(page_slug))


@allow(TOKEN)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe_secret(request: Request, address: str) -> HttpResponse:
    """To a page with a secret address, for whoever knows it."""
    return _ask(request, several.by_secret(address))


@allow(PUBLIC)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: Request) -> HttpResponse:
    """The code that a text carried, typed here; of the page whose host this is, else of the first one."""
    return _prove(request, _here(request))


@allow(PUBLIC)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def prove_further(request: Request, page_slug: str) -> HttpResponse:
    """Of another page."""
    return _prove(request, several.by_slug(page_slug))


@allow(TOKEN)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def prove_secret(request: Request, address: str) -> HttpResponse:
    """Of a page with a secret address."""
    return _prove(request, several.by_secret(address))


def _host(request: Request) -> str:
    return request.get_host().partition(":")[0].lower()


def _here(request: Request) -> StatusPage:
    return several.by_host(_host(request)) or several.first(StatusPage.EXTERNAL)


def _ask(request: Request, page: StatusPage) -> HttpResponse:
    """Whatever is asked for whomever, the answer is the same: what comes of it is told to the address alone."""
    if request.method != "POST":
        return _page(request, page, "status/subscribe.html", {"form": Typed(initial={"channel": MAIL})})
    form = Typed(request.POST)
    channel, address, parts = form.text("channel", longest=16) or MAIL, form.text("address", longest=500), form.many("parts")
    if not _may(request, patience) or (channel == SMS and not _may(request, texting)):
        return _later(request, page, "status/subscribe.html", form)
    try:
        if form.ok:
            asking.ask(channel, address, parts, page=page, now=request.now)
            return _page(request, page, "status/asked.html", {"channel": channel, "form": form})
    except Refused as refused:
        form.refuse(refused)
    _in_its_language(form, page, channel)
    return _page(request, page, "status/subscribe.html", {"form": form}, status=422)


def _prove(request: Request, page: StatusPage) -> HttpResponse:
    """A wrong code is refused in the same words whomever the number belongs to; a right one leads to the subscriber's own page."""
    if page.text_gateway_id is None:
        raise NotFound("This page sends no texts.")
    if request.method != "POST":
        return _page(request, page, "status/code.html", {"form": Typed()})
    form = Typed(request.POST)
    address, code = form.text("address", longest=40), form.text("code", longest=20)
    if not _may(request, patience):
        return _later(request, page, "status/code.html", form)
    try:
        if form.ok:
            found = commands.prove(page, address, code.replace(" ", ""), now=request.now)
            at_host = page.host == _host(request)
            return HttpResponseRedirect(f"{'' if at_host else addresses.ROOT}/subscription/{tokens.token(found.pk)}")
    except Refused as refused:
        form.refuse(refused)
    _in_its_language(form, page, SMS)
    return _page(request, page, "status/code.html", {"form": form}, status=422)


def _may(request: Request, counted: Asking) -> bool:
    return counted.may(request.META.get("REMOTE_ADDR", ""), clock.monotonic())


def _later(request: Request, page: StatusPage, template: str, form: Typed) -> HttpResponse:
    form.errors["form"] = words.of(page.language).too_many
    answer = _page(request, page, template, {"form": form}, status=429)
    answer["Retry-After"] = str(int(SECONDS))
    return answer


def _in_its_language(form: Typed, page: StatusPage, channel: str) -> None:
    """What is wrong, in the page's own words where it has some."""
    wrong = words.of(page.language).wrong
    kind = channel if channel in {MAIL, SMS} else "call"
    for name in form.errors:
        form.errors[name] = wrong.get(kind if name == "address" else name, form.errors[name])


@allow(TOKEN)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscription(request: Request, token: str) -> HttpResponse:
    """Confirm, choose, or with `do=leave` leave; by the link in every mail."""
    found = queries.holder(token)
    if found is None:
        return _left(request, _here(request))
    form = Typed(initial={"parts": [part.pk for part in found.parts.all()]})
    if request.method != "POST":
        return _own(request, found, form, "")
    form = Typed(request.POST)
    if request.POST.get("do") == "leave" or request.POST.get("List-Unsubscribe"):
        commands.leave(token, now=request.now)
        return _left(request, found.page)
    chosen, was = form.many("parts"), found.confirmed_at
    try:
        commands.confirm(token, chosen if form.has("chooses") else None, now=request.now)
    except Refused as refused:
        form.refuse(refused)
        _in_its_language(form, found.page, found.channel)
        return _own(request, found, form, "")
    found = queries.holder(token) or found
    form.values["parts"] = [part.pk for part in found.parts.all()]
    said = words.of(found.page.language)
    return _own(request, found, form, said.saved if was else said.confirmed)


@allow(TOKEN)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: Request, token: str) -> HttpResponse:
    """The address in the head of each mail (RFC 8058): mail programs post it for their reader; who opens it finds a button."""
    found = queries.holder(token)
    page = found.page if found else _here(request)
    if request.method == "POST":
        commands.leave(token, now=request.now)
    if request.method == "POST" or found is None:
        return _left(request, page)
    return _page(request, page, "status/left.html", {"left": False, "token": token})


def _left(request: Request, page: StatusPage) -> HttpResponse:
    return _page(request, page, "status/left.html", {"left": True})


def _own(request: Request, found: Subscriber, form: Typed, said: str) -> HttpResponse:
    context = {
        "subscriber": found,
        "name": queries.own_name(found),
        "secret": tokens.signing_secret(found.pk) if found.channel == "webhook" else "",
        "form": form,
        "said": said,
    }
    return _page(request, found.page, "status/subscription.html", context, status=200 if form.ok else 422)


def _page(request: Request, page: StatusPage, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """In the words and colours of the page. Its links stay at the address that the reader came to."""
    said = words.of(page.language)
    reader.arrive(request.now, page.zone, said.calendar)
    root, home = _root(request, page)
    common = {
        "page": page,
        "parts": list(queries.parts(page)),
        "channels": queries.channels(page),
        "root": root,
        "home": home,
        "words": said,
    }
    answer = render_inlined(request, template, common | context, status=status, variables=variables(page.theme))
    if page.is_secret:
        answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        answer["Referrer-Policy"] = "no-referrer"
    return answer


def _root(request: Request, page: StatusPage) -> tuple[str, str]:
    """What links begin with, and where the page itself is. Nowhere for a secret page that somebody reached by another address than
    the one it has now, and for one that is archived.
    """
    if page.host and page.host == _host(request):
        return "", "/"
    root = addresses.path(page)
    hidden = page.archived_at is not None or (page.is_secret and not request.path.startswith(f"{root}/"))
    return root, "" if hidden else root


urlpatterns = [
    path("status/subscribe", subscribe, name="subscribe"),
    path("status/p/<slug:page_slug>/subscribe", subscribe_further, name="subscribe_further"),
    path("status/s/<slug:address>/subscribe", subscribe_secret, name="subscribe_secret"),
    path("status/subscribe/code", prove, name="prove"),
    path("status/p/<slug:page_slug>/subscribe/code", prove_further, name="prove_further"),
    path("status/s/<slug:address>/subscribe/code", prove_secret, name="prove_secret"),
    path("status/subscription/<str:token>", subscription, name="subscription"),
    path("status/unsubscribe/<str:token>", unsubscribe, name="unsubscribe"),
]
