"""Around every operation of the API: who asks, is the body readable, has this been answered before, and how a no looks."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid, NotFound, Refused, Unavailable
from tocsin.core.store import once
from tocsin.core.text import strict_json
from tocsin.directory import commands as directory
from tocsin.web.api import etags
from tocsin.web.forms.request import Request
from tocsin.web.gate import refusals

log = structlog.get_logger(__name__)

View = Callable[..., HttpResponse]
First = Callable[..., Any]
"""Work on a request that is too long for a transaction; what it returns is `request.read_first`."""
Asked = Mapping[str, frozenset[str]]
_READS = {"GET", "HEAD"}
_KEY = re.compile(r"^[\x21-\x7e]{1,200}$")


class Unidentified(Refused):
    """No token, or not one that works: 401."""

    status = 401
    code = "unidentified"


class WrongMethod(Refused):
    """405."""

    status = 405
    code = "method_not_allowed"


class Fault(Refused):
    """500: ours."""

    status = 500
    code = "fault"


def guard(view: View, *, asked: Asked, whole: bool = True, files: bool = False, first: First | None = None) -> View:
    """The view behind its door. Whatever happens behind it, the answer is JSON of a known shape.

    `asked` are the names that each method knows in its query; any other is refused, because an answer to another question looks
    like an answer. `whole` makes a change and its answer one transaction, which a refusal rolls back; `first` runs before it.
    `files`: the body is a form with files, not JSON.
    """

    @functools.wraps(view)
    def guarded(request: Request, **where: Any) -> HttpResponse:
        try:
            request.actor = identify(request)
            _check_query(request, asked)
            return _form(request, view, where) if files else _answer(request, view, where, whole, first)
        except Refused as refused:
            return problem(refused)
        except (OperationalError, InterfaceError) as error:
            log.warning("the store refused an API request", error=type(error).__name__)
            return problem(Unavailable("The store cannot answer now. Nothing was done; try again."))
        except Exception as error:
            log.exception("fault in the API", error=type(error).__name__)
            return problem(Fault("A fault of ours; nothing was done. The log of the server has the details."))

    return guarded


def problem(refused: Refused) -> HttpResponse:
    """The refusal as problem+json with the headers its status asks for."""
    response = refusals.problem(refused)
    if refused.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Tocsin"'
    if refused.status == 503:
        response["Retry-After"] = "2"
    return response


def identify(request: Request) -> Actor:
    """Who the bearer token acts for. Raises Unidentified."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Unidentified("Send a token: `Authorization: Bearer tcs_…`. People make tokens in their profile.")
    actor = directory.use_token(token.strip(), now=request.now)
    if actor is None:
        raise Unidentified("This token is unknown, expired or revoked.")
    return actor


def _form(request: Request, view: View, where: dict[str, Any]) -> HttpResponse:
    _read_form(request)
    return _run(request, view, where)


def _answer(request: Request, view: View, where: dict[str, Any], whole: bool, first: First | None) -> HttpResponse:
    if request.method in _READS:
        return etags.attach(request, _run(request, view, where))
    request.document = strict_json.parse(request.body) if request.body else {}
    if not whole:
        return _run(request, view, where)
    if first is not None:
        request.read_first = first(request, **where)
    kept = _transact(request, lambda: _as_answer(etags.attach(request, _run(request, view, where))))
    response = HttpResponse(kept.body, status=kept.status)
    for name, value in kept.headers.items():
        response[name] = value
    if kept.again:
        response["Idempotency-Replayed"] = "true"
    return response


def _read_form(request: Request) -> None:
    """Parse a form with files here, where a broken one can be refused."""
    try:
        fields = request.POST
    except (MultiPartParserError, BadRequest, SuspiciousOperation):
        raise Invalid("The body is not a form: send `multipart/form-data` with its boundary.", field="body") from None
    if any("\x00" in value for _, values in fields.lists() for value in values):
        raise Invalid("A field must not hold a NUL.", field="body")


def _check_query(request: Request, asked: Asked) -> None:
    """No store keeps a NUL, so nothing can be called by a name with one; and a name that the operation does not know is wrong."""
    if "\x00" in request.path:
        raise NotFound("There is no such thing.")
    for name, value in request.GET.items():
        if "\x00" in f"{name}{value}":
            raise Invalid("A query must not hold a NUL.", field=name.replace("\x00", ""))
    known = asked.get(request.method or "", frozenset()) | (set() if request.method in _READS else {"dry_run"})
    unknown = next((name for name in request.GET if name not in known), None)
    if unknown is not None and request.method in asked:
        others = f"; it knows {', '.join(sorted(known))}" if known else ""
        raise Invalid(f"There is no query parameter {unknown[:80]!r} here{others}.", field=unknown[:80])


def _run(request: Request, view: View, where: dict[str, Any]) -> HttpResponse:
    response = view(request, **where)
    if response.status_code == 405:
        allowed = response["Allow"]
        response = problem(WrongMethod(f"{request.method} does nothing here; {allowed} does."))
        response["Allow"] = allowed
    return response


def _transact(request: Request, work: Callable[[], once.Answer]) -> once.Answer:
    if request.GET.get("dry_run") == "true":
        return once.together(work, keep=False)
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return once.together(work)
    if not _KEY.match(key):
        raise Invalid("An Idempotency-Key is 1 to 200 visible ASCII characters.", field="Idempotency-Key")
    content = f"{request.method} {request.get_full_path()}\n{request.body.hex()}"
    actor: Actor = request.actor
    return once.once(work, key=f"{actor.id} {key}", content=content, now=request.now)


def _as_answer(response: HttpResponse) -> once.Answer:
    return once.Answer(response.status_code, response.content.decode(), dict(response.items()))
