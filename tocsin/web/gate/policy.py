"""Who may come through which door. A view says it with `@allow(...)`; a view that says nothing does not start.

The policy is the outer gate only: what a person may do with one object is decided by the command or query behind the view.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, URLResolver, get_resolver

from tocsin.core import clock
from tocsin.core.actor import Actor
from tocsin.core.errors import NotAllowed, NotFound, Refused
from tocsin.directory import queries as directory
from tocsin.web.forms.request import Request
from tocsin.web.frame import reader
from tocsin.web.gate import refusals

View = TypeVar("View", bound=Callable[..., Any])


class Who(enum.StrEnum):
    """Who a view is for."""

    PUBLIC = "public"
    """Everybody."""
    TOKEN = "token"  # noqa: S105
    """Whoever holds the token in the path; the session is never read."""
    BEARER = "bearer"
    """The API: the bearer token is checked in its own door; the session is never read."""
    SIGNED_IN = "signed_in"
    RESPONDER = "responder"
    """Responders and administrators."""
    MANAGER = "manager"
    """Responders at the gate; that they manage the team at hand is decided by the command."""
    ADMINISTRATOR = "administrator"


PUBLIC, TOKEN, BEARER, SIGNED_IN = Who.PUBLIC, Who.TOKEN, Who.BEARER, Who.SIGNED_IN
RESPONDER, MANAGER, ADMINISTRATOR = Who.RESPONDER, Who.MANAGER, Who.ADMINISTRATOR

THEME_COOKIE = "theme"
_NEEDED = {RESPONDER: {"responder", "administrator"}, MANAGER: {"responder", "administrator"}, ADMINISTRATOR: {"administrator"}}
_REFUSAL = {
    RESPONDER: "This page is for responders. Ask an administrator to change your role.",
    MANAGER: "This page is for people who manage a team. Ask an administrator to change your role.",
    ADMINISTRATOR: "This page is for administrators.",
}


class UnguardedRoutes(Exception):
    """Some routes have no policy; the message lists them."""


def allow(who: Who) -> Callable[[View], View]:
    """Declare who a view is for. Outermost decorator of every view."""

    def declare(view: View) -> View:
        view.policy = who  # type: ignore[attr-defined]
        return view

    return declare


def cover(patterns: Iterable[URLPattern | URLResolver], who: Who) -> list[URLPattern | URLResolver]:
    """Declare one policy for all routes of code that is not ours, such as the API framework's."""
    covered = list(patterns)
    for route in walk(covered):
        allow(who)(route.view)
    return covered


def borrow(patterns: Iterable[URLPattern | URLResolver], table: dict[str, Who]) -> list[URLPattern | URLResolver]:
    """Of the named routes of code that is not ours, those in the table, each with its policy; the rest do not exist."""
    chosen: list[URLPattern | URLResolver] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = borrow(pattern.url_patterns, table)
            chosen.extend([URLResolver(pattern.pattern, inner)] if inner else [])
        elif pattern.name in table:
            allow(table[pattern.name])(pattern.callback)
            chosen.append(pattern)
    return chosen


@dataclass(frozen=True, slots=True)
class Route:
    """One address the house answers at. `template` holds placeholders, never values."""

    template: str
    name: str
    who: Who | None
    view: Callable[..., Any]


def walk(patterns: Sequence[URLPattern | URLResolver], prefix: str = "") -> Iterator[Route]:
    """Every route below these patterns."""
    for pattern in patterns:
        template = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, template)
        else:
            view = pattern.callback
            yield Route(template, pattern.name or "", getattr(view, "policy", None), view)


def routes() -> tuple[Route, ...]:
    """Every route of the installation, for the start, the tests and the documentation."""
    return _routes(get_resolver())


@functools.cache
def _routes(resolver: URLResolver) -> tuple[Route, ...]:
    return tuple(walk(resolver.url_patterns))


def require_all() -> None:
    """Raises UnguardedRoutes when a route has no policy. Called when the process starts."""
    unguarded = [route.template or "/" for route in routes() if route.who is None]
    if unguarded:
        raise UnguardedRoutes("no @allow(...) on: " + ", ".join(sorted(unguarded)))


def identify(request: Request) -> Actor | None:
    """The signed-in person as an actor, their role read now; None for anybody else. Sets the reader's zone."""
    person = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
    if person is None or not person.is_authenticated:
        return None
    actor = directory.actor_for(person, via="web")
    reader.present().zone = reader.known_zone(person.zone)
    return actor


class DenyByDefault:
    """Middleware: sets `request.now` and `request.actor`, lets only those in whom the view is for, turns refusals into pages.

    An address that does not take the method says so in words, too.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response
        require_all()

    def __call__(self, request: Request) -> HttpResponse:
        request.now = clock.now()
        request.actor = None  # type: ignore[assignment]
        reader.arrive(request.now)
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            response = refusals.wrong_method(request, response)
        return _keep_theme(request, response)

    def process_view(self, request: Request, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponse | None:
        if "\x00" in request.path:
            return refusals.page(request, NotFound("No page has this address."))
        who = getattr(view, "policy", None)
        if who is not BEARER:
            _drop_nul(request)
        if who is None:
            return refusals.page(request, NotAllowed("Nobody has said who this page is for, so nobody may see it."))
        if who in {TOKEN, BEARER}:
            return None
        actor = identify(request)
        request.actor = actor  # type: ignore[assignment]
        if who is PUBLIC:
            return None
        if actor is None:
            return _to_sign_in(request)
        if not actor.roles & _NEEDED.get(who, actor.roles):
            return refusals.page(request, NotAllowed(_REFUSAL[who]))
        return None

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        return refusals.page(request, exception) if isinstance(exception, Refused) else None


def _drop_nul(request: Request) -> None:
    """No store keeps a NUL, PostgreSQL breaks at one, and nobody types it."""
    request.GET = _without_nul(request.GET)  # type: ignore[assignment]
    if request.method == "POST":
        request.POST = _without_nul(request.POST)  # type: ignore[assignment]


def _without_nul(values: QueryDict) -> QueryDict:
    if not any("\x00" in value for _, found in values.lists() for value in found):
        return values
    kept = values.copy()
    for name, found in values.lists():
        kept.setlist(name, [str(value).replace("\x00", "") for value in found])
    return kept


def _keep_theme(request: Request, response: HttpResponse) -> HttpResponse:
    """Remember the person's theme for the pages they see signed out, such as the acknowledge page at night."""
    signed_in = request.actor is not None and request.user.is_authenticated
    if signed_in and request.COOKIES.get(THEME_COOKIE, "auto") != request.user.theme:
        year = 366 * 86400
        response.set_cookie(
            THEME_COOKIE, request.user.theme, max_age=year, samesite="Lax", httponly=True, secure=settings.TOCSIN.secure
        )
    return response


def _to_sign_in(request: Request) -> HttpResponse:
    """To the sign-in page and from there back to where the person was; a form that was sent leads back to its own page."""
    if request.method in {"GET", "HEAD"}:
        wanted = request.get_full_path()
    else:
        wanted = urlsplit(request.headers.get("Referer", "/")).path or "/"
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': wanted})}")
