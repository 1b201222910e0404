"""The request as our views see it: what the gate in `policy.py` adds to Django's."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from tocsin.core.actor import Actor

if TYPE_CHECKING:
    from tocsin.directory.models import Person


class Request(HttpRequest):
    """`actor` is who asks (never None behind SIGNED_IN and above), `now` the instant of the request, UTC.

    Of the API alone: `document` is the body as JSON, `read_first` what an operation worked out before its transaction began.
    """

    actor: Actor
    now: dt.datetime
    user: Person
    frame: Any
    document: Any
    read_first: Any
    style_hashes: tuple[str, ...]
    frame_origins: tuple[str, ...]


def by_script(request: Request) -> bool:
    """Whether our script asks, for a page that it has or in the place of its form."""
    return request.headers.get("X-Live") == "1"
