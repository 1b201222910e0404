"""How a no looks: a calm page with its status for people, problem+json for programs."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render

from tocsin.core.errors import Refused

_HEADLINES = {
    400: "This could not be read",
    403: "Not for you",
    404: "There is nothing here",
    405: "There is no page here",
    409: "Somebody was faster",
    412: "It changed while you wrote",
    422: "One field needs another look",
    503: "Not now",
}

_LOOKED_AT = {"GET", "POST"}
"""What a browser asks when its person sees the answer."""


class WrongMethod(Refused):
    """The address exists, but not for this method: 405."""

    status = 405
    code = "wrong_method"


def page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The answer to a request that a command or a gate refused."""
    if wants_json(request):
        return problem(refused)
    headline = _HEADLINES.get(refused.status, "This was not done")
    context = {"refused": refused, "headline": headline, "back": _back(request), "onward": _onward(request, refused)}
    response = render(request, "refused.html", context, status=refused.status)
    if refused.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = "5"
    return response


def wrong_method(request: HttpRequest, empty: HttpResponseNotAllowed) -> HttpResponse:
    """The empty answer of a view that does not take this method, in words for whoever looks at it; `Allow` stays."""
    if request.method not in _LOOKED_AT or request.path.startswith("/api/"):
        return empty
    taken = "This address only takes what a form sends. Nothing was done."
    response = page(
        request, WrongMethod(taken if request.method == "GET" else "Nothing can be sent to this address. Nothing was done.")
    )
    response["Allow"] = empty["Allow"]
    return response


def problem(refused: Refused) -> JsonResponse:
    """RFC 9457: `type title status code detail field`."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "code": refused.code,
        "detail": refused.detail,
    }
    if refused.field:
        body["field"] = refused.field
    if isinstance(refused.current, dict):
        body["current"] = refused.current
    return JsonResponse(body, status=refused.status, content_type="application/problem+json")


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: the API, or somebody who accepts JSON and not HTML."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("json" in accept and "html" not in accept)


def _back(request: HttpRequest) -> str:
    """The page the person came from, when it is one of ours and not this one."""
    origin = f"{request.scheme}://{request.get_host()}"
    came_from = request.headers.get("Referer", "")
    path = came_from.removeprefix(origin) if came_from.startswith(origin + "/") else ""
    return path if path != request.get_full_path() or request.method == "POST" else ""


def _onward(request: HttpRequest, refused: Refused) -> str:
    """The key of the incident whose address takes no such method: its room is what was meant. Empty elsewhere."""
    match = request.resolver_match
    about = refused.status == HTTPStatus.METHOD_NOT_ALLOWED and match is not None and match.route.startswith("<incident:key>")
    return str(match.kwargs["key"]) if about and match else ""
