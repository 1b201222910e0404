"""Versions of single objects: the tag is a digest of what was shown, so it changes exactly when the answer would."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from django.http import HttpResponse
from ninja import Schema

from tocsin.core.errors import Refused
from tocsin.web.forms.request import Request

S = TypeVar("S", bound=Schema)


class Unconditional(Refused):
    """A change without `If-Match`: 428."""

    status = 428
    code = "if_match_missing"


class Changed(Refused):
    """The object is not the one that was read: 412, with the object as it is now."""

    status = 412
    code = "stale"


def tag(document: Schema) -> str:
    """The entity tag of one object as the API shows it."""
    return '"' + hashlib.sha256(document.model_dump_json().encode()).hexdigest()[:24] + '"'


def one(request: Request, document: S) -> S:
    """The single object that answers this request; its tag goes into the header."""
    request.etag = tag(document)  # type: ignore[attr-defined]
    return document


def require_current(request: Request, document: Schema) -> None:
    """Raises Unconditional or Changed unless `If-Match` names the object as it is. Call with its row locked."""
    wanted = request.headers.get("If-Match", "")
    if not wanted:
        raise Unconditional("Send `If-Match` with the ETag you read, so that nobody's change is lost.", field="If-Match")
    if wanted.strip() != "*" and tag(document) not in {part.strip().removeprefix("W/") for part in wanted.split(",")}:
        raise Changed(
            "It was changed since you read it; `current` is what it is now.",
            field="If-Match",
            current=document.model_dump(mode="json"),
        )


def attach(request: Request, response: HttpResponse) -> HttpResponse:
    """Put the tag into the answer; 304 when the reader has this version already."""
    found: str = getattr(request, "etag", "")
    if not found or response.status_code >= 300:
        return response
    known = {part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")}
    if request.method == "GET" and found in known:
        response = HttpResponse(status=304)
    response["ETag"] = found
    return response
